"""What the tests of the pages share: a browser, and one who reads with it"""
import pytest

from browser import Browser
from browsing import COUNTING, Reader


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNTING})
        yield browser


@pytest.fixture
def at(browser):
    """A function that lets a reader who was never there come to a service; the pages may not complain, nor fetch from elsewhere."""
    readers = []

    def come(base):
        reader = Reader(browser, base)
        reader.forget()
        reader.wears()
        readers.append(reader)
        return reader
    browser.driver.get("about:blank")
    browser.complaints(), browser.fetched()
    yield come
    for reader in readers:
        reader.network()
        assert reader.complaints() == []
        assert reader.elsewhere() == []


@pytest.fixture
def reader(at, service):
    return at(service.base)
