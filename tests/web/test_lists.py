"""Lists to their ends, however long they are and however few items a page of the API has; what the address says of them; and the past"""
import json
import time
from datetime import datetime, timezone

import pytest
from selenium.webdriver.common.keys import Keys

from desk import CLAIM as CLAIM_OF_MANY, STATEMENT
from service import Service

CLAIM = "/claims/r1-under-300000-03-training-cost-294000"
SOURCE = "/sources/markets-misled-de"
MANY = 205  # more than a page of the API has at most


def shown(reader, prefix):
    """The ids that the page leads to, in their order."""
    return list(dict.fromkeys(href.removeprefix(prefix).partition("?")[0] for href in reader.hrefs(prefix)))


def brought(reader):
    """The ids that stand in the page as the server wrote it."""
    return [item["id"] for item in json.loads(reader.run("return document.getElementById('data').textContent"))["document"]["items"]]


@pytest.fixture
def stalled(browser):
    """A function: from now on no answer of the API comes to the reader, until the function that it returns is called."""
    def stall(reader):
        reader.command("Fetch.enable", patterns=[{"urlPattern": "*/v1/*"}])
        return lambda: reader.command("Fetch.disable")
    yield stall
    browser.driver.execute_cdp_cmd("Fetch.disable", {})


# Pages of the API -----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def narrow(database_url):
    with Service(database_url, "--page-most", "20") as service:
        yield service.answers()


@pytest.mark.parametrize("target", [CLAIM, SOURCE, "/sources/deitaone-tweet", "/comparisons/what-training-r1-cost", "/claims?source=r1-under-300000"])
def test_pages_need_no_more_than_the_operator_allows(at, narrow, target):
    reader = at(narrow.base).open(target)
    assert reader.all("alert") == [] and "This cannot be asked so" not in reader.text()


def test_source_has_all_its_claims_however_few_come_at_once(at, narrow, api):
    claims = api.ids(f"/v1{SOURCE}/claims")
    assert len(claims) > 20 and set(claims) <= set(shown(at(narrow.base).open(SOURCE), "/claims/"))


def test_facet_has_all_things_however_few_come_at_once(at, narrow, api):
    reader = at(narrow.base).open("/claims")
    reader.unfold("Filter")
    reader.unfold("Subject")
    named = {subject["name"] for subject in api.items("/v1/subjects") if subject["claims"]}
    assert len(named) > 20 and named <= {each.accessible_name for each in reader.all("checkbox")}


# Others that say the same ---------------------------------------------------------------------------

def test_those_that_say_the_same_are_found_among_many_that_are_compared(at, desk):
    for number in range(MANY):
        desk.put("claim", f"desk-many-{number:03}", CLAIM_OF_MANY)
    alike = {"desk-one-more": "desk-daily", "desk-other-source": "desk-weekly", "desk-same-origin": "desk-monthly"}
    desk.put("source", "desk-monthly", {"kind": "article", "description": "It again.", "relations": [{"kind": "translation_of", "source": "desk-weekly"}]})
    for id, source in alike.items():
        desk.put("claim", id, {**CLAIM_OF_MANY, "source": source, "proposition": {"id": "desk-told", "statement": "It costs that."}})
    reader = at(desk.service.base).open("/claims/desk-one-more")
    assert "No other claim says the same" not in reader.text() and {"desk-other-source", "desk-same-origin"} <= set(shown(reader, "/claims/"))
    assert reader.text().count("Of the same origin as one above: it adds no weight.") == 1


# Found ----------------------------------------------------------------------------------------------

def test_all_sources_that_a_search_finds_are_within_reach(at, desk):
    found = {f"desk-found-{number:02}" for number in range(11)}
    for id in found:
        desk.put("source", id, {"kind": "study", "title": f"Kaleidoscope {id}", "description": "One of many."})
    reader = at(desk.service.base).open("/search?q=Kaleidoscope")
    assert len(shown(reader, "/sources/")) == 10
    reader.click("link", "All sources that were found")
    assert reader.path == "/sources" and set(shown(reader, "/sources/")) == found and "Kaleidoscope" in reader.find("searchbox").get_property("value")


def test_suggestions_come_once_however_often_one_types(at, desk, stalled):
    for number in range(MANY):
        desk.put("subject", f"zz-{number:03}", {"name": f"Manifold {number:03}", "kind": "product", "description": "One of many."})
        desk.put("claim", f"zz-{number:03}", {**STATEMENT, "subject": f"zz-{number:03}"})
    last = f"Manifold {MANY - 1}"
    reader = at(desk.service.base).open("/claims")
    reader.unfold("Filter")
    reader.unfold("Subject")
    field = reader.find("searchbox", "Find: Subject")
    go_on = stalled(reader)
    field.send_keys(last)
    reader.until(lambda: [each for each in reader.all("status") if each.text == "Loading"], "word that it is being looked for")
    assert "Nothing is called so." not in reader.text()
    go_on()
    reader.find("checkbox", last)
    for _ in range(2):
        field.send_keys(Keys.CONTROL, "a", Keys.DELETE)
        reader.until(lambda: not reader.all("checkbox", last), "suggestions gone")
        field.send_keys(last)
        reader.find("checkbox", last)
        reader.settled()
        assert len(reader.all("checkbox", last)) == 1


# What the address says ------------------------------------------------------------------------------

@pytest.mark.parametrize("target", ["/sources?kind=study", "/sources?q=DeepSeek", "/sources?language=it,de", "/comparisons?min_origins=3", "/comparisons?kind=curated",
                                    "/comparisons?stance=disputes"])
def test_address_means_the_same_with_script_as_without(reader, target):
    prefix = target.partition("?")[0] + "/"
    assert shown(reader.open(target), prefix) == brought(reader) != shown(reader.open(prefix.rstrip("/")), prefix)


def test_verdict_is_chosen_within_what_is_shown(reader):
    reader.open("/comparisons?subject=deepseek&min_origins=2").follow("/comparisons?subject=deepseek&min_origins=2&verdict=conflict")
    reader.click("link", "All")
    assert reader.place == "/comparisons?subject=deepseek&min_origins=2"


@pytest.fixture(scope="module")
def past(desk):
    """A claim that was changed, a source that came later, and the moment before both."""
    desk.put("source", "desk-changing", {"kind": "article", "title": "Changing", "description": "It changes."})
    desk.put("claim", "desk-changed", {**STATEMENT, "source": "desk-changing", "statement": "Alpha was so."})
    time.sleep(.1)
    moment = f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%S.%fZ}"
    time.sleep(.1)
    desk.put("claim", "desk-changed", {**STATEMENT, "source": "desk-changing", "statement": "Alpha is so."}, etag="*")
    desk.put("claim", "desk-later", {**STATEMENT, "source": "desk-changing", "statement": "Alpha will be so."})
    return moment


@pytest.mark.parametrize("target", ["/claims/desk-changed", "/sources/desk-changing"])
def test_page_of_the_past_stays_that_and_says_so(at, desk, past, target):
    reader = at(desk.service.base).open(f"{target}?as_of={past}")
    assert "Alpha was so." in reader.text() and "Alpha is so." not in reader.text() and "Alpha will be so." not in reader.text()
    assert [each.text for each in reader.all("status") if "As it was on" in each.text]
    assert reader.violations() == []
    reader.click("link", "Show it as it is now")
    assert reader.place == target and "Alpha is so." in reader.text() and "As it was on" not in reader.text()


def test_links_of_a_past_page_lead_into_the_past(at, desk, past):
    reader = at(desk.service.base).open(f"/claims?source=desk-changing&as_of={past}")
    assert f"State at: {datetime.now(timezone.utc):%b}" in reader.text()
    steps = ["/claims/desk-changed", "/sources/desk-changing", "/claims/desk-changed"]
    for step in steps:
        reader.follow(next(href for href in reader.hrefs(step)))
        assert reader.path == step and "as_of=" in reader.place and "Alpha was so." in reader.text()
