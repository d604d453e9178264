"""Claims are chosen by facets, words and order; all of it stands in the address, and back goes through it"""
import pytest
from selenium.webdriver.common.keys import Keys


def state(reader):
    """What one would see that it is the same."""
    return (reader.place, listed(reader), reader.run("""return [...document.querySelectorAll("main input[type=checkbox]:checked")].map(each => each.closest("label").innerText).sort()"""),
            reader.find("combobox", "Sort").get_property("value"), reader.find("searchbox").get_property("value"))


def listed(reader):
    return [href.removeprefix("/claims/") for href in reader.hrefs("/claims/")]


def is_what_the_address_says(reader, api):
    query = reader.run("return Object.fromEntries(new URLSearchParams(location.search))")
    assert listed(reader) == [claim["id"] for claim in api.get("/v1/claims", **query)["items"]]


def facet(name, choice):
    def step(reader):
        reader.unfold("Filter")
        reader.unfold(name)
        reader.click("checkbox", choice)
    return step


STEPS = {
    "a facet": facet("Stance", "asserts"),
    "another choice of it": facet("Stance", "disputes"),
    "another facet": facet("Subject", "DeepSeek"),
    "the order": lambda reader: reader.choose("Sort", "largest figure"),
    "a filter removed": lambda reader: reader.click("button", "Remove the filter Stance: asserts"),
    "a search": lambda reader: (reader.find("searchbox").send_keys("training", Keys.ENTER), reader.settled()),
}


def test_every_step_is_in_the_address_and_back_undoes_it(reader, api, at, service):
    reader.open("/claims")
    states = [state(reader)]
    for name, step in STEPS.items():
        step(reader)
        is_what_the_address_says(reader, api)
        assert state(reader)[:2] != states[-1][:2], name
        states.append(state(reader))
    for past in states[-2::-1]:
        reader.back()
        assert state(reader) == past
    for later in states[1:]:
        reader.forward()
        assert state(reader) == later
    other = at(service.base).open(reader.place)
    other.unfold("Filter")
    assert state(other) == states[-1], "the address alone shows the same"


def test_moments_are_written_as_days_and_times(reader):
    reader.open("/claims?created_at=gte.2025-01-15T12:00:00Z&created_at=lt.2099-03-02T12:30:00%2B01:00")
    chips = [each.text for each in reader.all("button", "Remove the filter")]
    assert [("Jan 15, 2025" in chip, "Mar 2, 2099" in chip) for chip in chips] == [(True, False), (False, True)], chips


def test_pages_follow_each_other(reader, api):
    reader.open("/claims?stance=asserts")
    pages = [listed(reader)]
    while (more := reader.all("button", "Next page") + reader.all("link", "Next page")):
        more[0].click()
        reader.settled()
        assert abs(reader.run("return document.querySelector('main section[aria-label=Claims]').getBoundingClientRect().top")) < 1, "it begins at the list"
        pages.append(listed(reader))
    assert len(pages) > 2 and [claim for page in pages for claim in page] == api.ids("/v1/claims", stance="asserts")
    reader.back()
    assert listed(reader) == pages[-2]
    assert state(reader.open(reader.place))[1] == pages[-2]


def test_what_is_left_of_a_page_is_forgotten_with_the_filter(reader):
    reader.open("/claims?stance=asserts")
    next_page = (reader.all("button", "Next page") + reader.all("link", "Next page"))[0]
    next_page.click()
    reader.settled()
    assert "cursor" in reader.place
    facet("Stance", "reports")(reader)
    assert "cursor" not in reader.place


def test_claims_are_chosen_by_keyboard_alone(reader, api):
    reader.open("/claims")
    if reader.all("button", "Filter"):
        reader.tab_to("button", "Filter")
        reader.press(Keys.ENTER)
    reader.tab_to("checkbox", "disputes")
    reader.press(Keys.SPACE)
    reader.settled()
    assert reader.place == "/claims?stance=disputes" and reader.focused().is_selected()
    reader.tab_to(name="Subject")
    reader.press(Keys.ENTER)
    reader.tab_to("checkbox", "DeepSeek")
    reader.press(Keys.SPACE)
    reader.settled()
    is_what_the_address_says(reader, api)
    reader.tab_to("combobox", "Sort")
    reader.press(Keys.ARROW_DOWN)
    reader.settled()
    assert "sort=" in reader.place
    is_what_the_address_says(reader, api)
    reader.tab_to("button", "Clear all", back=True)
    reader.press(Keys.ENTER)
    reader.settled()
    assert "stance" not in reader.place and "subject" not in reader.place
    is_what_the_address_says(reader, api)


def test_focus_is_kept_when_what_had_it_goes(reader):
    reader.open("/claims?stance=disputes&kind=numeric")
    reader.tab_to("button", "Remove the filter Stance: disputes")
    reader.press(Keys.ENTER)
    reader.settled()
    assert reader.place == "/claims?kind=numeric" and reader.run("return document.activeElement.getAttribute('aria-label')") == "Claims"
    reader.press(Keys.TAB)
    assert reader.focused().accessible_name == "Remove the filter Kind: figure"


def test_claims_by_the_size_of_their_figures(reader, api):
    reader.open("/claims")
    reader.unfold("Filter")
    reader.unfold("Figure")
    reader.find("textbox", "at least").send_keys("1e6")
    reader.find("textbox", "at most").send_keys("1e9")
    reader.click("button", "Apply")
    assert listed(reader) == [claim["id"] for claim in api.answer("/v1/claims?value=gte.1e6&value=lte.1e9")["items"]] != []
    reader.driver.refresh()
    reader.settled()
    reader.unfold("Filter")
    assert reader.find("textbox", "at least").get_property("value") == "1e6" and reader.find("textbox", "at most").get_property("value") == "1e9"
    reader.back()
    assert reader.place == "/claims"


@pytest.mark.parametrize("language, typed, asked, shown", [("de", "294.000", "294000", "294000"), ("it", "0,5", "0.5", "0,5"), ("en", "294,000", "294000", "294000")])
def test_number_in_a_filter_is_one_of_the_language(reader, language, typed, asked, shown):
    words = {"de": ("Filter", "Zahl", "mindestens", "Anwenden"), "it": ("Filtri", "Cifra", "almeno", "Applica"), "en": ("Filter", "Figure", "at least", "Apply")}[language]
    reader.wears(language=language)
    reader.open("/claims")
    reader.unfold(words[0])
    reader.unfold(words[1])
    reader.find("textbox", words[2]).send_keys(typed)
    reader.click("button", words[3])
    assert reader.place == f"/claims?value=gte.{asked}"
    assert reader.find("textbox", words[2]).get_property("value") == shown


def test_number_in_a_filter_that_is_none_in_the_language_is_not_asked(reader):
    reader.wears(language="de")
    reader.open("/claims")
    reader.unfold("Filter")
    reader.unfold("Zahl")
    field = reader.find("textbox", "mindestens")
    field.send_keys("1.5")
    reader.click("button", "Anwenden")
    assert reader.place == "/claims" and "1.234.567,5" in field.get_property("validationMessage")


def test_filter_goes_by_its_name_not_its_id(reader):
    reader.open("/claims?source=r1-under-300000")
    [remove] = reader.all("button", "Remove the filter")
    assert "Deepseek-R1: KI-Training" in remove.text


def test_links_that_others_made_hold(reader, api):
    """With what a newsletter adds to them."""
    reader.open("/claims?stance=disputes&utm_source=letter&fbclid=1")
    assert len(reader.all("button", "Remove the filter")) == 1
    assert listed(reader) == api.ids("/v1/claims", stance="disputes")
