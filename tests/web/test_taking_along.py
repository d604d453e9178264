"""What one takes along from a page: its link, the data, the picture, a snippet for another site, a citation"""
import functools
import http.server
import threading
from urllib.parse import urljoin

import pytest
import requests
from selenium.webdriver.common.keys import Keys

from desk import create_token
from service import Service

R1 = "/comparisons/what-training-r1-cost"
BASELINE = "market-shockwave-09-r1-training-cost-5-6-million"
TYPES = {"JSON": "application/json", "CSV": "text/csv", "SVG": "image/svg+xml"}


@pytest.mark.parametrize("target, forms", [(R1, "JSON CSV SVG"), ("/comparisons/spending-against-claimed-training-cost?baseline=r1-under-300000-03-training-cost-294000", "JSON CSV SVG"),
                                           ("/claims", "JSON CSV"), ("/claims?stance=disputes&q=training", "JSON CSV"), ("/claims/r1-under-300000-03-training-cost-294000", "JSON"),
                                           ("/sources/markets-misled-it", "JSON")])
def test_forms_are_what_they_are_called(reader, target, forms):
    reader.open(target)
    for form in forms.split():
        href = reader.find("link", form).get_property("href")
        answer = requests.get(href, timeout=10)
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, TYPES[form]), href


def test_data_that_are_taken_are_those_that_are_shown(reader, api):
    shown = reader.open("/claims?stance=disputes&sort=-value,id").hrefs("/claims/")
    taken = requests.get(reader.find("link", "JSON").get_property("href"), timeout=10).json()
    assert [f"/claims/{claim['id']}" for claim in taken["items"]] == shown
    comparison = requests.get(reader.open(f"{R1}?baseline={BASELINE}&stance=disputes").find("link", "JSON").get_property("href"), timeout=10).json()
    assert comparison == api.get("/v1" + R1, baseline=BASELINE, stance="disputes")


@pytest.fixture
def downloads(browser, tmp_path):
    """The folder of what the reader saves."""
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    yield tmp_path
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})


def test_data_of_a_closed_service_are_taken_with_the_token(at, url, downloads):
    token = create_token(url, "taker", "read")
    with Service(url, CLAIMD_READ="token") as closed:
        reader = at(closed.answers().base)
        reader.expects("401 (Unauthorized)")
        reader.open(R1).find("textbox", "Token").send_keys(token, Keys.ENTER)
        for form, begins in {"CSV": b"claim", "SVG": b"<svg"}.items():
            reader.click("link", form)
            file = downloads / f"comparisons-what-training-r1-cost.{form.lower()}"
            reader.until(file.exists, f"file of {form}")
            assert begins in file.read_bytes()[:20] and reader.path == R1
        reader.network(offline=True)
        reader.expects("ERR_INTERNET_DISCONNECTED")
        reader.click("link", "JSON")
        assert reader.find("status", "cannot be reached")


@pytest.fixture
def clipboard(reader):
    """A function: what was copied."""
    reader.command("Browser.grantPermissions", origin=reader.base, permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    yield lambda: reader.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    reader.command("Browser.resetPermissions")


@pytest.mark.parametrize("target", [R1, f"{R1}?stance=disputes&comparable=1", "/claims?stance=disputes&sort=-value,id"])
def test_copied_link_leads_to_the_same(reader, clipboard, target):
    text = reader.open(target).text()
    reader.click("button", "Copy link")
    reader.find("status", "Copied")
    copied = clipboard()
    assert copied == reader.base + target
    assert reader.open(copied.removeprefix(reader.base)).text().splitlines()[-3:] == text.splitlines()[-3:]


def test_link_is_copied_by_keyboard(reader, clipboard):
    reader.open(R1)
    reader.tab_to("button", "Copy link")
    reader.press(Keys.ENTER)
    reader.find("status", "Copied")
    assert clipboard() == reader.base + R1


def selected(reader):
    """What the keyboard would copy."""
    return reader.run("const { value, selectionStart, selectionEnd } = document.activeElement; return value?.slice(selectionStart, selectionEnd)")


def test_what_scripts_may_not_copy_is_selected(reader):
    reader.open(R1).run("navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
    reader.click("button", "Copy link")
    reader.find("status", "Selected")
    reader.until(lambda: selected(reader) == reader.base + R1, "selected link")
    code = snippet(reader, "Embed")
    [each for each in reader.all("button", "Copy") if each.text == "Copy"][0].click()
    reader.until(lambda: selected(reader) == code, "selected snippet")
    assert reader.all("status", "Copied") == []


def snippet(reader, name):
    reader.click("button", name)
    return reader.find("textbox", name).get_property("value")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere(tmp_path):
    """A function that puts a page on a site of another origin, and returns its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever).start()

        def put(body):
            (tmp_path / "page.html").write_text(f'<!DOCTYPE html><link rel="icon" href="data:,"><title>A newspaper</title>{body}', encoding="utf-8")
            return f"http://127.0.0.1:{server.server_port}/page.html"
        yield put
        server.shutdown()


def test_snippet_shows_the_picture_on_another_site(reader, elsewhere, api):
    code = snippet(reader.open(R1), "Embed")
    assert "<script" not in code and "style=" not in code
    page = elsewhere(code)
    reader.driver.get(page)
    reader.until(lambda: reader.run("return document.images.length === 1 && document.images[0].complete"), "picture")
    assert reader.run("return document.images[0].naturalWidth") > 300
    assert reader.run("return document.images[0].alt") == api.get("/v1" + R1)["title"]
    reader.run("document.images[0].click()")
    reader.settled()
    assert reader.place == R1
    assert reader.complaints() == [] and reader.elsewhere() == [page]


def test_snippet_has_what_was_chosen(reader):
    code = snippet(reader.open(f"{R1}?baseline={BASELINE}&stance=disputes"), "Embed")
    assert code.count(BASELINE) == 2 and code.count("stance=disputes") == 2 and "&stance" not in code


def test_claim_is_embedded_as_the_comparison_that_one_chooses(reader):
    code = snippet(reader.open("/claims/r1-under-300000-03-training-cost-294000"), "Embed")
    reader.choose("Comparison", "What training DeepSeek R1 cost")
    chosen = reader.find("textbox", "Embed").get_property("value")
    assert chosen != code and f'href="{reader.base}{R1}"' in chosen and f"/v1{R1}?format=svg" in chosen


def test_snippet_is_copied(reader, clipboard):
    code = snippet(reader.open(R1), "Embed")
    [each for each in reader.all("button", "Copy") if each.text == "Copy"][0].click()
    reader.until(lambda: clipboard() == code, "copied snippet")


@pytest.mark.parametrize("target, names", [
    (R1, ["What training DeepSeek R1 cost"]),
    ("/claims/r1-under-300000-03-training-cost-294000", ["Deepseek-R1: KI-Training hat sogar weniger als 300.000 US-Dollar gekostet", "line 3"]),
    ("/sources/markets-misled-it", ["DeepSeek ha ingannato i mercati"]), ("/sources/deitaone-tweet", ["deitaone-tweet", "2025"])])
def test_citation_names_the_source_and_the_day(reader, target, names):
    cited = snippet(reader.open(target), "Cite")
    today = reader.run("return new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date())")
    assert [name for name in [*names, urljoin(reader.base, target), today] if name not in cited] == []


def test_picture_is_the_one_of_what_is_shown(reader, api):
    href = reader.open(f"{R1}?stance=disputes").find("link", "SVG").get_property("href")
    assert "stance=disputes" in href
    picture = requests.get(href, timeout=10).text
    assert "5, 6 Millionen Dollar" in picture and "294.000" not in picture
