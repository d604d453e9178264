"""The pages of one who runs no script: their substance, their links, what they say of themselves, and how they are sent"""
import re
from urllib.parse import urljoin, urlsplit

import pytest

from desk import create_token
from markup import Markup
from pages import LOST, PAGES
from service import Service
from wire import DECODE

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "connect-src": "'self'", "base-uri": "'none'",
          "form-action": "'self'", "frame-ancestors": "'none'"}
WITH_DATA = [target for name, target in PAGES.items() if name != "edit"]


@pytest.fixture(scope="module")
def page(api):
    def read(target, status=200):
        answer = api.request("GET", target, headers=HTML)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8"), target
        return Markup(answer.text)
    return read


@pytest.fixture(scope="module")
def files(page):
    """The files that pages name."""
    markup = page("/")
    named = [*markup.all("script", type="module"), *(link for rel in ("icon", "stylesheet", "modulepreload") for link in markup.all("link", rel=rel))]
    return [element.get("href", element.get("src")) for element in named]


# What a page says of itself -------------------------------------------------------------------------

@pytest.mark.parametrize("target", PAGES.values())
def test_page_has_a_title_and_a_description_and_its_own_address(page, target):
    markup = page(target)
    title = markup.one("title")["text"]
    assert markup.one("h1")["text"] == title.removesuffix(" – claimd") != title
    assert len(markup.one("meta", name="description")["content"]) > 20
    assert markup.one("html")["lang"] == "en" and "width=device-width" in markup.one("meta", name="viewport")["content"]


@pytest.mark.parametrize("target", WITH_DATA)
def test_canonical_address_is_the_page_without_what_it_is_asked(page, target):
    assert urlsplit(page(target).one("link", rel="canonical")["href"]).path == urlsplit(target).path


def test_no_two_pages_have_one_title(page, api):
    targets = [*(f"/{kind}/{id}" for kind in ("comparisons", "sources") for id in api.ids(f"/v1/{kind}")), "/", "/comparisons", "/claims", "/sources", "/search", "/edit"]
    titles = [page(target).one("title")["text"] for target in targets]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("target", WITH_DATA)
def test_page_brings_the_answer_of_the_api(page, api, target):
    data = page(target).data()
    assert api.answer(data["target"]) == data["document"]


@pytest.mark.parametrize("path", ["/claims/r1-under-300000-03-training-cost-294000", "/sources/markets-misled-de"])
def test_linked_data_are_those_of_the_api(page, api, path):
    assert page(path).linked() == api.request("GET", f"/v1{path}?format=jsonld").json()


@pytest.mark.parametrize("id", ["what-training-r1-cost", "training-cost-of-deepseek-r1"])
def test_linked_data_of_a_comparison_are_those_of_it_in_short(page, api, id):
    listed = api.request("GET", f"/v1/comparisons?id={id}&format=jsonld").json()
    linked = page(f"/comparisons/{id}").linked()
    assert {"@context": listed["@context"], **listed["@graph"][0], "compares": linked["compares"]} == linked
    assert len(linked["compares"]) == 6


@pytest.mark.parametrize("target", ["/", "/comparisons", "/claims", "/claims?stance=disputes", "/sources"])
def test_linked_list_names_what_the_page_lists(page, target):
    markup = page(target)
    listed = markup.linked()
    items = markup.data()["document"]["items"]
    assert listed["@type"] == "ItemList" and [item["position"] for item in listed["itemListElement"]] == list(range(1, len(items) + 1))
    assert [urlsplit(item["url"]).path.rpartition("/")[2] for item in listed["itemListElement"]] == [item["id"] for item in items]


@pytest.mark.parametrize("target", [*PAGES.values(), *LOST.values()])
def test_nothing_inline_runs_or_dresses(page, target):
    markup = page(target, 404 if target in LOST.values() else 200)
    assert not [element for element in markup.elements if "style" in element or any(name.startswith("on") for name in element)]
    assert markup.all("style") == [] and {script.get("type") for script in markup.all("script")} <= {"module", "application/json", "application/ld+json"}
    assert all("src" in script and not script["text"] for script in markup.all("script", type="module"))


# Substance ------------------------------------------------------------------------------------------

def test_comparison_has_its_figures_in_a_table(page, api):
    for id in api.ids("/v1/comparisons"):
        figures = api.get(f"/v1/comparisons/{id}")["figures"]
        markup = page(f"/comparisons/{id}")
        assert len(markup.all("tr")) == 1 + len(figures)
        cells = {cell["text"] for cell in markup.all("td")}
        assert {figure["figure"]["as_printed"] for figure in figures} | {figure["ratio_to_baseline"] or "" for figure in figures} <= cells
        assert set(markup.hrefs) >= {f"/claims/{figure['claim']}" for figure in figures}


@pytest.mark.parametrize("id", ["r1-under-300000-02-training-below-300000", "r1-under-300000-06-infrastructure-hundreds-of-billions", "markets-misled-de-16-capex-1-6-billion"])
def test_figure_has_its_bound_and_its_ends(page, api, id):
    """Without these a limit reads as a value, and a range has none."""
    figure = api.get(f"/v1/claims/{id}")["figure"]
    markup = page(f"/claims/{id}")
    facts = dict(zip((each["text"] for each in markup.all("dt")), (each["text"] for each in markup.all("dd"))))
    given = {label: figure[member] for label, member in (("Value", "value"), ("Bound", "bound"), ("From", "low"), ("To", "high")) if figure[member]}
    assert facts.items() >= given.items() and {"Value", "From", "To"} & {*facts} == {*given} - {"Bound"}


def test_comparison_has_the_bounds_of_its_figures(page, api):
    bounds = [figure["figure"]["bound"] for figure in api.get("/v1/comparisons/what-training-r1-cost")["figures"]]
    cells = [cell["text"] for cell in page("/comparisons/what-training-r1-cost").all("td")]
    assert "lt" in bounds and [cell for cell in cells if cell in {*bounds}] == bounds


def test_comparison_has_its_picture(page, api):
    [picture] = page("/comparisons/what-training-r1-cost").all("img")
    answer = api.request("GET", picture["src"])
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "image/svg+xml") and picture["alt"]


def test_stated_multiple_is_worked_out(page):
    text = page("/comparisons/spending-against-claimed-training-cost").one("main")["text"]
    assert "320" in text and "400" in text


def test_all_claims_once_by_following_the_next_page(page, api):
    seen, target, pages = [], "/claims", 0
    while target:
        markup = page(target)
        seen += [href for href in markup.hrefs if re.fullmatch("/claims/.+", href)]
        [target, *_] = [urljoin("/claims", link["href"]) for link in markup.all("a", rel="next")] or [None]
        pages += 1
    assert seen == [f"/claims/{id}" for id in api.ids("/v1/claims")] and pages > 3


def test_next_page_keeps_what_was_asked(page, api):
    target, seen = "/claims?stance=asserts&sort=-value,id&limit=20", []
    while target:
        markup = page(target)
        seen += [href.removeprefix("/claims/") for href in markup.hrefs if href.startswith("/claims/")]
        [target, *_] = [link["href"] for link in markup.all("a", rel="next")] or [None]
    assert seen == api.ids("/v1/claims", stance="asserts", sort="-value,id")


def test_everything_is_reached_by_links(page, api):
    waiting, seen = ["/"], set()
    while waiting:
        target = waiting.pop()
        if target not in seen and re.match(r"/($|claims|sources|comparisons)", target):
            seen.add(target)
            waiting += page(target).hrefs
    assert seen >= {f"/{kind}/{id}" for kind in ("claims", "sources", "comparisons") for id in api.ids(f"/v1/{kind}")}


def test_search_form_works_without_a_script(page):
    form = page("/").one("form")
    assert (form["role"], form["action"], page("/").one("input")["name"]) == ("search", "/search", "q")
    assert page("/search?q=training").hrefs.count("/claims/r1-under-300000-03-training-cost-294000") == 1


@pytest.mark.parametrize("target", [*PAGES.values(), *LOST.values()])
def test_picture_and_links_of_the_page_lead_somewhere(page, api, target):
    hrefs = {href for href in page(target, 404 if target in LOST.values() else 200).hrefs if href.startswith("/")}
    assert hrefs and {href: status for href in list(hrefs)[:20] if (status := api.request("HEAD", href).status_code) != 200} == {}


# How it is sent -------------------------------------------------------------------------------------

@pytest.mark.parametrize("target", LOST.values())
def test_what_is_not_there_is_said_in_a_page(page, target):
    assert "/" in page(target, 404).hrefs


@pytest.mark.parametrize("target, named", [("/claims?value=abc", "value"), ("/claims?limit=0", "limit"), ("/claims?stance=shouts", "stance"), ("/claims?cursor=x", "cursor"),
                                           ("/comparisons/what-training-r1-cost?baseline=none", "baseline"), ("/search?q=" + "x" * 1001, "q")])
def test_what_cannot_be_asked_is_said_in_a_page(page, target, named):
    markup = page(target, 400)
    assert named in markup.one("main")["text"] and "/" in markup.hrefs


@pytest.mark.parametrize("target", ["/", "/claims", "/comparisons/what-training-r1-cost", "/sources/markets-misled-de"])
def test_what_a_page_does_not_know_changes_nothing(page, target):
    assert page(target + "?utm_source=x&fbclid=a%20b&format=csv&fields=id").data() == page(target).data()


@pytest.mark.parametrize("target", [*PAGES.values(), *LOST.values(), "/claims?value=abc"])
def test_head_says_what_get_says(api, target):
    head, get = (api.request(method, target, headers=HTML) for method in ("HEAD", "GET"))
    told = [(answer.status_code, *(answer.headers.get(name) for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"))) for answer in (head, get)]
    assert told[0] == told[1] and head.content == b""


@pytest.mark.parametrize("target", PAGES.values())
def test_page_that_a_client_has_is_not_sent_again(api, target):
    first = api.request("GET", target)
    again = api.request("GET", target, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert re.search(r"\bmax-age=\d+", first.headers["Cache-Control"]) and "immutable" not in first.headers["Cache-Control"]


@pytest.mark.parametrize("coding", DECODE)
def test_page_is_coded_as_asked(api, coding):
    plain = api.request("GET", "/claims", headers={"Accept-Encoding": "identity"}).content
    answer = api.request("GET", "/claims", headers={"Accept-Encoding": coding}, stream=True)
    body = answer.raw.read(decode_content=False)
    assert answer.headers["Content-Encoding"] == coding and len(body) < len(plain) / 4 and DECODE[coding](body) == plain


@pytest.mark.parametrize("target, status", [*((target, 200) for target in PAGES.values()), *((target, 404) for target in LOST.values()), ("/claims?value=abc", 400)])
def test_page_may_load_what_the_service_has_and_nothing_inline(api, target, status):
    answer = api.request("GET", target, headers=HTML)
    assert answer.status_code == status
    assert dict(directive.split(" ", 1) for directive in answer.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("target", ["/v1/claims?limit=1", "/v1/comparisons/what-training-r1-cost", "/openapi.json"])
def test_api_answers_a_browser_as_it_answers_anybody(api, target):
    for_all, for_browser = (api.request("GET", target, headers={"Accept": accept}) for accept in ("*/*", HTML["Accept"]))
    assert for_browser.json() == for_all.json() and for_browser.headers["Content-Type"] == for_all.headers["Content-Type"]


def test_api_tells_a_browser_of_problems_as_it_tells_anybody(api):
    api.problem("/v1/claims/none", "not-found", 404, headers=HTML)
    api.problem("/v1/claims?value=abc", "invalid-parameter", 400, ["value"], headers=HTML)


def test_client_that_wants_no_page_is_told_of_no_page(api):
    for accept in ("application/json", "application/problem+json, text/html;q=0.9", "*/*, text/html;q=0", "application/*, text/html"):
        assert api.request("GET", "/nowhere", headers={"Accept": accept}).headers["Content-Type"] == "application/problem+json", accept


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_take_no_writes(api, method):
    answer = api.request(method, "/claims", data=b"{}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


def test_page_of_a_closed_service_holds_no_data(url):
    create_token(url, "reader", "read")
    with Service(url, CLAIMD_READ="token") as closed:
        wire = closed.answers().wire()
        for target in WITH_DATA:
            wire.get(target.replace(" ", "%20"))
            answer = wire.answer()
            assert answer.status == 200 and b'id="data"' not in answer.body and b"<table" not in answer.body and b"ld+json" not in answer.body


# Files ----------------------------------------------------------------------------------------------

def test_file_is_named_after_what_is_in_it_and_kept(api, files):
    assert len(files) == 4
    for file in files:
        answer = api.request("GET", file)
        ending = file.rpartition(".")[2]
        assert re.fullmatch(r"/web/\w+-[A-Z0-9]{8}\.(js|css|svg)", file) and "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].split(";")[0] == {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}[ending]


@pytest.mark.parametrize("coding", DECODE)
def test_file_comes_in_codings(api, files, coding):
    for file in files:
        plain = api.request("GET", file, headers={"Accept-Encoding": "identity"}).content
        answer = api.request("GET", file, headers={"Accept-Encoding": coding}, stream=True)
        body = answer.raw.read(decode_content=False)
        assert answer.headers["Content-Encoding"] == coding and len(body) < len(plain) and DECODE[coding](body) == plain


def test_files_name_no_other_host(api, files):
    for file in files:
        text = api.request("GET", file).text
        named = set(re.findall(r"https?://[\w.-]+", text))
        assert named <= {"http://www.w3.org", "https://schema.org", "http://schema.org"}, file


def test_file_of_another_build_is_not_there(api):
    api.problem("/web/main-AAAAAAAA.js", "not-found", 404)


def test_script_is_small(api, files):
    sent = sum(len(api.request("GET", file, headers={"Accept-Encoding": coding}, stream=True).raw.read(decode_content=False))
               for file in files if file.endswith(".js") for coding in ["gzip"])
    assert 0 < sent < 60_000


def test_licences_of_what_is_bundled_are_served(page, api):
    text = api.request("GET", page("/").one("link", rel="license")["href"]).text
    assert "preact" in text and "d3-scale" in text and "MIT" in text
