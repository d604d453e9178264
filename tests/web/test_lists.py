"""Lists to their ends, however long they are and however few items a page of the API has"""
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


# Looked for ---------------------------------------------------------------------------------------

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
