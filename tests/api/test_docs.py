"""The pages that show the contract: what a browser makes of them, their policy, and the codings they are built in with"""
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser import Browser
from wire import DECODE

CLOSED = "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def await_element(browser, selector):
    return WebDriverWait(browser.driver, 20).until(lambda driver: driver.find_element(By.CSS_SELECTOR, selector))


@pytest.fixture
def page(browser, service):
    """The page, once it shows operations."""
    browser.driver.get(f"{service.base}/docs")
    await_element(browser, '[data-path="/v1/claims"]')
    yield browser.driver
    assert browser.complaints() == []
    fetched = browser.fetched()
    assert f"{service.base}/openapi.json" in fetched
    assert [url for url in fetched if not url.startswith(service.base + "/")] == []


def test_page_shows_every_path(page, contract):
    shown = {element.get_attribute("data-path") for element in page.find_elements(By.CSS_SELECTOR, "[data-path]")}
    assert shown == set(contract.paths)


def test_a_reader_tries_an_operation(page, browser):
    await_element(browser, "#operations-vocabularies-getUnit .opblock-summary-control").click()
    await_element(browser, "#operations-vocabularies-getUnit input").send_keys("USD")
    await_element(browser, "#operations-vocabularies-getUnit .execute").click()
    answer = await_element(browser, "#operations-vocabularies-getUnit .live-responses-table")
    assert answer.find_element(By.CSS_SELECTOR, ".response .response-col_status").text.startswith("200")
    assert "US dollar" in answer.text


def policy(api, target):
    return api.request("GET", target).headers["Content-Security-Policy"]


def test_page_may_load_what_the_service_has_and_nothing_inline(api):
    directives = dict(directive.split(" ", 1) for directive in policy(api, "/docs").split("; "))
    assert directives == {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'",
                          "img-src": "'self' data:", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}


def test_everything_else_may_load_nothing(api, targets):
    others = [target for target in targets.values() if target != "/docs"]
    assert {policy(api, target) for target in [*others, "/docs?theme=dark", "/docs/", "/docs/none.js"]} == {CLOSED}


@pytest.mark.parametrize("coding", DECODE)
@pytest.mark.parametrize("path", ["/docs", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/openapi.yaml"])
def test_coded_form_is_the_file(api, path, coding):
    plain = api.request("GET", path, headers={"Accept-Encoding": "identity"})
    # Raw: requests would decode it.
    coded = api.request("GET", path, headers={"Accept-Encoding": coding}, stream=True)
    body = coded.raw.read(decode_content=False)
    assert "Content-Encoding" not in plain.headers and coded.headers["Content-Encoding"] == coding
    assert len(body) < len(plain.content) and DECODE[coding](body) == plain.content
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == coded.headers["Vary"] == "Accept-Encoding"


def test_form_that_a_client_has_is_not_sent_again(api):
    form = {"Accept-Encoding": "br"}
    etag = api.request("GET", "/docs/swagger-ui.css", headers=form).headers["ETag"]
    again = api.request("GET", "/docs/swagger-ui.css", headers={**form, "If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


def test_licences_of_what_is_served_are_served(api):
    licences = api.request("GET", "/docs/swagger-ui-bundle.js.LICENSE.txt").text
    assert "Apache License" in licences and "SmartBear" in licences and "MIT" in licences
