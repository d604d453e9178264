"""The pages in a browser that runs no script: all that they are for is there, and leads on"""
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pages import PAGES
from browsing import DESKTOP, PHONE

R1 = "/comparisons/what-training-r1-cost"


@pytest.fixture
def plain(reader):
    reader.command("Emulation.setScriptExecutionDisabled", value=True)
    yield reader
    reader.command("Emulation.setScriptExecutionDisabled", value=False)


def load(plain, target):
    plain.driver.get(plain.base + target)


def follow(plain, words):
    plain.driver.find_element(By.PARTIAL_LINK_TEXT, words).click()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_page_is_whole_and_fits(plain, width):
    plain.wears(width=width)
    for target in [PAGES[name] for name in PAGES if name != "edit"]:
        load(plain, target)
        assert plain.driver.find_element(By.CSS_SELECTOR, "main h1").is_displayed()
        assert plain.fits(width), target
        assert target == "/search?q=zzzz" or len(plain.driver.find_elements(By.CSS_SELECTOR, "main table td, main dl dd")) > 3, target


def test_one_comes_from_the_question_to_the_source(plain):
    load(plain, "/")
    follow(plain, "What training DeepSeek R1 cost")
    assert plain.place == R1
    plain.driver.find_element(By.CSS_SELECTOR, "main a[href='/claims/r1-under-300000-03-training-cost-294000']").click()
    assert "294.000 US-Dollar" in plain.driver.find_element(By.TAG_NAME, "main").text
    follow(plain, "Deepseek-R1: KI-Training")
    assert plain.place == "/sources/r1-under-300000"
    follow(plain, "44")
    assert plain.place == "/claims?source=r1-under-300000"
    assert len(plain.driver.find_elements(By.CSS_SELECTOR, "main tbody tr")) == 44


def test_pages_follow_each_other(plain):
    load(plain, "/claims")
    seen = 0
    while True:
        seen += len(plain.driver.find_elements(By.CSS_SELECTOR, "main tbody tr"))
        more = plain.driver.find_elements(By.CSS_SELECTOR, "main a[rel=next]")
        if not more:
            break
        more[0].click()
    assert seen == 277


def test_search_finds(plain):
    load(plain, "/")
    plain.driver.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("GPUs Musk", Keys.ENTER)
    plain.until(lambda: plain.place == "/search?q=GPUs+Musk", "page of what is found")
    assert "Musk" in plain.driver.find_element(By.CSS_SELECTOR, "main tbody").text


def test_picture_of_the_figures_is_shown(plain):
    load(plain, R1)
    picture = plain.driver.find_element(By.CSS_SELECTOR, "main img")
    assert int(picture.get_property("naturalWidth")) > 300 and picture.is_displayed()


def test_page_that_needs_a_script_says_so(plain):
    load(plain, "/edit")
    assert "needs JavaScript" in plain.driver.find_element(By.TAG_NAME, "main").text


@pytest.mark.parametrize("target", ["/nowhere", "/claims/none", "/claims?value=abc"])
def test_what_is_wrong_has_a_way_on(plain, target):
    plain.expects("404 (Not Found)", "400 (Bad Request)")
    load(plain, target)
    plain.driver.find_element(By.CSS_SELECTOR, "main a[href='/']").click()
    assert plain.place == "/"
