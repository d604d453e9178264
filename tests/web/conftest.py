"""What the tests of the pages share: a browser, and one who reads with it"""
import os
import zlib

import pytest

from browser import Browser
from browsing import COUNTING, LOOKS, Reader


def pytest_generate_tests(metafunc):
    """Half of the walks are taken at a desk by day, half on a phone by night; if CLAIMD_LOOKS is "all", each in both."""
    if "look" in metafunc.fixturenames:
        looks = [metafunc.module.LOOK] if hasattr(metafunc.module, "LOOK") else list(LOOKS)
        turn = zlib.crc32(metafunc.function.__name__.encode()) % len(looks)
        metafunc.parametrize("look", looks if os.environ.get("CLAIMD_LOOKS") == "all" else [looks[turn]])


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNTING})
        yield browser


@pytest.fixture
def at(browser, look):
    """A function that lets a reader who was never there come to a service; the pages may not complain, nor fetch from elsewhere."""
    readers = []

    def come(base):
        reader = Reader(browser, base)
        reader.forget()
        reader.wears(**LOOKS[look])
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
