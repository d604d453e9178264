"""What a reader does with a comparison: chooses its baseline, unit and stance, hides, looks at marks, and asks why a pair is no pair"""
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from browsing import DESKTOP, PHONE

R1 = "/comparisons/what-training-r1-cost"
MIXED = "/comparisons/spending-against-claimed-training-cost"
GPUS = "/comparisons/gpus-held-against-gpus-used"

ROWS = """return [...document.querySelectorAll("main table tbody tr")].filter(row => row.querySelector("a[href^='/claims/']"))
    .map(row => [row.querySelector("a").getAttribute("href").slice("/claims/".length), { letter: row.querySelector("button").textContent, text: row.innerText }])"""


@pytest.fixture
def figures(reader):
    """A function: each row's letter and text by its claim, in their order."""
    return lambda: dict(reader.run(ROWS))


def strange(comparison):
    """Those that cannot be compared with the baseline."""
    baseline = comparison["baseline"]
    return {pair["left"] if pair["right"] == baseline else pair["right"] for pair in comparison["pairs"]
            if pair["verdict"] == "incomparable" and baseline in (pair["left"], pair["right"])}


def claims_of(comparison):
    return {figure["claim"] for figure in comparison["figures"]}


def shows(figures, comparison):
    """A row for each figure, with its ratio to the baseline if there is one."""
    rows = figures()
    assert set(rows) == claims_of(comparison)
    for figure in comparison["figures"]:
        text = rows[figure["claim"]]["text"].replace(",", "")
        if figure["claim"] == comparison["baseline"]:
            assert text.endswith("Baseline")
        elif figure["claim"] in strange(comparison):
            assert "×" not in text
        else:
            assert text.endswith(f"× {float(figure['ratio_to_baseline']):.10g}")


# Choices --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("comparison", [R1, MIXED])
def test_another_baseline(reader, api, figures, comparison):
    baseline = api.get("/v1" + comparison)["figures"][3]
    options = Select(reader.open(comparison).find("combobox", "Baseline")).options
    [label] = [option.text for option in options if option.get_property("value") == baseline["claim"]]
    assert label.startswith(f"{figures()[baseline['claim']]['letter']}: {baseline['figure']['as_printed']} – ")
    reader.choose("Baseline", label)
    assert reader.place == f"{comparison}?baseline={baseline['claim']}"
    shows(figures, api.get("/v1" + comparison, baseline=baseline["claim"]))
    reader.back()
    assert reader.place == comparison
    shows(figures, api.get("/v1" + comparison))


def test_another_baseline_by_keyboard(reader, api, figures):
    reader.open(R1)
    claims = list(figures())
    reader.tab_to("combobox", "Baseline")
    reader.press(Keys.ARROW_DOWN)
    reader.settled()
    assert reader.place == f"{R1}?baseline={claims[1]}"
    assert reader.focused().get_property("value") == claims[1]
    shows(figures, api.get("/v1" + R1, baseline=claims[1]))


def test_row_becomes_the_baseline_by_mouse_and_by_keyboard(reader, api, figures):
    reader.open(R1)
    claims = list(figures())
    reader.click("button", "Take C as the baseline")
    assert reader.place == f"{R1}?baseline={claims[2]}"
    reader.press(Keys.ARROW_DOWN, Keys.ENTER)
    reader.settled()
    assert reader.place == f"{R1}?baseline={claims[3]}"
    shows(figures, api.get("/v1" + R1, baseline=claims[3]))
    here = reader.focused()
    assert (here.text, here.get_dom_attribute("aria-pressed")) == (figures()[claims[3]]["letter"], "true")


def test_what_cannot_be_compared_is_hidden(reader, api, figures):
    """The letters stay, as the pairs and the baseline are named by them."""
    comparison = api.get("/v1" + MIXED)
    reader.open(MIXED)
    rows = figures()
    comparable = {claim: row for claim, row in rows.items() if claim not in strange(comparison)}
    assert set(rows) == claims_of(comparison) and 0 < len(comparable) < len(rows)
    reader.click("checkbox", "Hide")
    assert figures() == comparable
    reader.driver.refresh()
    reader.settled()
    assert figures() == comparable
    reader.back()
    assert figures() == rows


def test_what_cannot_be_compared_is_hidden_by_keyboard(reader, figures):
    reader.open(MIXED)
    all_of_them = len(figures())
    reader.tab_to("checkbox", "Hide")
    reader.press(Keys.SPACE)
    assert 0 < len(figures()) < all_of_them
    reader.press(Keys.SPACE)
    assert len(figures()) == all_of_them


def test_hidden_from_another_baseline(reader, api, figures):
    baseline = api.get("/v1" + MIXED)["figures"][-1]["claim"]
    comparison = api.get("/v1" + MIXED, baseline=baseline)
    reader.open(f"{MIXED}?baseline={baseline}&comparable=1")
    assert set(figures()) == claims_of(comparison) - strange(comparison)


def stances(reader):
    return [option.text for option in Select(reader.find("combobox", "Stance")).options]


def test_one_stance(reader, api, figures):
    reader.open(R1)
    for stance in ("asserts", "reports", "disputes"):
        reader.choose("Stance", stance)
        assert reader.place == f"{R1}?stance={stance}"
        assert set(figures()) == claims_of(api.get("/v1" + R1, stance=stance))
    reader.choose("Stance", "All stances")
    assert (reader.place, len(figures())) == (R1, 6)


def test_stances_are_offered_that_there_are(reader):
    assert stances(reader.open(GPUS)) == ["All stances", "asserts", "reports"]
    reader.choose("Stance", "reports")
    assert stances(reader) == ["All stances", "asserts", "reports"]


def test_stance_keeps_the_baseline_that_has_it(reader, api):
    asserted, *_, disputed = sorted(api.get("/v1" + R1)["figures"], key=lambda figure: ("asserts", "reports", "disputes").index(figure["stance"]))
    reader.open(f"{R1}?baseline={disputed['claim']}").choose("Stance", "disputes")
    assert reader.place == f"{R1}?baseline={disputed['claim']}&stance=disputes"
    reader.choose("Stance", "asserts")
    assert reader.place == f"{R1}?stance=asserts"
    assert reader.find("combobox", "Baseline").get_property("value") == asserted["claim"]


def test_choice_that_cannot_be_leads_on(reader, figures):
    reader.expects("400 (Bad Request)")
    reader.open(f"{R1}?baseline=none")
    assert [each.tag_name for each in reader.all("heading", "This cannot be asked so")] == ["h1"] and "none" in reader.text()
    reader.click("link", "Show it without choices")
    assert (reader.place, len(figures())) == (R1, 6)


@pytest.mark.parametrize("comparison", [MIXED, GPUS])
def test_many_figures_fit_a_phone(reader, comparison):
    reader.wears(width=PHONE)
    assert reader.open(comparison).fits(PHONE)


# Marks ----------------------------------------------------------------------------------------------

def tip(reader):
    return [each.text for each in reader.driver.find_elements(By.CSS_SELECTOR, "[role=tooltip]") if each.is_displayed()]


def told(reader, api, figure):
    """Waits for the tip, and nothing but it, to say what is printed and where: the source, and the line of it."""
    line = api.get(f"/v1/claims/{figure['claim']}")["locator"]["line"]
    parts = (figure["figure"]["as_printed"], figure["statement"], f"{figure['source']['title']}, line {line}")
    reader.until(lambda: [all(part in text for part in parts) for text in tip(reader)] == [True], f"tip of {parts}")


def mark_of(reader, letter):
    return reader.driver.find_element(By.CSS_SELECTOR, f"main button[aria-label^='{letter}: ']")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_mark_under_the_pointer_says_what_is_printed_and_where(reader, api, figures, width):
    reader.wears(width=width)
    reader.open(R1)
    rows = figures()
    for figure in api.get("/v1" + R1)["figures"][::2]:
        letter = rows[figure["claim"]]["letter"]
        mark = mark_of(reader, letter)
        reader.run("arguments[0].scrollIntoView({block: 'center'})", mark)
        # From beside: the tip of the row above stays while one is over it.
        ActionChains(reader.driver, duration=50).move_to_element(reader.find("button", f"Take {letter} as")).move_to_element(mark).perform()
        told(reader, api, figure)
        assert reader.fits(width)


def test_mark_with_the_focus_says_what_is_printed_and_where(reader, api, figures):
    by_claim = {figure["claim"]: figure for figure in api.get("/v1" + R1)["figures"]}
    reader.open(R1).tab_to("button", "A: ")
    for claim, row in figures().items():
        here = reader.focused()
        assert here.accessible_name.startswith(f"{row['letter']}: ") and f"“{by_claim[claim]['figure']['as_printed']}”" in here.accessible_name
        told(reader, api, by_claim[claim])
        reader.press(Keys.ARROW_DOWN)
    reader.press(Keys.ESCAPE)
    assert tip(reader) == []
    reader.press(Keys.TAB, shift=True)
    reader.press(Keys.ENTER)
    reader.settled()
    assert reader.path == f"/claims/{claim}"


# Pairs ----------------------------------------------------------------------------------------------

def explained(reader, *words):
    """Waits until the words stand together."""
    reader.until(lambda: [each for each in reader.all("status") if all(word in each.text for word in words)], f"word on {words}")


def test_pairs_are_explained(reader, api):
    reader.open(R1)
    assert len(reader.all("button", " and ")) == len(api.get("/v1" + R1)["pairs"])
    reader.click("button", "A and C: conflict")
    explained(reader, "A and C", "conflict", "17.01", "294.000 US-Dollar", "5 Millionen US -Dollar")
    reader.click("button", "D and E: agree")
    explained(reader, "D and E", "agree", "one origin")


def pressed(reader):
    """The pair that is chosen, by its claims, as the letters of the rows say."""
    claims = {row["letter"]: claim for claim, row in reader.run(ROWS)}
    names = [each.accessible_name for each in reader.all("button", " and ") if each.get_dom_attribute("aria-pressed") == "true"]
    return [{claims[letter] for letter in name.split(":")[0].split(" and ")} for name in names]


def test_pair_stays_chosen_whatever_the_baseline(reader):
    reader.open(R1).click("button", "A and C: conflict")
    chosen = pressed(reader)
    for letter in "F", "B":
        reader.click("button", f"Take {letter} as the baseline")
        assert len(chosen) == 1 and pressed(reader) == chosen


def test_ratio_to_a_limit_is_one_too(reader):
    """Less than 300,000 against 5.6 million."""
    reader.open(R1).click("button", "B and F: conflict")
    explained(reader, "B and F", "is at least 18.67 times the smaller")


def test_pair_that_cannot_be_compared_is_explained(reader, api, figures):
    pair = next(each for each in api.get("/v1" + MIXED)["pairs"] if each["verdict"] == "incomparable" and {"scope", "quantity"} <= set(each["reasons"]))
    reader.open(MIXED)
    upper, lower = sorted(figures()[pair[side]]["letter"] for side in ("left", "right"))
    reader.click("button", f"{upper} and {lower}: incomparable")
    explained(reader, f"{upper} and {lower}", "incomparable", "another quantity", "another scope")


def test_pair_is_explained_by_keyboard(reader):
    """The widest conflict is what one comes to first."""
    reader.open(R1)
    widest = reader.tab_to("button", "A and F: conflict", back=True)
    explained(reader, "A and F", "conflict", "19.05")
    reader.press(*[Keys.ARROW_UP] * 4)
    here = reader.focused()
    assert (here.accessible_name, here.get_dom_attribute("aria-pressed"), widest.get_dom_attribute("aria-pressed")) == ("A and B: overlap", "true", "false")
    explained(reader, "A and B", "overlap")


# Multiples ------------------------------------------------------------------------------------------

def test_multiple_has_its_sum_where_its_figures_are_hidden(reader, api):
    """The denominators of all four are disputed, or reported."""
    target = f"{MIXED}?stance=asserts"
    multiples = api.get("/v1" + target)["stated_multiples"]
    reader.open(target)
    sums = [each.text for each in reader.driver.find_elements(By.CSS_SELECTOR, ".multiple .sum")]
    assert multiples and all(sum(f"= {float(candidate['ratio']):g}, not" in text for text in sums) for multiple in multiples for candidate in multiple["candidates"])
    assert "not shown here" in reader.text()
