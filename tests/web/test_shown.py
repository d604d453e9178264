"""What the pages show is what the API says"""
import json
from decimal import Decimal

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

GROUPED = {"en": ",", "de": ".", "it": "."}
POINT = {"en": ".", "de": ",", "it": ","}


def written(decimal, language="en"):
    """A number as that language writes it, without its groups."""
    return format(Decimal(decimal).normalize(), "f").replace(".", POINT[language])


def ungrouped(text, language="en"):
    return text.replace(GROUPED[language], "").replace("\u202f", "").replace("\xa0", " ")


ROWS = """return [...document.querySelectorAll("main table tbody tr")].filter(row => row.querySelector("q"))
    .map(row => ({ claim: row.querySelector("a").getAttribute("href").slice("/claims/".length), printed: row.querySelector("q").textContent, text: row.innerText }))"""


@pytest.fixture(scope="module")
def comparisons(api):
    """The curated ones, and one that is derived."""
    items = sorted(api.items("/v1/comparisons"), key=lambda each: each["kind"] == "derived")
    curated = [each for each in items if each["kind"] != "derived"]
    return [api.get(f"/v1/comparisons/{each['id']}") for each in items[:len(curated) + 1]]


@pytest.fixture(scope="module")
def seen():
    return {}


@pytest.fixture
def page_of(reader, seen):
    """A function: the rows and the text of a comparison's page, which is opened once."""
    def look(comparison):
        id = comparison["id"]
        place = id, reader.width
        if place not in seen:
            seen[place] = (reader.open(f"/comparisons/{id}").run(ROWS), reader.text())
        return seen[place]
    return look


# Origins --------------------------------------------------------------------------------------------

def origins(comparison):
    """Each figure's claim with the others of its source's origin."""
    groups = {figure["claim"]: {figure["claim"]} for figure in comparison["figures"]}
    for pair in comparison["pairs"]:
        if pair["same_origin"]:
            joined = groups[pair["left"]] | groups[pair["right"]]
            for claim in joined:
                groups[claim] = joined
    return groups


def substance(figure):
    """Equal for figures that say the same."""
    claimant = "itself" if figure["claimant"]["kind"] == "source" else figure["claimant"]["id"]
    return json.dumps([claimant, figure["figure"]["bound"], *(figure[part] for part in ("subject", "quantity", "stance", "hedge", "scope", "period", "amount"))])


def repeating(comparison, rows):
    """The rows of which an earlier one says the same in another version of its source, each with the row before it."""
    figures, group_of = {figure["claim"]: figure for figure in comparison["figures"]}, origins(comparison)

    def repeats(other, claim):
        one, two = figures[other], figures[claim]
        return claim in group_of[other] and one["source"]["id"] != two["source"]["id"] and substance(one) == substance(two)
    claims = [row["claim"] for row in rows]
    return {claim: claims[place - 1] for place, claim in enumerate(claims) if any(repeats(other, claim) for other in claims[:place])}


def strange(comparison):
    """Those that cannot be compared with the baseline."""
    return {claim for pair in comparison["pairs"] for claim in (pair["left"], pair["right"])
            if pair["verdict"] == "incomparable" and comparison["baseline"] in (pair["left"], pair["right"])} - {comparison["baseline"]}


# Comparisons ----------------------------------------------------------------------------------------

ITSELF = {"en": "The article itself", "de": "Der Artikel selbst", "it": "L’articolo stesso"}
AGAIN = {"en": "the same in", "de": "dasselbe auf", "it": "lo stesso in"}


def rows_hold(comparison, rows, language):
    repeated, apart, figures = repeating(comparison, rows), strange(comparison), {figure["claim"]: figure for figure in comparison["figures"]}
    assert len(rows) == len(figures)
    for row in rows:
        figure = figures[row["claim"]]
        named = ITSELF[language] if figure["claimant"]["kind"] == "source" else figure["claimant"]["name"]
        assert row["printed"] == figure["figure"]["as_printed"]
        assert (AGAIN[language] if row["claim"] in repeated else named) in row["text"]
        if row["claim"] not in {comparison["baseline"], *apart} and figure["ratio_to_baseline"]:
            assert ungrouped(row["text"], language).endswith(f"× {written(figure['ratio_to_baseline'], language)}"), figure


def test_comparison_has_a_row_for_each_figure(page_of, comparisons):
    for comparison in comparisons:
        rows_hold(comparison, page_of(comparison)[0], "en")


LANGUAGES_OF = """return arguments[0].map(text => [...document.querySelectorAll("main *")].filter(each => each.textContent === text).pop()?.closest("[lang]").lang)"""


@pytest.mark.parametrize("language", ["de", "it"])
def test_numbers_are_written_as_the_language_has_it_and_english_is_told_from_it(reader, comparisons, language):
    reader.wears(language=language)
    for comparison in [each for each in comparisons if each["id"] in ("what-training-r1-cost", "spending-against-claimed-training-cost")]:
        rows_hold(comparison, reader.open(f"/comparisons/{comparison['id']}").run(ROWS), language)
        ours = [comparison["title"], comparison["description"], *(multiple["statement"] for multiple in comparison["stated_multiples"])]
        assert set(reader.run(LANGUAGES_OF, ours)) == {"en"} and reader.run("return document.documentElement.lang") == language


def test_translation_stands_behind_what_it_repeats_and_adds_no_weight(page_of, comparisons):
    for comparison in comparisons:
        rows, text = page_of(comparison)
        group_of, apart, claims = origins(comparison), strange(comparison), [row["claim"] for row in rows]
        repeated = repeating(comparison, rows)
        assert all(before in group_of[claim] for claim, before in repeated.items()), comparison["id"]
        assert text.count("the same in ") == len(repeated)
        tied = [claim for claim, after in zip(claims, claims[1:]) if after in group_of[claim] and (claim in apart) == (after in apart)]
        assert ("one origin: adds no weight" in text) == bool(tied), comparison["id"]
        assert f"{comparison['sources']} source" in text and f"{comparison['origins']} independent origin" in text


def test_stated_multiples_are_worked_out(page_of, comparisons):
    for comparison in comparisons:
        text = ungrouped(page_of(comparison)[1])
        for multiple in comparison["stated_multiples"]:
            assert multiple["as_printed"] in text
            for candidate in multiple["candidates"]:
                assert f"= {written(candidate['ratio'])}" in text


def test_1_6_billion_by_5_million_is_320_and_not_400(reader):
    lines = reader.open("/comparisons/spending-against-claimed-training-cost").text().replace("\xa0", " ").splitlines()
    sum = lines.index("$1.6 billion ÷ $5 million = 320, not 400")
    assert [line for line in lines[sum + 1:] if line][0] == "310 to 330, as the figures are rounded"


def test_front_page_opens_on_the_widest_contradictions(reader, api):
    widest = api.get("/v1/comparisons", verdict="conflict", sort="-spread", limit=6)["items"]
    reader.open("/")
    assert list(dict.fromkeys(reader.hrefs("/comparisons/"))) == [f"/comparisons/{each['id']}" for each in widest]
    found = [f"{round(Decimal(each['spread']['ratio']))} times as much" for each in widest]
    for summary in reader.driver.find_elements(By.TAG_NAME, "article"):
        reader.run("arguments[0].scrollIntoView()", summary)
        reader.settled()
    assert [told in image.accessible_name for told, image in zip(found, reader.all("image"), strict=True)] == [True] * len(widest)
    assert reader.text().count("times as much") == len(widest)


def test_comparisons_are_all_listed(reader, api):
    assert set(reader.open("/comparisons").hrefs("/comparisons/")) == {f"/comparisons/{id}" for id in api.ids("/v1/comparisons")}


def test_sources_are_all_listed(reader, api):
    assert set(reader.open("/sources").hrefs("/sources/")) == {f"/sources/{id}" for id in api.ids("/v1/sources")}


CARDS = """return [...document.querySelectorAll("main li")].filter(item => item.querySelector("a[href^='/claims/']"))
    .map(item => ({ claim: item.querySelector("a[href^='/claims/']").getAttribute("href"), text: item.innerText, printed: item.querySelector("q")?.textContent ?? null,
                    source: item.querySelector("a[href^='/sources/']")?.getAttribute("href") }))"""


def test_claim_in_a_list_says_what_is_printed_and_where(reader, api):
    claims = api.get("/v1/claims", limit=200, sort="id")["items"]
    cards = reader.open("/claims?limit=200&sort=id").run(CARDS)
    assert [card["claim"] for card in cards] == [f"/claims/{claim['id']}" for claim in claims]
    for card, claim in zip(cards, claims):
        assert claim["statement"] in card["text"] and card["source"] == f"/sources/{claim['source']['id']}"
        assert f"line {claim['locator']['line']}" in card["text"] and claim["stance"] in card["text"]
        assert card["printed"] == (claim["figure"] and claim["figure"]["as_printed"])
        assert claim["hedge"] == "none" or claim["hedge"] in card["text"]


def test_claim_page_says_all_of_it(reader, api):
    claims = api.items("/v1/claims")
    of_each_kind = {**{(claim["kind"], claim["stance"]): claim for claim in claims}, **{len(claim["attribution"]): claim for claim in claims}}
    for claim in of_each_kind.values():
        text = reader.open(f"/claims/{claim['id']}").text()
        parts = [claim["statement"], f"line {claim['locator']['line']}", claim["stance"], claim["subject"]["name"], claim["source"]["title"],
                 *(hop["agent"]["name"] for hop in claim["attribution"]), *([claim["figure"]["as_printed"]] if claim["figure"] else []),
                 *([claim["hedge"]] if claim["hedge"] != "none" else [])]
        assert [part for part in parts if part not in text] == [], claim["id"]
        if claim["figure"] and claim["figure"]["value"]:
            assert written(claim["figure"]["value"]) in ungrouped(text)


def test_claim_page_leads_to_those_that_say_the_same_and_the_opposite(reader, api):
    shared = [claim for claim in api.items("/v1/claims") if claim["proposition"]["claims"] > 1 and claim["proposition"]["disputed"]][:2]
    for claim in shared:
        others = {each["id"] for each in api.items("/v1/claims", proposition=claim["proposition"]["id"])} - {claim["id"]}
        assert others and others <= {href.removeprefix("/claims/") for href in reader.open(f"/claims/{claim['id']}").hrefs("/claims/")}
        assert "Say the opposite" in reader.text()


def test_source_page_has_its_claims_by_stance(reader, api):
    sources = api.items("/v1/sources")
    for source in [*[source for source in sources if source["claims"]][:2], *[source for source in sources if not source["claims"]][:1]]:
        reader.open(f"/sources/{source['id']}")
        claims = api.items(f"/v1/sources/{source['id']}/claims")
        shown = reader.run("""return Object.fromEntries([...document.querySelectorAll("main section")].filter(part => part.querySelector("h2") && !part.querySelector("table"))
            .map(part => [part.querySelector("h2").firstChild.textContent.trim(), [...part.querySelectorAll("li a[href^='/claims/']")].map(link => link.getAttribute("href"))]))""")
        for stance, heading in {"asserts": "What it asserts", "reports": "What it reports", "disputes": "What it disputes"}.items():
            assert set(shown.get(heading, [])) == {f"/claims/{claim['id']}" for claim in claims if claim["stance"] == stance}, source["id"]


def everything(reader):
    [label] = [option.text for option in Select(reader.find("combobox", "Show")).options if option.text.startswith("everything")]
    reader.choose("Show", label)
    return reader


def test_two_versions_stand_side_by_side(reader, api):
    left, right = ([*api.items(f"/v1/sources/{id}/claims")] for id in ("markets-misled-de", "markets-misled-it"))
    for own, other, id in ((left, right, "markets-misled-de"), (right, left, "markets-misled-it")):
        rows = everything(reader.open(f"/sources/{id}")).run("""return [...document.querySelectorAll("main section")].find(part => part.querySelector("h2")?.textContent.startsWith("Side by side"))
            .querySelectorAll("li:not([aria-hidden])").values().map(row => [...row.querySelectorAll("p")].slice(1).map(cell => [cell.querySelector("a")?.getAttribute("href").replace("/claims/", ""), cell.innerText])).toArray()""")
        assert [{row[side][0] for row in rows} - {None} for side in (0, 1)] == [{claim["id"] for claim in claims} for claims in (own, other)]
        claims = {claim["id"]: claim for claim in [*left, *right]}
        pairs = [[claims[cell[0]] for cell in row] for row in rows if row[0][0] and row[1][0]]
        assert pairs and all(ours["proposition"]["id"] == theirs["proposition"]["id"] for ours, theirs in pairs)
        marked = {row[0][0] for row in rows if "differs" in row[0][1]}
        assert marked == {ours["id"] for ours, theirs in pairs if (ours["stance"], ours["hedge"]) != (theirs["stance"], theirs["hedge"])} != set()


def test_history_is_told(reader, api):
    id = "r1-under-300000-03-training-cost-294000"
    revisions = api.get(f"/v1/claims/{id}/revisions")["items"]
    times = reader.open(f"/claims/{id}").driver.find_elements(By.CSS_SELECTOR, "main time")
    assert [each.get_dom_attribute("datetime") for each in times][:len(revisions)] == [revision["at"] for revision in revisions]
