"""The ways through the pages, each by mouse and by keyboard alone"""
from urllib.parse import parse_qsl, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

COMPARISON = "/comparisons/what-training-r1-cost"
CLAIM = "/claims/r1-under-300000-03-training-cost-294000"
SOURCE = "/sources/r1-under-300000"
WAY = ["/", COMPARISON, CLAIM, SOURCE]


def by_mouse(reader, href):
    reader.follow(href)


def by_keyboard(reader, href):
    reader.tab_to(href=href)
    reader.press(Keys.ENTER)
    reader.settled()


HANDS = pytest.mark.parametrize("go", [by_mouse, by_keyboard])


def heading(reader):
    return reader.driver.find_element(By.CSS_SELECTOR, "main h1").text


@HANDS
def test_from_the_question_to_the_source_and_back(reader, api, go):
    reader.open("/")
    reader.run("window.stayed = true")
    headings = {"/": heading(reader), COMPARISON: api.get("/v1" + COMPARISON)["title"], CLAIM: api.get("/v1" + CLAIM)["statement"],
                SOURCE: api.get("/v1" + SOURCE)["title"]}

    def is_at(place):
        assert (reader.place, heading(reader)) == (place, headings[place])
        assert reader.run("return document.title") == f"{headings[place]} – claimd"
    for place in WAY[1:]:
        go(reader, place)
        is_at(place)
    for place in WAY[-2::-1]:
        reader.back()
        is_at(place)
    reader.forward()
    is_at(WAY[1])
    assert reader.run("return window.stayed") is True


@HANDS
def test_page_begins_at_its_top(reader, go):
    reader.open("/claims/affordability-myth-03-affordability-myth")
    reader.run("scrollTo(0, document.documentElement.scrollHeight)")
    go(reader, "/sources/affordability-myth")
    assert reader.run("return scrollY") == 0


def test_back_leads_to_where_one_was_on_a_page(reader):
    reader.open("/claims")
    last = reader.hrefs("/claims/")[-1]
    reader.follow(last)
    reader.back()
    assert reader.run("return scrollY") > 1000


def question(url):
    """The same for targets that ask the same."""
    parts = urlsplit(url)
    return parts.path, sorted(parse_qsl(parts.query))


def test_what_the_page_brought_is_not_asked_for_again(reader):
    for target in ["/", "/comparisons", "/claims", "/claims?stance=disputes&sort=-value,id&utm_source=letter", "/claims?q=training", "/sources", "/search?q=training", COMPARISON, CLAIM,
                   SOURCE]:
        brought = reader.open(target).run("return JSON.parse(document.getElementById('data').textContent).target")
        asked = [question(url) for url in reader.run("return performance.getEntriesByType('resource').map(entry => entry.name)")]
        assert asked and question(brought) not in asked, target


def test_page_in_another_tab_stays_the_browsers_matter(reader):
    reader.open("/")
    reader.driver.find_element(By.CSS_SELECTOR, f'main a[href="{COMPARISON}"]').send_keys(Keys.CONTROL, Keys.ENTER)
    own = reader.driver.current_window_handle
    [other] = reader.until(lambda: [each for each in reader.driver.window_handles if each != own], "other tab")
    assert reader.place == "/"
    reader.driver.switch_to.window(other)
    assert reader.place == COMPARISON
    reader.driver.close()
    reader.driver.switch_to.window(own)


def test_skip_link_leads_past_what_every_page_has(reader):
    reader.open(COMPARISON)
    reader.press(Keys.TAB)
    assert reader.focused().accessible_name == "Skip to the content"
    assert reader.focused().rect["height"] > 10 and reader.focused().rect["x"] >= 0
    reader.press(Keys.ENTER)
    reader.press(Keys.TAB)
    assert reader.run("return document.querySelector('main').contains(document.activeElement)")


def test_focus_is_seen_wherever_it_is(reader):
    reader.open(COMPARISON)
    unseen = []
    for _ in range(40):
        reader.press(Keys.TAB)
        seen = reader.run("""const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
            return here === document.body || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.top > -1 && box.bottom < innerHeight + 1""")
        if not seen:
            unseen.append(reader.focused().accessible_name)
    assert unseen == []


def test_shift_tab_leads_back(reader):
    reader.open("/")
    reader.tab_to(href=COMPARISON)
    reader.press(Keys.TAB)
    reader.tab_to(href=COMPARISON, back=True, limit=1)


# Search ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("place", ["/", COMPARISON])
def test_search_by_mouse(reader, api, place):
    reader.open(place)
    reader.find("searchbox").send_keys("GPUs Musk")
    reader.click("button", "Search")
    found_is_shown(reader, api)


@pytest.mark.parametrize("place", ["/", COMPARISON])
def test_search_by_keyboard(reader, api, place):
    reader.open(place)
    reader.tab_to("searchbox")
    reader.press("GPUs Musk", Keys.ENTER)
    found_is_shown(reader, api)
    reader.back()
    assert reader.place == place


def found_is_shown(reader, api):
    reader.until(lambda: reader.path == "/search", "page of what is found")
    reader.settled()
    assert reader.place in ("/search?q=GPUs%20Musk", "/search?q=GPUs+Musk")
    found = api.get("/v1/claims", q="GPUs Musk", sort="-rank,id", limit=10)["items"]
    assert list(dict.fromkeys(reader.hrefs("/claims/")))[:len(found)] == [f"/claims/{claim['id']}" for claim in found]
    assert reader.find("searchbox").get_property("value") == "GPUs Musk"


# Languages ------------------------------------------------------------------------------------------

LANGUAGES = {"en": ("English", "Comparisons", "19.05", "January 27, 2025"), "de": ("Deutsch", "Vergleiche", "19,05", "27. Januar 2025"),
             "it": ("Italiano", "Confronti", "19,05", "27 gennaio 2025")}


def speaks(reader, language):
    _, comparisons, ratio, day = LANGUAGES[language]
    reader.open(COMPARISON)
    assert reader.run("return document.documentElement.lang") == language
    assert reader.find("link", comparisons) and ratio in reader.text()
    assert day in reader.open("/sources/deitaone-tweet").text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_speaks_as_the_browser_asks(reader, language):
    reader.wears(language=language)
    speaks(reader, language)


def test_language_that_is_not_there_is_english(reader):
    reader.wears(language="fi")
    speaks(reader, "en")


@pytest.mark.parametrize("language", ["de", "it"])
def test_chosen_language_stays(reader, language):
    reader.open("/")
    reader.driver.find_element(By.CSS_SELECTOR, "header select").click()
    reader.press(LANGUAGES[language][0], Keys.ENTER)
    reader.settled()
    assert reader.run("return document.documentElement.lang") == language
    speaks(reader, language)
    reader.driver.refresh()
    reader.settled()
    assert LANGUAGES[language][3] in reader.text()


def test_language_is_chosen_by_keyboard(reader):
    reader.open(COMPARISON)
    reader.tab_to("combobox", "Language")
    reader.press(Keys.ARROW_DOWN)
    reader.settled()
    assert reader.run("return document.documentElement.lang") == "de"
    assert reader.focused().get_property("value") == "de"
    reader.press(Keys.ARROW_DOWN)
    assert reader.run("return document.documentElement.lang") == "it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_all_its_words(reader, language):
    reader.wears(width=390, language=language)
    titles = []
    for target in ["/", "/comparisons", COMPARISON, "/comparisons/spending-against-claimed-training-cost", "/claims", CLAIM, "/sources", SOURCE, "/search?q=Musk", "/edit"]:
        text = reader.open(target).run("return document.body.innerText")
        assert not [gap for gap in ("undefined", "null", "NaN", "{", "[object", "Invalid Date") if gap in text.replace("{GPU}", "")], target
        assert reader.fits(390), target
        titles.append(reader.run("return document.title"))
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("language", ["de", "it"])
def test_foreign_words_are_marked_as_such(reader, language):
    reader.wears(language=language)
    reader.open("/claims/markets-misled-it-09-r1-spending-5-million")
    assert reader.run("return [...document.querySelectorAll('q')].find(q => q.textContent.includes('5 milioni')).closest('[lang]').lang") == "it"
    assert reader.run("return document.querySelector('main h1').closest('[lang]').lang") == "en", "statements are in English"
