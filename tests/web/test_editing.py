"""Adding a source with its claims, by keyboard alone, with a token that is nowhere but in the page's memory"""
import json
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

REFUSED = "422 (Unprocessable"


@pytest.fixture
def editor(at, desk):
    return at(desk.service.base).open("/edit")


ROLES = {"Stance": "combobox", "Which one": "combobox", "Subject": "combobox", "Quantity": "combobox", "Unit": "combobox", "It is": "combobox"}


def put(editor, name, text):
    """Types into the first field of that name."""
    editor.find(ROLES.get(name, "textbox"), name).send_keys(text)


def go_and_put(editor, name, text):
    """The same by keyboard alone, into the next one."""
    editor.tab_to(name=name)
    editor.press(text)


def press(editor, name):
    editor.find("button", name).send_keys(Keys.ENTER)
    editor.settled()


def go_and_press(editor, name):
    editor.tab_to("button", name)
    editor.press(Keys.ENTER)
    editor.settled()


def fill_claim(editor, line, statement, phrase, subject="deepseek-r1", quantity="training-cost", stance="asserts", put=put):
    put(editor, "phrase", phrase)
    is_read(editor)
    put(editor, "Statement", statement)
    put(editor, "Line", line)
    put(editor, "Stance", stance)
    put(editor, "Subject", subject)
    put(editor, "Quantity", quantity)


def is_read(editor):
    """Waits for what the reader of figures makes of the phrase with the focus; the part of it that is marked."""
    phrase = editor.focused().get_property("value")
    marks = editor.until(lambda: editor.run("return [...document.querySelectorAll('main mark')].filter(mark => mark.parentElement.textContent.includes(arguments[0]))"
                                            ".map(mark => mark.textContent)", phrase), f"reading of {phrase}")
    return marks[-1]


def fill_source(editor, token, title, put=put):
    put(editor, "Token", token)
    put(editor, "Title", title)
    put(editor, "Description", "What it is.")
    put(editor, "Language of the source", "de")


def where_token_is(editor, token):
    """Where the browser keeps it, beside the field that it was typed into."""
    kept = editor.run("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, window.name, history.state, document.documentElement.outerHTML])")
    databases = editor.driver.execute_async_script("indexedDB.databases().then(all => caches.keys().then(keys => arguments[0]([...all, ...keys])))")
    return [token in kept, databases]


def test_source_with_two_claims_by_keyboard(editor, desk):
    fill_source(editor, desk.token, "Zwei Zahlen", go_and_put)
    fill_claim(editor, "3", "Alpha costs 1.6 billion.", "rund 1, 6 Milliarden US -Dollar", stance="reports", put=go_and_put)
    go_and_press(editor, "Add a claim")
    editor.until(lambda: "phrase" in editor.focused().accessible_name, "focus in the new claim's first field")
    editor.press(Keys.TAB, shift=True)
    fill_claim(editor, "7", "Alpha costs less than five million.", "weniger als 5 Millionen Dollar", stance="disputes", put=go_and_put)
    go_and_press(editor, "Save")
    editor.until(lambda: editor.path.startswith("/sources/"), "page of what was saved")
    editor.settled()
    assert "Zwei Zahlen" in editor.text()
    source = desk.get("/v1" + editor.path).json()
    claims = desk.get(f"/v1{editor.path}/claims", sort="line,id").json()["items"]
    assert (source["title"], source["language"], source["claims"]) == ("Zwei Zahlen", "de", 2)
    assert [(claim["locator"]["line"], claim["statement"], claim["stance"], claim["figure"]["as_printed"], claim["figure"]["value"], claim["figure"]["bound"]) for claim in claims] == [
        (3, "Alpha costs 1.6 billion.", "reports", "rund 1, 6 Milliarden US -Dollar", "1600000000", "approx"),
        (7, "Alpha costs less than five million.", "disputes", "weniger als 5 Millionen Dollar", "5000000", "lt")]
    assert where_token_is(editor, desk.token) == [False, []]
    assert [url for url in editor.browser.fetched() if desk.token in url] == []


TYPE = """const [field, text] = arguments; field.focus();
Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, text); field.dispatchEvent(new Event("input", { bubbles: true }))"""


def test_figure_is_read_as_one_types(editor):
    put(editor, "Language of the source", "de")
    put(editor, "phrase", "Es waren rund 1, 6 Milliarden US -Dollar im Jahr")
    assert is_read(editor) == "rund 1, 6 Milliarden US -Dollar"
    editor.reads("about $1,600,000,000")
    phrase = editor.find("textbox", "phrase")
    phrase.send_keys(Keys.CONTROL, "a", Keys.NULL, "Es waren 2,5 Millionen Dollar oder rund 3 Millionen im Jahr")
    assert is_read(editor) == "2,5 Millionen Dollar"
    editor.reads("exactly $2,500,000")
    editor.reads("about 3,000,000")
    # Letters that WebDriver has no keys for, and that a program may count twice.
    editor.run(TYPE, phrase, "🙂🙂 etwa 5 Millionen")
    assert is_read(editor) == "etwa 5 Millionen"
    editor.run(TYPE, phrase, "nothing of the kind")
    editor.reads("There is no figure in it.")
    editor.run(TYPE, editor.find("textbox", "Language of the source"), "pl")
    editor.run(TYPE, phrase, "5 000 000")
    assert is_read(editor), "the service does not read Polish, and tries the languages that it knows"


def test_what_is_read_can_be_corrected(editor, desk):
    """The unit of a figure that is printed without one, too."""
    fill_source(editor, desk.token, "Berichtigt")
    fill_claim(editor, "3", "It costs that much.", "rund 5 Millionen")
    put(editor, "Unit", "USD")
    put(editor, "It is", "at least")
    press(editor, "Save")
    editor.until(lambda: editor.path.startswith("/sources/"), "page of what was saved")
    [claim] = desk.get(f"/v1{editor.path}/claims").json()["items"]
    assert [claim["figure"][member] for member in ("as_printed", "value", "bound", "unit")] == ["rund 5 Millionen", "5000000", "gte", "USD"]


def corrected_to(editor, language, name, value):
    """Types it in place of the value that was read, by whom the page speaks another language."""
    press(editor, "Correct it")
    Select(editor.driver.find_element(By.CSS_SELECTOR, "header select")).select_by_value(language)
    field = editor.find("textbox", name)
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, value)
    return field


@pytest.mark.parametrize("language, name, save, said, saved", [
    ("de", "Wert", "Speichern", "genau 294.000", "294000"), ("it", "Valore", "Salva", "esattamente 294.000", "294000"), ("en", "Value", "Save", "exactly $294", "294")])
def test_correction_is_read_as_the_language_writes_numbers_and_said(editor, desk, language, name, save, said, saved):
    fill_source(editor, desk.token, f"Berichtigt {language}")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar")
    corrected_to(editor, language, name, "294.000")
    editor.reads(said)
    press(editor, save)
    editor.until(lambda: editor.path.startswith("/sources/"), "page of what was saved")
    [claim] = desk.get(f"/v1{editor.path}/claims").json()["items"]
    assert claim["figure"]["value"] == saved


def test_correction_that_is_no_number_is_refused_with_how_to_write_it(editor, desk):
    fill_source(editor, desk.token, "Unlesbar")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar")
    corrected_to(editor, "de", "Wert", "1.5")
    press(editor, "Speichern")
    assert editor.path == "/edit" and "1.234.567,5" in alerts_of(editor, "Wert")
    field = editor.find("textbox", "Wert")
    assert "1.234.567,5" in field.get_property("validationMessage")
    field.send_keys(Keys.BACKSPACE, Keys.BACKSPACE, ",5")
    editor.reads("genau 1,5")
    assert alerts_of(editor, "Wert") == ""


def test_nothing_but_the_figure_is_marked_while_one_types(editor):
    put(editor, "Language of the source", "de")
    put(editor, "phrase", "Es waren 5 Millionen Dollar")
    is_read(editor)
    editor.run("""window.marked = new Set();
        new MutationObserver(() => document.querySelectorAll("main mark").forEach(mark => marked.add(mark.textContent))).observe(document.body, { childList: true, characterData: true, subtree: true })""")
    editor.press(Keys.HOME, *[Keys.DELETE] * 9)
    editor.until(lambda: is_read(editor) == "5 Millionen Dollar", "mark")
    assert editor.run("return [...marked]") in ([], ["5 Millionen Dollar"])


def test_figure_that_is_saved_is_the_one_that_stands_there(editor, desk):
    """However fast one is: nothing is saved of what stood there before."""
    fill_source(editor, desk.token, "Schnell")
    fill_claim(editor, "3", "It cost that much.", "5 Millionen Dollar")
    editor.find("textbox", "phrase").send_keys(Keys.HOME, Keys.DELETE, "6", Keys.ENTER)
    editor.until(lambda: editor.path.startswith("/sources/"), "page of what was saved")
    saved = [(claim["figure"]["as_printed"], claim["figure"]["value"]) for claim in desk.get(f"/v1{editor.path}/claims").json()["items"]]
    assert saved == [("6 Millionen Dollar", "6000000")]


def test_trial_says_that_nothing_is_wrong_and_writes_nothing(editor, desk):
    before = desk.last()
    fill_source(editor, desk.token, "Ein Versuch")
    fill_claim(editor, "3", "Alpha costs five dollars.", "5 US-Dollar")
    press(editor, "Check")
    editor.reads("Nothing is wrong with it.")
    assert editor.path == "/edit" and desk.last() == before


def alerts_of(editor, name):
    """What is said to be wrong at a field."""
    return editor.run("""const field = [...document.querySelectorAll("main input, main textarea, main select")].find(each => [...each.labels].some(label => label.innerText.startsWith(arguments[0])));
        return field.ariaInvalid === "true" ? document.getElementById(field.getAttribute("aria-describedby")).innerText : "" """, name)


def values(editor):
    return editor.run("return [...document.querySelectorAll('main input, main textarea, main select')].map(field => field.value)")


def test_what_is_refused_is_said_at_its_field_and_stays_typed(editor, desk):
    editor.expects(REFUSED)
    fill_source(editor, desk.token, "Abgelehnt")
    fill_claim(editor, "99999999999", "Alpha costs that.", "5 Millionen Dollar")
    put(editor, "Address", "javascript:1")
    typed = values(editor)
    press(editor, "Save")
    editor.until(lambda: alerts_of(editor, "Line"), "word at the line")
    assert alerts_of(editor, "Address")
    assert alerts_of(editor, "Stance") == "" and alerts_of(editor, "Title") == ""
    assert values(editor) == typed and editor.path == "/edit"
    assert desk.get("/v1/sources", q="Abgelehnt").json()["items"] == []


def test_what_was_refused_can_be_mended_and_saved(editor, desk):
    editor.expects(REFUSED)
    fill_source(editor, desk.token, "Gebessert")
    fill_claim(editor, "99999999999", "Alpha costs that much.", "5 Millionen Dollar", subject="deepseek")
    press(editor, "Save")
    editor.click("button", "/claims/0/locator")
    assert "Line" in editor.focused().accessible_name
    editor.press(*[Keys.BACKSPACE] * 10)
    press(editor, "Save")
    editor.until(lambda: editor.path.startswith("/sources/"), "page of what was saved")
    editor.settled()
    [claim] = desk.get(f"/v1{editor.path}/claims").json()["items"]
    assert (claim["locator"]["line"], claim["subject"]["id"]) == (9, "deepseek")


# What others do meanwhile, and what is lost on the way ----------------------------------------------

# What the page sends goes through this: `held` holds back what is saved until it is called, `lost` loses the answers, `sent` is all that was asked.
WIRE = """const real = window.fetch; window.sent = []; window.lost = 0;
window.hold = () => { window.held = new Promise((go) => window.release = go); };
window.fetch = async (target, options) => {
  window.sent.push([String(target), options?.headers ?? {}]);
  if (options?.method !== "POST" || target !== "/v1/sources") return real(target, options);
  await window.held;
  const answer = await real(target, options);
  if (window.lost-- > 0) throw new TypeError("lost");
  return answer;
};"""


def tell_of_new(editor, description):
    """What there is not yet, once that is known."""
    new = editor.until(lambda: editor.driver.find_elements(By.CSS_SELECTOR, ".new-thing"), "fields of what is new")[0]
    editor.find("textbox", "Description", within=new).send_keys(description)


def is_saved(editor):
    editor.until(lambda: editor.path.startswith("/sources/"), "page of what was saved")
    editor.settled()


def test_what_another_has_made_meanwhile_is_not_made_again(editor, desk):
    fill_source(editor, desk.token, "Zu zweit")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar", subject="Made By Two")
    tell_of_new(editor, "A thing.")
    desk.put("subject", "made-by-two", {"name": "Made By Two", "kind": "product", "description": "Theirs."})
    press(editor, "Save")
    is_saved(editor)
    assert desk.get("/v1/subjects", id="made-by-two").json()["items"][0]["description"] == "Theirs."


def test_lists_that_could_not_be_read_can_be_asked_for_again(at, desk):
    editor = at(desk.service.base)
    editor.expects("ERR_BLOCKED_BY_CLIENT")
    editor.command("Network.enable")
    editor.command("Network.setBlockedURLs", urls=["*/v1/subjects*"])
    editor.open("/edit")
    put(editor, "Subject", "Quite New")
    again = editor.find("button", "Try again")
    editor.command("Network.setBlockedURLs", urls=[])
    again.click()
    editor.settled()
    editor.reads("“Quite New” is not known yet")
    assert editor.all("button", "Try again") == []


# As if pages of lists were short, and that of sources held one alone.
SHORT = """const real = window.fetch; window.fetch = (target, options) =>
    real(String(target).replace(/^(.v1.sources.limit=)200$/, "$11").replace("limit=200", "limit=10"), options)"""


def test_names_are_known_beyond_the_first_page_of_their_list(at, desk):
    editor = at(desk.service.base).open("/sources")
    editor.run(SHORT)
    editor.driver.find_element(By.CSS_SELECTOR, "footer a[href='/edit']").click()
    editor.settled()
    fill_source(editor, desk.token, "Weit hinten")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar", subject="Alpha")
    editor.choose("Rests on another source", "cites")
    put(editor, "Which one", "The Weekly")
    press(editor, "Save")
    is_saved(editor)
    [claim] = desk.get(f"/v1{editor.path}/claims").json()["items"]
    assert claim["subject"]["id"] == "desk-alpha"
    assert [each["source"]["id"] for each in desk.get(f"/v1{editor.path}").json()["relations"]] == ["desk-weekly"]


def test_title_of_several_sources_is_not_taken_for_the_first(editor, desk):
    for id in ("twin-a", "twin-b"):
        desk.put("source", id, {"kind": "article", "title": "The Twin", "description": "One of two."})
    fill_source(editor, desk.token, "Nach einem Zwilling")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar")
    editor.choose("Rests on another source", "cites")
    put(editor, "Which one", "The Twin")
    press(editor, "Save")
    editor.until(lambda: "twin-a, twin-b" in alerts_of(editor, "Which one"), "word on both")
    assert editor.path == "/edit"
    editor.find("combobox", "Which one").send_keys(Keys.CONTROL, "a", Keys.NULL, "twin-b")
    press(editor, "Save")
    is_saved(editor)
    assert [each["source"]["id"] for each in desk.get(f"/v1{editor.path}").json()["relations"]] == ["twin-b"]


def test_answer_that_is_lost_is_not_taken_for_a_refusal(editor, desk):
    editor.run(WIRE)
    editor.run("window.lost = 1")
    fill_source(editor, desk.token, "Verloren")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar", subject="Lost And Found")
    tell_of_new(editor, "A thing.")
    press(editor, "Save")
    editor.until(lambda: [each for each in editor.all("alert") if "may be saved" in each.text], "word that it may be saved")
    press(editor, "Save")
    is_saved(editor)
    assert len(desk.get("/v1/sources", q="Verloren").json()["items"]) == 1


def test_one_who_has_left_is_not_brought_back(editor, desk):
    editor.run(WIRE)
    editor.run("window.hold()")
    fill_source(editor, desk.token, "Unterwegs")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar")
    editor.find("button", "Save").send_keys(Keys.ENTER)
    editor.until(lambda: not editor.find("textbox", "Statement").is_enabled(), "form that takes nothing while it is sent")
    assert editor.focused().accessible_name == "Save"
    editor.run("window.confirm = () => true")
    editor.driver.find_element(By.CSS_SELECTOR, "header a[href='/sources']").click()
    editor.until(lambda: editor.path == "/sources", "other page")
    editor.driver.find_element(By.CSS_SELECTOR, "footer a[href='/edit']").click()
    put(editor, "Title", "Das nächste")
    editor.run("window.release()")
    editor.until(lambda: desk.get("/v1/sources", q="Unterwegs").json()["items"], "what was saved")
    editor.settled()
    assert editor.path == "/edit" and editor.find("textbox", "Title").get_property("value") == "Das nächste"
    assert editor.run("return !dispatchEvent(new Event('beforeunload', { cancelable: true }))"), "who leaves is asked still"


def test_what_was_saved_is_asked_for_by_its_version(editor, desk):
    """A standby may not have it yet."""
    editor.run(WIRE)
    fill_source(editor, desk.token, "Auf Stand")
    fill_claim(editor, "3", "It costs that much.", "5 Millionen Dollar")
    press(editor, "Save")
    is_saved(editor)
    asked = [headers for target, headers in editor.run("return window.sent") if target.startswith(f"/v1{editor.path}")]
    assert asked and all(headers.get("Data-Version") for headers in asked)


def test_wrong_token_is_said_and_what_was_typed_stays(editor, desk):
    editor.expects("401 (Unauthorized)")
    fill_source(editor, "claimd_wrong", "Fremd")
    fill_claim(editor, "3", "Alpha costs that.", "5 Millionen Dollar")
    typed = values(editor)
    press(editor, "Save")
    editor.until(lambda: [each.text for each in editor.all("status") + editor.all("alert") if "token" in each.text.lower()], "word on the token")
    assert values(editor) == typed and editor.path == "/edit"


def test_token_is_gone_after_a_reload_and_nowhere_before(editor, desk):
    put(editor, "Token", desk.token)
    assert editor.focused().get_dom_attribute("type") == "password" and editor.focused().get_dom_attribute("autocomplete") in ("off", "new-password")
    assert where_token_is(editor, desk.token) == [False, []]
    editor.driver.refresh()
    editor.settled()
    assert desk.token not in values(editor)
    editor.open("/").back()
    assert desk.token not in values(editor)


def test_token_goes_to_the_api_alone_and_stands_in_no_address(editor, desk):
    put(editor, "Token", desk.token)
    put(editor, "phrase", "5 Millionen")
    is_read(editor)
    events = [json.loads(entry["message"])["message"] for entry in editor.driver.get_log("performance")]
    sent = [event["params"]["request"] for event in events if event["method"] == "Network.requestWillBeSent"]
    with_token = [request for request in sent if desk.token in json.dumps(request)]
    assert [urlsplit(request["url"]).path for request in with_token] == ["/v1/figures/parse"]
    assert [request for request in with_token if desk.token in request["url"] + request.get("postData", "") or not request["url"].startswith(editor.base + "/")] == []


def test_claim_is_taken_out(editor):
    put(editor, "Statement", "One.")
    editor.click("button", "Add a claim")
    editor.find("textbox", "Statement", within=editor.find("group", "Claim 2")).send_keys("Two.")
    editor.click("button", "Remove this claim", within=editor.all("group", "Claim 1")[0])
    assert [each.get_property("value") for each in editor.all("textbox", "Statement")] == ["Two."]


def test_form_is_described_to_all(editor):
    editor.click("button", "Scope, period, proposition")
    unnamed = [field.get_dom_attribute("type") for field in editor.driver.find_elements(By.CSS_SELECTOR, "main input, main textarea, main select") if not field.accessible_name]
    assert unnamed == []
