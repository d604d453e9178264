"""The forms of an answer: which one a request gets, that all say the same, and that other programs can read them"""
import contextlib
import csv
import http.server
import io
import json
import subprocess
import threading
import xml.etree.ElementTree
from decimal import Decimal
from urllib.parse import quote, urljoin

import database
import pandas
import pytest
from pyld import jsonld
from selenium.webdriver.support.ui import WebDriverWait

from browser import Browser
from contract import HISTORY, READ, TREE
from service import Api, Service

PATHS = [path for path in READ if path not in HISTORY]
LISTS = [path for path in PATHS if path + "/{id}" in PATHS or path.count("/") == 4]
COMPARISONS = ["/v1/comparisons/{id}", "/v1/compare"]
ONES = [path for path in PATHS if path.startswith("/v1/") and path not in LISTS]
MEDIA = {"json": "application/json", "csv": "text/csv", "ndjson": "application/x-ndjson", "jsonld": "application/ld+json",
         "svg": "image/svg+xml"}
TRAINING = "/v1/comparisons/what-training-r1-cost"
RELATED = "/v1/claims/r1-under-300000-03-training-cost-294000/related"


def forms(path):
    return ["json", *(["csv"] if path in LISTS + COMPARISONS else []), *(["ndjson"] if path in LISTS else []), "jsonld",
            *(["svg"] if path in COMPARISONS else [])]


@pytest.fixture(scope="module")
def target(targets):
    """The target of a path, with rows where it is a list."""
    return lambda path: RELATED if path.endswith("/related") else targets[path]


def with_query(target, query):
    return f"{target}{'&' if '?' in target else '?'}{query}"


def given(api, target, accept):
    """The media type that a request with this Accept gets, or the status where it gets none."""
    got = api.request("GET", target, headers={"Accept": accept})
    api.contract.check("GET", target, got.status_code, got.headers, got.content)
    return got.headers["Content-Type"].partition(";")[0] if got.status_code == 200 else got.status_code


# Which form -------------------------------------------------------------------------------------

CHOICES = [
    ("*/*", "json"), ("", "json"), (", ,", "json"), ("application/*", "json"), ("application/json", "json"), ("text/csv", "csv"),
    ("text/*", "csv"), ("application/x-ndjson", "ndjson"), ("application/ld+json", "jsonld"), ("TEXT/CSV", "csv"),
    ("text/csv;header=present", "csv"), ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    # by quality
    ("text/csv;q=0.5, application/json;q=0.4", "csv"), ("text/csv;q=0.4, application/json;q=0.5", "json"),
    ("text/csv;q=0.123, application/x-ndjson;q=0.124", "ndjson"), ("text/csv;q=1.000, */*;q=0.999", "csv"),
    ("text/csv; Q=0.2 , application/json;\tq=0.3", "json"), ("text/html, application/json;q=0.001", "json"),
    ("text/csv;q=0, */*;q=0.1", "json"), ("application/json;charset=utf-8;q=0.1, text/csv;q=0.2", "csv"),
    # of the same quality the first that the service has, whatever the request's order
    ("text/csv, application/json", "json"), ("application/ld+json, application/x-ndjson, text/csv", "csv"),
    # by the range that fits best, wherever it stands
    ("*/*;q=0.1, text/csv", "csv"), ("application/*;q=0.9, application/json;q=0", "ndjson"),
    ("application/json;q=0, application/*;q=0.9", "ndjson"), ("*/*, application/json;q=0, application/x-ndjson;q=0", "csv"),
    ("*/*;q=0, application/ld+json;q=0.001", "jsonld"), ("text/*;q=0.2, */*;q=0.8, application/*;q=0.1", "csv"),
]


@pytest.mark.parametrize("accept, form", CHOICES)
def test_accept_chooses(api, accept, form):
    assert given(api, "/v1/claims?limit=2", accept) == MEDIA[form]


REFUSED = ["*/*;q=0", "*/*;q=0.000", "text/html", "image/*", "application/json;q=0", "*/*, application/*;q=0, text/*;q=0", "json", "*",
           "*/json", "application", "application/json;q=none", "application/jsonx", "application/jso", "text/csv/x"]


@pytest.mark.parametrize("accept", REFUSED)
def test_what_no_form_fits_is_not_acceptable(api, accept):
    assert given(api, "/v1/claims?limit=2", accept) == 406


CHROME_PAGE = ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
               "application/signed-exchange;v=b3;q=0.7")
BROWSERS = {
    "Chrome opens a link": (CHROME_PAGE, "json", "json"),
    "Firefox opens a link": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json", "json"),
    "Chrome shows an image": ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "svg", "json"),
    "Firefox shows an image": ("image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "svg", "json"),
    "Safari shows an image": ("image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,"
                              "image/*;q=0.8,*/*;q=0.5", "svg", "json"),
    # These name no kind of image that there is, and take anything: which is JSON.
    "an older Firefox shows an image": ("image/avif,image/webp,*/*", "json", "json"),
    "an older Firefox shows an image, weighed": ("image/avif,image/webp,*/*;q=0.8", "json", "json"),
    "a script fetches": ("*/*", "json", "json"),
}


@pytest.mark.parametrize("situation", BROWSERS)
def test_browser_gets_a_picture_where_it_shows_images(api, situation):
    accept, of_comparison, of_list = BROWSERS[situation]
    assert given(api, TRAINING, accept) == MEDIA[of_comparison]
    assert given(api, "/v1/comparisons", accept) == MEDIA[of_list]


@pytest.mark.parametrize("path", LISTS + ONES)
def test_form_beats_accept(api, target, path):
    for form in forms(path):
        got = api.request("GET", with_query(target(path), f"format={form}"), headers={"Accept": "video/mp4, */*;q=0"})
        assert (got.status_code, got.headers["Content-Type"].partition(";")[0]) == (200, MEDIA[form])


@pytest.mark.parametrize("path", LISTS + ONES)
def test_refusal_names_the_forms_that_there_are(api, target, path):
    for accept in ("video/mp4", "*/*;q=0"):
        problem = api.problem(target(path), "not-acceptable", 406, headers={"Accept": accept})
        assert problem["detail"] == f"There is: {', '.join(MEDIA[form] for form in forms(path))}."
        got = api.request("GET", target(path), headers={"Accept": accept})
        assert got.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", LISTS + ONES)
def test_forms_that_a_path_does_not_have_are_refused(api, target, path):
    for form in MEDIA.keys() - set(forms(path)):
        api.problem(with_query(target(path), f"format={form}"), "invalid-parameter", parameters=["format"])


@pytest.mark.parametrize("path", LISTS + ONES)
def test_vary_names_what_chooses(api, target, path):
    for form in forms(path):
        for got in (api.request("GET", with_query(target(path), f"format={form}")),
                    api.request("GET", target(path), headers={"Accept": MEDIA[form]})):
            # The same for every form: a cache keeps one such list for a target.
            chooses = {"Accept", "Accept-Encoding", "Data-Version"} | ({"Prefer"} if path in LISTS else set())
            assert set(got.headers["Vary"].split(", ")) == chooses


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("/v1/")])
@pytest.mark.parametrize("accept", ["video/mp4", "*/*;q=0", CHROME_PAGE])
def test_what_has_one_form_is_given_to_everybody(api, targets, path, accept):
    got = api.request("GET", targets[path], headers={"Accept": accept})
    assert got.status_code == 200 and "Accept" not in got.headers.get("Vary", "").split(", ")


def test_form_is_chosen_for_an_id_that_is_no_slug(api):
    unit = next(identity for identity in api.ids("/v1/units") if "{" in identity)
    assert api.get(f"/v1/units/{quote(unit, safe='')}", format="jsonld")["@id"] == f"/v1/units/{quote(unit, safe='')}"


# The same in every form -------------------------------------------------------------------------


def leaves(value, prefix=""):
    """Each key of an object, dotted, with its value; an object has keys of its own."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from leaves(inner, f"{prefix}{key}.")
        else:
            yield prefix + key, inner


def value_at(item, key):
    for part in key.split("."):
        item = item[part] if item is not None else None
    return item


def says(cell, value):
    """Whether a cell of CSV is the value of JSON."""
    if isinstance(value, (list, dict)):
        return json.loads(cell) == value
    if isinstance(value, str):
        return cell == ("'" + value if value[0] in "=+-@\t\r" and not is_number(value) else value)
    return cell == ("" if value is None else json.dumps(value))


def has_cell(header, key):
    """A key has a cell of its own, or is in an object that is one."""
    return any(key == name or key.startswith(name + ".") for name in header)


def is_number(text):
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def assert_same(header, rows, items):
    """Cell by cell; and nothing of the items has no cell."""
    assert len(rows) == len(items) > 0 and len(set(header)) == len(header)
    for row, item in zip(rows, items):
        for key, cell in zip(header, row):
            assert says(cell, value_at(item, key)), (key, cell, value_at(item, key))
        assert all(has_cell(header, key) for key, inner in leaves(item) if inner is not None)


@pytest.mark.parametrize("path", LISTS)
def test_json_and_ndjson_and_csv_say_the_same(api, target, path):
    items = api.items(target(path))
    assert api.get(target(path), format="ndjson") == items
    header, *rows = api.get(target(path), format="csv")
    assert_same(header, rows, items)


@pytest.mark.parametrize("query", [
    {"embed": "source,claimant,subject,quantity,proposition,comparisons"}, {"fields": "figure.value,id,source"},
    {"sort": "-value,id", "stance": "not.disputes"}])
def test_parameters_mean_the_same_in_every_form(api, query):
    items = api.items("/v1/claims", **query)
    assert api.get("/v1/claims", **query, format="ndjson") == items
    header, *rows = api.get("/v1/claims", **query, format="csv")
    assert_same(header, rows, items)


def flat_figure(figure, comparison):
    """A figure of a comparison as its row of CSV has it: references by their ids, and what is said of them all."""
    ids = {key: figure[key] and figure[key]["id"] for key in ("subject", "quantity", "source", "claimant")}
    return {**figure, **ids, "unit": comparison["unit"], "is_baseline": figure["claim"] == comparison["baseline"]}


@pytest.mark.parametrize("query", [{}, {"stance": "asserts"}, {"baseline": "market-shockwave-09-r1-training-cost-5-6-million"}])
def test_csv_of_a_comparison_has_its_figures(api, query):
    comparison = api.get(TRAINING, **query)
    header, *rows = api.get(TRAINING, **query, format="csv")
    assert_same_figures(header, rows, comparison)


def assert_same_figures(header, rows, comparison):
    figures = [flat_figure(figure, comparison) for figure in comparison["figures"]]
    assert len(rows) == len(figures) > 0
    for row, figure in zip(rows, figures):
        for key, cell in zip(header, row):
            assert says(cell, value_at(figure, key)), (key, cell, figure)


def test_csv_of_every_comparison_has_its_figures(api):
    for identity in api.ids("/v1/comparisons"):
        header, *rows = api.get(f"/v1/comparisons/{identity}", format="csv")
        assert_same_figures(header, rows, api.get(f"/v1/comparisons/{identity}"))


def test_csv_of_a_figure_that_is_a_range_alone_has_its_ends(api):
    claims = {"claims": "r1-under-300000-06-infrastructure-hundreds-of-billions,affordability-myth-15-fleet-value-1-6-billion"}
    comparison = api.get("/v1/compare", **claims)
    assert [figure["amount"] for figure in comparison["figures"] if figure["amount"]["value"] is None and figure["amount"]["low"]]
    header, *rows = api.get("/v1/compare", **claims, format="csv")
    assert_same_figures(header, rows, comparison)


# Read by other programs -------------------------------------------------------------------------


def frame(service, target):
    """A list as pandas reads it by itself, with no argument but the address."""
    return pandas.read_csv(service.base + with_query(target, "format=csv"))


@pytest.mark.parametrize("path", LISTS)
def test_pandas_reads_every_list(api, service, target, path):
    items = api.items(target(path))
    read = frame(service, target(path))
    assert list(read["id"].astype(str)) == [item["id"] for item in items]
    assert list(read.columns) == api.get(target(path), format="csv")[0]


def test_pandas_finds_numbers_where_there_are_numbers(api, service):
    items, read = api.items("/v1/claims"), frame(service, "/v1/claims")
    kinds = {"figure.value": "float64", "figure.low": "float64", "locator.line": "int64", "proposition.claims": "int64",
             "proposition.disputed": "int64", "statement": "object", "stance": "object", "figure.as_printed": "object"}
    assert {name: str(read.dtypes[name]) for name in kinds} == kinds
    values = [float(item["figure"]["value"]) for item in items if item["figure"] and item["figure"]["value"]]
    assert list(read["figure.value"].dropna()) == values and len(values) > 30
    assert list(read["statement"]) == [item["statement"] for item in items]


def test_pandas_finds_truth_and_dates(api, service):
    figures = frame(service, TRAINING)
    assert str(figures.dtypes["is_baseline"]) == "bool" and figures["is_baseline"].sum() == 1
    assert str(figures.dtypes["ratio_to_baseline"]) == "float64" and figures["ratio_to_baseline"].max() == 19.05
    made = pandas.to_datetime(frame(service, "/v1/sources")["created_at"])
    assert str(made.dtype) == "datetime64[ns, UTC]" and len(made) == len(api.ids("/v1/sources"))


def test_pandas_reads_ndjson(api, service):
    read = pandas.read_json(service.base + "/v1/claims?format=ndjson", lines=True)
    items = api.items("/v1/claims")
    assert list(read["id"]) == [item["id"] for item in items] and list(read["figure"]) == [item["figure"] for item in items]
    assert list(read["statement"]) == [item["statement"] for item in items]


@pytest.mark.parametrize("path", LISTS)
def test_jq_reads_ndjson(api, target, path):
    body = api.request("GET", with_query(target(path), "format=ndjson")).content
    read = subprocess.run(["jq", "-c", "."], input=body, stdout=subprocess.PIPE, check=True).stdout
    assert [json.loads(line) for line in read.splitlines()] == api.items(target(path))
    assert read.count(b"\n") == body.count(b"\n")


# Hostile texts ----------------------------------------------------------------------------------

FORMULAS = ["=1+1", "=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "=\"a\",\"b\"", "-5", "+5", "=\n1", "- a list"]
TEXTS = ['say "x"', '"', '""', '",=1', "a,b", "a\nb", "a\r\nb", "a\rb", "ends\n", "Größe", "naïve Ümläute", "😀 👩‍👩‍👧", "\u202eright to left",
         " leading", "trailing ", "'quoted", "'=1+1", ";=1", "a\tb", "NaN-like", "\\", "\\n", "\ufeffmark", "\x01", "\x7f", "</script>", "x" * 5000,
         "1e5", "00012", "a;b", "a\u2028b", "a\x85b", "]]>", "&amp;", "{}", "[1]"]
HOSTILE = FORMULAS + TEXTS


@pytest.fixture(scope="module")
def hostile(fresh_database, contract):
    """A service whose rows nobody can have meant well."""
    url = fresh_database()
    with contextlib.closing(database.connect(url)) as connection, connection, connection.cursor() as cursor:
        for number, text in enumerate(HOSTILE):
            cursor.execute("INSERT INTO scope VALUES (%s, %s, %s)", [f"x-{number:03}", text, text])
        cursor.execute("UPDATE claim SET figure_value = -294000, figure_as_printed = '-294.000' WHERE id = %s", [TRAINED])
        cursor.execute("UPDATE comparison SET title = %s, description = %s", ["=</title><script>alert(1)</script>&]]>\x01", "\"'<&>"])
        cursor.execute("UPDATE source SET title = %s", ["<svg onload='alert(1)'>&nbsp;\ufffe"])
    with Service(url) as service:
        yield Api(service.answers(), contract)


TRAINED = "r1-under-300000-03-training-cost-294000"


def hostile_rows(rows):
    return [row for row in rows if row["id"].startswith("x-")]


def test_hostile_texts_survive_in_json(hostile):
    for items in (hostile.items("/v1/scopes"), hostile.get("/v1/scopes", format="ndjson")):
        assert [(row["name"], row["definition"]) for row in hostile_rows(items)] == [(text, text) for text in HOSTILE]


def defused(text):
    return "'" + text if text[0] in "=+-@\t\r" else text


def test_formulas_are_defused_in_csv_and_all_else_is_as_it_is(hostile):
    body = hostile.request("GET", "/v1/scopes?format=csv").content.decode("utf-8-sig")
    rows = hostile_rows(csv.DictReader(io.StringIO(body, newline=""), strict=True))
    assert [(row["name"], row["definition"]) for row in rows] == [(defused(text), defused(text)) for text in HOSTILE]
    assert not any(row["name"][0] in "=+-@\t\r" for row in rows)


def test_pandas_reads_hostile_texts(hostile):
    read = frame(hostile.service, "/v1/scopes")
    assert list(read[read["id"].str.startswith("x-")]["name"]) == [defused(text) for text in HOSTILE]


def test_numbers_are_no_formulas(hostile):
    header, *rows = hostile.get("/v1/claims", id=f"{TRAINED},r1-under-300000-02-training-below-300000", format="csv")
    row = next(dict(zip(header, row)) for row in rows if row[0] == TRAINED)
    assert (row["figure.value"], row["figure.low"], row["figure.as_printed"]) == ("-294000", "-294000", "'-294.000")
    header, *rows = hostile.get(TRAINING, baseline="r1-under-300000-02-training-below-300000", format="csv")
    assert "-594000" in [dict(zip(header, row))["difference_to_baseline"] for row in rows]
    assert frame(hostile.service, "/v1/claims")["figure.value"].min() == -294000


def test_hostile_texts_survive_in_linked_data(hostile):
    graph = hostile.get("/v1/scopes", format="jsonld", limit=200)["@graph"]
    names = [node["name"] for node in graph if node["@id"].startswith("/v1/scopes/x-")]
    assert [name["@value"] if isinstance(name, dict) else name for name in names] == HOSTILE


def test_pictures_of_hostile_texts_are_well_formed_and_hold_no_script(hostile):
    for identity in hostile.ids("/v1/comparisons"):
        got = hostile.request("GET", f"/v1/comparisons/{identity}?format=svg")
        root = xml.etree.ElementTree.fromstring(got.content)
        names = {element.tag for element in root.iter()}
        assert not any(name.endswith(("}script", "}foreignObject", "}a", "}image", "}use")) for name in names)
        assert all(not name.startswith("on") and "href" not in name for element in root.iter() for name in element.attrib)


# Linked data ------------------------------------------------------------------------------------


def refuse_to_load(url, _options):
    raise AssertionError(f"{url} was fetched")


def options(url):
    return {"base": url, "documentLoader": refuse_to_load}


def expand(document, url):
    return jsonld.expand(document, options(url))


def quads(document, url):
    """The statements of a document, in their canonical order."""
    return set(jsonld.normalize(document, {**options(url), "format": "application/n-quads"}).splitlines())


def said(node):
    """How many values a document gives, the names of the nodes and their types among them."""
    if isinstance(node, list):
        return sum(map(said, node))
    if isinstance(node, dict):
        literal = "@value" in node
        return sum(said(inner) for name, inner in node.items()
                   if name not in ("@context", "@language") and not (literal and name == "@type"))
    return 1


def resolved(document, url):
    """The addresses of all nodes that a document has."""
    if isinstance(document, list):
        return set().union(*(resolved(inner, url) for inner in document))
    if isinstance(document, dict):
        here = {urljoin(url, document["@id"]) if document["@id"] else url} if "@id" in document else set()
        return here.union(*(resolved(inner, url) for name, inner in document.items() if name != "@context"))
    return set()


@pytest.mark.parametrize("path", LISTS + ONES)
def test_linked_document_expands_and_loses_nothing(api, target, path):
    url = api.service.base + with_query(target(path), "format=jsonld")
    document = api.get(target(path), format="jsonld", **({"limit": 200} if path in LISTS else {}))
    assert isinstance(document["@context"], dict)
    plain = {key: value for key, value in document.items() if key != "next"}
    expanded = expand(document, url)
    assert said(expanded) == said(plain) > 2
    assert resolved(plain, url) <= resolved(expanded, url)
    assert all(name.startswith("@") or ":" in name for node in expanded for name in node)


@pytest.mark.parametrize("path", LISTS)
def test_next_page_is_no_statement(api, target, path):
    url = api.service.base + target(path)
    document = api.get(target(path), format="jsonld", limit=1)
    assert document["next"] and len(document["@graph"]) == 1
    assert expand(document, url) == expand({**document, "next": None}, url)
    assert api.answer(document["next"])["@graph"] != document["@graph"]


@pytest.mark.parametrize("path", [path for path in LISTS if path + "/{id}" in PATHS and path != "/v1/comparisons"])
def test_list_and_single_document_state_the_same(api, target, path):
    node = api.get(target(path), format="jsonld", limit=1)["@graph"][0]
    url = api.service.base + node["@id"]
    single = api.get(node["@id"], format="jsonld")
    together = quads({"@context": single["@context"], "@graph": [node]}, api.service.base + path)
    assert quads(single, url) == together and len(together) > 1


def test_context_is_the_one_that_is_served(api, target):
    context = api.get("/context.jsonld")["@context"]
    for path in LISTS + ONES:
        assert api.get(target(path), format="jsonld")["@context"] == context


def test_references_of_linked_data_answer(api):
    document = api.get("/v1/claims/" + TRAINED, format="jsonld")
    ids = resolved(document, api.service.base + "/v1/claims/" + TRAINED)
    paths = {identity.partition("#")[0].removeprefix(api.service.base) for identity in ids if identity.startswith("http://127.0.0.1")}
    assert len(paths) > 5
    for path in paths:
        assert api.get(path, format="jsonld")


# Pictures ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


class Page(http.server.BaseHTTPRequestHandler):
    """An article of another host, with pictures of the service in it."""
    text = b""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.text if self.path == "/" else b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def article():
    """A function that serves a page and returns its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def publish(body):
        Page.text = f"<!doctype html><title>An article</title><link rel=icon href=data:,>{body}".encode()
        return f"http://127.0.0.1:{server.server_address[1]}/"
    yield publish
    server.shutdown()
    thread.join()
    server.server_close()


SIZES = "return [...document.images].map(image => [image.complete, image.naturalWidth, image.naturalHeight])"


def shown(browser, article, sources):
    """The sizes of the pictures in a page, once it is loaded."""
    browser.driver.get(article("".join(f'<img alt="" src="{source}">' for source in sources)))
    WebDriverWait(browser.driver, 20).until(lambda driver: all(image[0] for image in driver.execute_script(SIZES)))
    return browser.driver.execute_script(SIZES)


@pytest.mark.parametrize("format_given", [True, False])
def test_article_of_another_host_shows_every_comparison(api, hostile, browser, article, format_given):
    query = "?format=svg" if format_given else ""
    sources = [f"{client.service.base}/v1/comparisons/{identity}{query}"
               for client in (api, hostile) for identity in client.ids("/v1/comparisons")]
    sizes = shown(browser, article, sources)
    assert len(sizes) == len(sources) > 20
    assert all(width > 100 and height > 50 for _, width, height in sizes), sizes
    assert browser.complaints() == []


def scheme(browser, name):
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})


def test_picture_opens_by_itself_in_light_and_dark(api, hostile, browser, tmp_path):
    pictures = {}
    for name in ("light", "dark"):
        scheme(browser, name)
        for client in (api, hostile):
            browser.driver.get(f"{client.service.base}{TRAINING}?format=svg")
            box = browser.driver.execute_script("""const {tagName} = document.documentElement,
                {width, height} = document.documentElement.getBoundingClientRect(); return [tagName, width > 100, height > 50]""")
            assert box == ["svg", True, True]
            assert browser.complaints() == []
            pictures[name, client is api] = browser.driver.get_screenshot_as_png()
            (tmp_path / f"{name}-{client is api}.png").write_bytes(pictures[name, client is api])
    scheme(browser, "")
    assert len(set(pictures.values())) == 4


def test_picture_may_load_nothing_and_run_nothing(api):
    got = api.request("GET", f"{TRAINING}?format=svg")
    directives = dict(directive.split(" ", 1) for directive in got.headers["Content-Security-Policy"].split("; "))
    assert directives == {"default-src": "'none'", "style-src": "'unsafe-inline'", "frame-ancestors": "'none'"}
    assert got.headers["Cross-Origin-Resource-Policy"] == "cross-origin" and got.headers["X-Content-Type-Options"] == "nosniff"


def test_picture_of_several_subjects_is_named_by_their_quantity(api):
    subjects = {claim["subject"]["id"]: claim["id"] for claim in api.get("/v1/claims", kind="numeric", quantity="training-cost", limit=200)["items"]}
    assert len(subjects) > 1
    got = api.request("GET", f"/v1/compare?claims={','.join(list(subjects.values())[:2])}&format=svg")
    assert got.status_code == 200 and ">Training cost</title>" in got.text
