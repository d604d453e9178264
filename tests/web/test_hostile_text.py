"""Whatever text stands in the data, it is text in the pages"""
import pytest

from markup import Markup

ENDING = "</script><script>window.hit = 1</script>"
ELEMENT = "<img src=x onerror=\"window.hit = 2\">"
TEXTS = [f"{ENDING} one", f"{ELEMENT} two", "'\"><svg onload=window.hit=3> three", "<!--<script> four", "&lt;b&gt; &amp; five", "{{7*7}} ${7*7} six", "\u202eseven\u2028\u2029", "</title></textarea></style> eight"]
OWN = ["/sources/desk-hostile-{n}", "/claims/desk-hostile-{n}", "/comparisons/desk-hostile-{n}"]
SHARED = ["/claims?q=hostile", "/sources", "/search?q=hostile", "/comparisons", "/"]
HIT = "return window.hit ?? document.querySelectorAll('main img, main script, main [onload], main [onerror], main b').length"


@pytest.fixture(scope="module", autouse=True)
def written(desk):
    """A source, two claims and a comparison with each text wherever text may stand."""
    for number, text in enumerate(TEXTS):
        own = f"desk-hostile-{number}"
        desk.put("source", own, {"kind": "article", "title": text, "description": f"hostile {text}", "author": text, "language": "en"})
        claim = {"source": own, "locator": {"line": 3}, "statement": f"hostile {text}", "kind": "numeric", "subject": "desk-alpha", "quantity": "desk-price", "stance": "disputes", "hedge": "rumour"}
        for id, value in ((own, "1"), (f"{own}-b", "1000")):
            desk.put("claim", id, {**claim, "figure": {"as_printed": f"{value} {text}", "value": value, "bound": "exact", "unit": "XDR"}})
        desk.put("comparison", own, {"title": text, "description": f"hostile {text}", "claims": [own, f"{own}-b"]})


def of(number):
    return [target.format(n=number) for target in OWN]


each_text = pytest.mark.parametrize("number, text", list(enumerate(TEXTS)), ids=[str(number) for number in range(len(TEXTS))])


def test_text_is_inert_in_the_html(desk):
    for target in [*(own for number in range(len(TEXTS)) for own in of(number)), *SHARED]:
        markup = Markup(desk.get(target, headers={"Accept": "text/html"}).text)
        assert not [script for script in markup.all("script") if script.get("type") not in ("module", "application/json", "application/ld+json")], target
        assert not [element for element in markup.elements if any(name.startswith("on") for name in element) or element.get("src") == "x" or element["tag"] in ("svg", "b")]
        assert len(markup.all("title")) == len(markup.all("h1")) == 1


@each_text
def test_text_is_whole_in_the_data_and_in_the_linked_data(desk, number, text):
    source, claim, _ = of(number)
    for target in (source, claim):
        markup = Markup(desk.get(target).text)
        data = markup.data()
        assert desk.get(data["target"]).json() == data["document"]
        assert markup.linked() == desk.get("/v1" + target, format="jsonld").json()
    assert Markup(desk.get(source).text).one("h1")["text"] == text


@each_text
def test_text_is_text_in_the_rendered_page(at, desk, number, text):
    reader = at(desk.service.base)
    for target in of(number):
        assert reader.open(target).run(HIT) == 0, target
        assert text in reader.run("return document.querySelector('main h1').textContent")
        assert text.split()[0] in reader.run("return document.title")


def test_texts_are_text_in_lists(at, desk):
    reader = at(desk.service.base)
    for target in SHARED:
        assert reader.open(target).run(HIT) == 0, target
    assert all(text in reader.open("/sources").run("return document.querySelector('main').textContent") for text in TEXTS)


def test_search_words_are_text(at, desk):
    reader = at(desk.service.base)
    words = ELEMENT + ENDING
    reader.open("/")
    reader.find("searchbox").send_keys(words, "\n")
    reader.until(lambda: reader.path == "/search", "page of what is found")
    reader.settled()
    assert reader.run("return window.hit") is None and reader.find("searchbox").get_property("value") == words
    reader.open(reader.place)
    assert reader.run("return window.hit") is None and reader.find("searchbox").get_property("value") == words


@pytest.mark.parametrize("address", ["javascript:window.hit=1", "data:text/html,<script>window.hit=1</script>"])
def test_address_of_a_source_runs_nothing(at, desk, address):
    answer = desk.send("PUT", "/v1/sources/desk-runs", {"kind": "article", "title": "Runs", "description": "It.", "url": address})
    if answer.status_code == 201:
        reader = at(desk.service.base).open("/sources/desk-runs")
        assert address not in reader.run("return [...document.querySelectorAll('a')].map(link => link.getAttribute('href'))")
    else:
        assert answer.status_code == 422
