"""What a page shows when it cannot show what it is for: that it waits, what is wrong and what to do, or that there is nothing"""
import contextlib
import os
import re
import signal
import time

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import database
from service import Service

R1 = "/comparisons/what-training-r1-cost"
CLAIM = "/claims/r1-under-300000-03-training-cost-294000"


@pytest.fixture
def stalled(reader):
    """A function: from now on no answer of the API comes, until the function that it returns is called."""
    def stall():
        reader.command("Fetch.enable", patterns=[{"urlPattern": "*/v1/*"}])
        return lambda: reader.command("Fetch.disable")
    yield stall
    reader.command("Fetch.disable")


def told(reader, role, words):
    return reader.until(lambda: [each.text for each in reader.all(role) if words in each.text], f"{role} {words!r}")[0]


def leave(reader, href):
    """Follows a link of the header, without waiting for its page."""
    reader.driver.find_element("css selector", f'header a[href="{href}"]').click()


# Slow -----------------------------------------------------------------------------------------------

def test_one_who_waits_is_told_so(reader, stalled):
    reader.open("/edit").run("const real = setTimeout; window.setTimeout = (step, wait, ...more) => real(step, wait / 5, ...more)")
    go_on = stalled()
    leave(reader, "/sources")
    told(reader, "status", "Loading")
    assert told(reader, "status", "longer than usual")
    assert reader.violations() == []
    go_on()
    reader.reads("DeepSeek ha ingannato")
    assert [each.text for each in reader.all("status") if each.text in ("Loading", "This takes longer than usual.")] == []


def test_what_is_there_stays_while_the_next_is_on_its_way(reader, stalled):
    reader.open("/claims?stance=disputes").unfold("Filter")
    before = reader.hrefs("/claims/")
    go_on = stalled()
    reader.find("checkbox", "reports").click()
    assert reader.until(lambda: reader.run("return document.querySelector('[aria-busy=true]') !== null"), "sign that more is on its way")
    assert reader.hrefs("/claims/") == before
    go_on()
    reader.until(lambda: reader.hrefs("/claims/") != before, "other claims")


def test_last_choice_wins_whatever_comes_last(reader, api):
    reader.open("/claims").unfold("Filter")
    reader.run("""const real = fetch, pauses = [500, 250];
        window.fetch = (...asked) => new Promise((go) => setTimeout(go, pauses.shift() ?? 0)).then(() => real(...asked))""")
    for name in ("asserts", "reports", "asserts"):
        reader.find("checkbox", name).click()
    wanted = [f"/claims/{claim['id']}" for claim in api.get("/v1/claims", stance="reports")["items"]]
    reader.until(lambda: reader.hrefs("/claims/") == wanted, "chosen claims")
    time.sleep(.5)
    assert reader.hrefs("/claims/") == wanted


@pytest.mark.parametrize("target", ["/", "/claims", R1])
def test_page_comes_over_a_slow_line(reader, target):
    reader.network(latency=200)
    reader.open(target)
    assert reader.run("return document.querySelector('main h1') !== null") and reader.all("alert") == []


def test_place_that_one_went_back_to_does_not_pull_who_goes_on(reader, stalled):
    reader.open("/claims").run("scrollTo(0, 400)")
    reader.until(lambda: reader.run("return history.state?.top") == 400, "kept place")
    leave(reader, "/sources")
    reader.settled()
    go_on = stalled()
    reader.driver.back()
    told(reader, "status", "Loading")
    reader.run("document.querySelector('header a[href=\"/comparisons\"]').click()")  # neither by key nor by wheel
    go_on()
    reader.settled()
    time.sleep(.3)
    assert reader.path == "/comparisons" and reader.run("return [scrollY, document.documentElement.scrollHeight > 400 + innerHeight]") == [0, True]


@pytest.mark.parametrize("event", ["pointerdown", "touchmove"])
def test_place_that_one_went_back_to_does_not_pull_who_takes_the_page_in_hand(reader, stalled, event):
    reader.open("/claims").run("scrollTo(0, 400)")
    reader.until(lambda: reader.run("return history.state?.top") == 400, "kept place")
    leave(reader, "/sources")
    reader.settled()
    go_on = stalled()
    reader.driver.back()
    told(reader, "status", "Loading")
    reader.run("document.body.dispatchEvent(new Event(arguments[0], { bubbles: true }))", event)
    go_on()
    reader.settled()
    time.sleep(.3)
    assert reader.path == "/claims" and reader.run("return scrollY") == 0


# Out of reach ---------------------------------------------------------------------------------------

def test_one_without_a_network_is_told_and_can_try_again(reader):
    reader.expects("ERR_INTERNET_DISCONNECTED")
    reader.open("/edit")
    reader.network(offline=True)
    leave(reader, "/sources")
    assert "cannot be reached" in told(reader, "alert", "reached")
    assert reader.violations() == []
    reader.network()
    reader.tab_to("button", "Try again")
    reader.press(Keys.ENTER)
    reader.settled()
    reader.reads("DeepSeek ha ingannato")
    assert reader.all("alert") == []


def test_page_that_is_there_is_whole_without_a_network(reader):
    reader.expects("ERR_INTERNET_DISCONNECTED")
    reader.open("/comparisons/gpus-held-against-gpus-used")
    reader.network(offline=True)
    reader.click("button", ": incomparable")
    assert "not figures of the same thing" in told(reader, "status", "incomparable")
    reader.click("checkbox", "Hide")
    assert reader.all("alert") == []


@pytest.fixture
def cut_off(fresh_database, at):
    """A reader of a service of its own, and a function that takes its database away."""
    url = fresh_database()
    with Service(url, "--threads", "1") as service, contextlib.ExitStack() as away:
        def cut():
            away.enter_context(database.deserted(database.with_name(url, "postgres"), url))
        yield at(service.answers().base), service, cut, away.close


def test_service_without_its_database_says_so_and_can_be_asked_again(cut_off):
    reader, service, cut, mend = cut_off
    reader.expects("503 (Service Unavailable)", "504 (Gateway Timeout)")
    reader.open("/edit")
    cut()
    service.answers("/readyz", 503)
    leave(reader, "/sources")
    assert told(reader, "alert", "cannot answer just now")
    assert reader.violations() == []
    reader.open("/sources")
    assert told(reader, "alert", "cannot answer just now")
    mend()
    service.answers("/readyz", 200, within=30)
    reader.click("button", "Try again")
    reader.reads("DeepSeek ha ingannato")


AGED = {"en": ("The database cannot be reached", "seconds? ago"), "de": ("Die Datenbank ist gerade nicht erreichbar", "vor [0-9]+ Sekunden?"),
        "it": ("Il database non è raggiungibile", "[0-9]+ second[oi] fa")}


def test_what_was_known_before_is_shown_and_said_to_be(cut_off):
    """On a page that the service has written, and on one that the script reads for itself, until the database is back."""
    reader, service, cut, mend = cut_off
    reader.open("/sources").open("/edit")
    leave(reader, "/sources")
    reader.reads("DeepSeek ha ingannato")
    assert [each.text for each in reader.all("status") if "database" in each.text] == []
    cut()
    service.answers("/readyz", 503)
    reader.forget()
    for language, (words, ago) in AGED.items():
        reader.wears(language=language)
        reader.open("/sources").reads("DeepSeek ha ingannato")
        assert re.search(ago, told(reader, "status", words))
        assert reader.violations() == []
    reader.wears(language="en")
    reader.open("/edit")
    leave(reader, "/sources")
    assert re.search("ago", told(reader, "status", "cannot be reached just now"))
    reader.reads("DeepSeek ha ingannato")
    assert reader.all("alert") == []
    mend()
    service.answers("/readyz", 200, within=30)
    leave(reader, "/claims")
    reader.until(lambda: not [each for each in reader.all("status") if "database" in each.text], "answers that are right again")
    assert reader.hrefs("/claims/")


def test_service_that_hangs_is_waited_for(reader, service):
    reader.open("/edit")
    os.kill(service.process.pid, signal.SIGSTOP)
    try:
        leave(reader, "/sources")
        told(reader, "status", "Loading")
    finally:
        os.kill(service.process.pid, signal.SIGCONT)
    reader.reads("DeepSeek ha ingannato")


# Wrong ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("target, named", [("/claims?value=abc", "value takes a number"), ("/claims?stance=shouts", "stance"), ("/claims?published_at=gte.2025-13-01", "published_at takes a day"),
                                           ("/claims?as_of=2025-13-01", "as_of takes a time"), ("/claims?line=2025-13-01", "line takes a whole number"), (f"{R1}?baseline=none", "baseline"),
                                           (f"{R1}?unit=none", "unit"), (f"{R1}?stance=shouts", "stance")])
def test_what_cannot_be_asked_is_explained_and_has_a_way_on(reader, target, named):
    reader.expects("400 (Bad Request)")
    reader.open(target)
    assert named in told(reader, "alert", named)
    assert reader.all("button", "Try again") == []
    assert reader.violations() == []
    (reader.all("button", "Remove the filter") or reader.all("link", "Show it without choices"))[0].click()
    reader.settled()
    assert reader.place == target.partition("?")[0] and reader.all("alert") == []


def test_place_in_a_list_that_is_none_is_explained(reader):
    reader.expects("400 (Bad Request)")
    assert "cursor" in told(reader.open("/claims?cursor=x"), "alert", "cursor")
    reader.click("link", "First page")
    assert reader.place == "/claims" and reader.all("alert") == []


@pytest.mark.parametrize("target", ["/claims/none", "/sources/none", "/comparisons/none", "/nowhere", "/claims/a/b", "/claims/%3Cscript%3E", "/%FF"])
def test_what_is_not_there_is_said(reader, target):
    reader.expects("404 (Not Found)", "400 (Bad Request)")
    reader.open(target)
    assert "There is nothing here" in reader.text()
    assert reader.run("return document.querySelectorAll('main a, header a').length") > 3


def test_address_that_is_none_is_said_to_be(reader):
    reader.expects("400 (Bad Request)")
    assert "percent sign" in told(reader.open("/claims/%E0%A4%A"), "alert", "percent sign")


def test_title_says_that_nothing_is_there(reader):
    reader.expects("404 (Not Found)")
    reader.open(R1).run("history.pushState(null, '', '/claims/none'); dispatchEvent(new Event('popstate'))")
    reader.settled()
    assert "There is nothing here" in reader.text() and "What training" not in reader.run("return document.title")


def test_what_was_retracted_is_said_to_be(at, desk):
    reader = at(desk.service.base)
    reader.expects("410 (Gone)")
    document = {"source": "desk-daily", "locator": {"line": 9}, "statement": "Alpha was there.", "kind": "statement", "subject": "desk-alpha", "stance": "asserts", "hedge": "none"}
    desk.put("claim", "desk-withdrawn", document)
    assert "Alpha was there." in reader.open("/claims/desk-withdrawn").text()
    desk.retract("claim", "desk-withdrawn")
    reader.forget()
    reader.open("/claims/desk-withdrawn")
    assert "retracted" in told(reader, "alert", "retracted")
    assert desk.send("GET", "/claims/desk-withdrawn", headers={"Accept": "text/html"}).status_code == 410
    assert reader.all("button", "Try again") == []


def test_page_that_fails_is_said_to_and_can_be_loaded_again(reader):
    reader.open("/edit").run("window.fetch = () => Promise.resolve(new Response('{}'))")
    leave(reader, "/sources")
    told(reader, "alert", "did not work")
    assert reader.violations() == []
    reader.find("button", "Load it again").click()
    reader.reads("DeepSeek ha ingannato")


def test_page_that_failed_does_not_keep_others_from_being_shown(reader):
    reader.open("/edit").run("window.real = window.fetch; window.fetch = () => Promise.resolve(new Response('{}'))")
    leave(reader, "/sources")
    told(reader, "alert", "did not work")
    reader.run("window.fetch = window.real")
    leave(reader, "/comparisons")
    reader.find("heading", "What training DeepSeek R1 cost")
    assert reader.all("alert") == []
    leave(reader, "/sources")
    reader.reads("DeepSeek ha ingannato")


# Empty ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("target, words", [("/claims?q=zzzzzz", "Nothing was found"), ("/claims?stance=disputes&kind=multiple&hedge=rumour", "Together these filters leave nothing"),
                                           ("/search?q=zzzzzz", "No claim was found."), ("/search?q=zzzzzz", "No source was found."), ("/comparisons?subject=none", "Nothing was found")])
def test_that_nothing_was_found_is_said(reader, target, words):
    assert told(reader.open(target), "status", words)
    assert reader.all("alert") == []


def test_empty_result_has_a_way_on(reader):
    reader.open("/claims?stance=disputes&kind=multiple&hedge=rumour").click("button", "Clear all")
    assert reader.place == "/claims" and len(reader.hrefs("/claims/")) == 50


def test_choice_that_is_offered_leads_to_no_error(reader):
    offered = Select(reader.open("/comparisons/capital-expenditure-of-deepseek").find("combobox", "Stance")).options
    assert [option.text for option in offered] == ["All stances", "asserts"], "nobody reports or disputes them"
    reader.choose("Stance", "asserts")
    assert reader.all("alert") == []
