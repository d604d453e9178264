"""Search: what queries find of the seed, in which order, and page by page"""
import re

import database
import pytest

from naive import any_of, fetch, ids, ordered, select, target, walk

TEXTS = {
    "/v1/claims": """
        SELECT claim.id::text, ARRAY[claim.statement, figure_as_printed, trim_scale(figure_value)::text, title, subject.name, quantity.name, claimant.name]
            || ARRAY(SELECT agent.name FROM attribution JOIN agent ON agent.id = agent_id WHERE claim_id = claim.id) AS texts
        FROM claim JOIN source ON source.id = source_id JOIN subject ON subject.id = subject_id
        LEFT JOIN quantity ON quantity.id = quantity_id JOIN agent AS claimant ON claimant.id = claimant_id""",
    "/v1/sources": """
        SELECT source.id::text, ARRAY[title, author, agent.name, description]::text[] AS texts
        FROM source LEFT JOIN agent ON agent.id = publisher_id""",
    "/v1/propositions": "SELECT id::text, ARRAY[statement]::text[] AS texts FROM proposition",
}
TABLES = {"/v1/claims": "claim", "/v1/sources": "source", "/v1/propositions": "proposition"}
TRAIN = r"\btrain(s|ed|ing|ings)?\b"
TRAINING_COST = r"\btrain(s|ed|ing)?[ -]costs?\b"
# A query, and its branches as words that must and words that must not stand in one of the texts.
FOUND = [
    ("milliarde", [([r"\bmilliarden?\b"], [])]), ("Milliarden", [([r"\bmilliarden?\b"], [])]), ("miliardo", [([r"\bmiliard[oi]\b"], [])]),
    ("mercato", [([r"\bmercat[oi]\b"], [])]), ("mercati", [([r"\bmercat[oi]\b"], [])]), ("superiore", [([r"\bsuperior[ei]?\b"], [])]),
    ("ingannare", [([r"\bingann"], [])]), ("märkte", [([r"\bmärkten?\b"], [])]), ("Markte", [([r"\bmärkten?\b"], [])]),
    ("MAERKTE", [([r"\bmärkten?\b"], [])]), ("ma\u0308rkten", [([r"\bmärkten?\b"], [])]), ("Trainingskosten", [([r"\btrainingskosten\b"], [])]),
    ("tatsachlich", [([r"\btatsächlich(en)?\b"], [])]), ("Tatsächliche", [([r"\btatsächlich(en)?\b"], [])]), ("unita", [([r"\b(unità|units?)\b"], [])]),
    ("training", [([TRAIN], [])]), ('"training cost"', [([TRAINING_COST], [])]), ('"trained costs"', [([TRAINING_COST], [])]),
    ('"cost training"', [([r"\bcosts? train(s|ed|ing)?\b"], [])]), ('training -"training cost"', [([TRAIN], [TRAINING_COST])]),
    ("nvidia -shares", [([r"\bnvidia\b"], [r"\bshar(e|es|ed|ing)\b"])]), ("musk or wang", [([r"\bmusk\b"], []), ([r"\bwang\b"], [])]),
    ("musk OR wang", [([r"\bmusk\b"], []), ([r"\bwang\b"], [])]), ("-wang musk", [([r"\bmusk\b"], [r"\bwang\b"])]),
    ("musk -hopper or wang -hopper", [([r"\bmusk\b"], [r"\bhopper\b"]), ([r"\bwang\b"], [r"\bhopper\b"])]),
    ("400-mal", [([r"\b400[ -]mal\b"], [])]), ('"400 mal"', [([r"\b400[ -]mal\b"], [])]), ("294.000", [([r"\b294[.,]000\b"], [])]),
    ("294000", [([r"\b294000\b"], [])]), ("5,6 millionen", [([r"\b5[.,] ?6\b", r"\bmillion(en|s)?\b"], [])]), ("H800", [([r"\bH800\b"], [])]),
    ("A100 or H800", [([r"\bA100\b"], []), ([r"\bH800\b"], [])]), ("GPT-O1", [([r"\bgpt[ -]o1\b"], [])]), ("xai", [([r"\bxAI\b"], [])]),
    ("hedge fund", [([r"\bhedged?\b", r"\bfund(s|ed)?\b"], [])]), ("peer reviews", [([r"\bpeers?\b", r"\breview(s|ed)?\b"], [])]),
    ("Erschwinglichkeit Mythos", [([r"\berschwinglichkeit\b", r"\bmythos\b"], [])]), ("die Erschwinglichkeit", [([r"\berschwinglichkeit\b"], [])]),
    ("mythos training", [([r"\bmythos\b", TRAIN], [])]), ("“black-swan” event", [([r"\bblack[ -]swans?\b", r"\bevents?\b"], [])]),
    ("semianalysis study or nature", [([r"\bsemianalysis\b", r"\bstud(y|ies)\b"], []), ([r"\bnature\b"], [])]),
    ("zebra or panic", [([r"\bpanic\b"], [])]), ("panic zebra", []),
]
NOTHING = ["zebra", "the", "the of and", "-nvidia", "-nvidia -amd", "!?", "or", '""', "*", "deepseek -deepseek", "&|!:*()<->"]


def matches(texts, branches):
    def stands(pattern):
        return any(re.search(pattern, text or "", re.IGNORECASE) for text in texts)
    return any(all(map(stands, wanted)) and not any(map(stands, unwanted)) for wanted, unwanted in branches)


@pytest.fixture(scope="module")
def connection(database_url):
    connection = database.connect(database_url, autocommit=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def texts(connection):
    return {path: {row["id"]: row["texts"] for row in fetch(connection, sql)} for path, sql in TEXTS.items()}


@pytest.fixture(scope="module")
def ranks(connection):
    """The rows that a query finds, with their ranks."""
    def of(path, q):
        return fetch(connection, f"SELECT id::text, search_rank(search, asked) AS rank FROM {TABLES[path]}, search_query(%s) AS asked "
                                 "WHERE search @@ asked", q)
    return of


def found(api, path, q, limit=200, **further):
    return ids(walk(api, path, [("q", q), *further.items(), ("limit", limit), ("fields", "id")]))


@pytest.mark.parametrize("path", TEXTS)
def test_searches_find_what_their_words_stand_in(api, texts, path):
    hits = 0
    for q, branches in FOUND:
        expected = sorted(id for id, words in texts[path].items() if matches(words, branches))
        assert sorted(found(api, path, q)) == expected, q
        hits += bool(expected)
    assert hits > {"/v1/claims": 40, "/v1/sources": 20, "/v1/propositions": 15}[path]


@pytest.mark.parametrize("q, expected", [
    ("294.000", ["r1-under-300000-03-training-cost-294000"]),
    ("fünfmal", ["market-shockwave-13-r1-operating-cost-five-times-lower"]),
    ("funfmal", ["market-shockwave-13-r1-operating-cost-five-times-lower"]),
    ('"944 milioni"', ["markets-misled-it-16-operating-cost-944-million"]),
    ('"black swan" formazione', ["markets-misled-it-20-black-swan-happened", "markets-misled-it-20-figures-caused-black-swan"]),
    ("supercycle or turbulences -nvidia", ["market-shockwave-04-market-turbulence", "market-shockwave-04-supercycle-debate"]),
])
def test_a_search_finds_these_claims(api, q, expected):
    assert sorted(found(api, "/v1/claims", q)) == expected


@pytest.mark.parametrize("q", NOTHING)
@pytest.mark.parametrize("path", TEXTS)
def test_a_search_that_finds_nothing_is_empty(api, path, q):
    for sort in ({}, {"sort": "-rank"}, {"sort": "id"}):
        answer = api.answer(path, params={"q": q, **sort}, headers={"Prefer": "count=exact"})
        assert answer == {"items": [], "next": None, "total": 0}


# Order ----------------------------------------------------------------------------------------------

RANKED = [("/v1/claims", "training cost"), ("/v1/claims", "deepseek or nvidia"), ("/v1/claims", "kosten or mercati or chips"), ("/v1/sources", "deepseek"),
          ("/v1/propositions", "cost or training"), ("/v1/sources/markets-misled-de/claims", "deepseek")]


@pytest.mark.parametrize("limit", [1, 7, 200])
@pytest.mark.parametrize("path, q", RANKED)
def test_ranked_results_come_once_and_the_best_first(api, ranks, path, q, limit):
    rows = ranks(path, q) if path in TABLES else [row for row in ranks("/v1/claims", q) if row["id"].startswith("markets-misled-de-")]
    limit = max(limit, len(rows) // 20)
    assert len(rows) > 5
    assert found(api, path, q, limit) == [row["id"] for row in ordered(rows, [("rank", True)])]
    assert found(api, path, q, limit, sort="-rank,id") == [row["id"] for row in ordered(rows, [("rank", True), ("id", False)])]
    assert found(api, path, q, limit, sort="rank") == [row["id"] for row in ordered(rows, [("rank", False)])]
    assert found(api, path, q, limit, sort="id") == sorted(row["id"] for row in rows)


def test_without_a_sort_the_best_match_comes_first(api):
    assert api.get("/v1/claims", q="training cost 294000", limit=1)["items"][0]["id"] == "r1-under-300000-03-training-cost-294000"
    assert api.get("/v1/sources", q="erschwinglichkeit mythos deepseek")["items"][0]["id"] == "affordability-myth"


def test_a_search_is_sorted_by_other_keys_as_well(api, connection, ranks):
    rows = {row["id"]: row for row in fetch(connection, "SELECT id::text, line, source_id::text AS source FROM claim")}
    hits = [{**rows[row["id"]], **row} for row in ranks("/v1/claims", "cost")]
    for sort, order in (("line,-source", [("line", False), ("source", True)]), ("-line,-rank,source", [("line", True), ("rank", True), ("source", False)])):
        assert found(api, "/v1/claims", "cost", 9, sort=sort) == [row["id"] for row in ordered(hits, order)]


@pytest.mark.parametrize("filters", [
    {"kind": "numeric"}, {"kind": "not.numeric", "language": "de"}, {"stance": "reports", "kind": "numeric"}, {"source": "markets-misled-it,r1-under-300000"}])
def test_a_search_within_filters_finds_what_both_find(api, filters):
    alone, filtered = found(api, "/v1/claims", "cost or kosten"), api.ids("/v1/claims", **filters)
    both = found(api, "/v1/claims", "cost or kosten", 5, **filters)
    assert both == [id for id in alone if id in set(filtered)] and 0 < len(both) < len(alone)


def test_a_search_within_a_batch(api, connection):
    rows = fetch(connection, "SELECT id::text FROM claim")
    batch = select(rows, [any_of("id", [row["id"] for row in rows[::7]])])
    within = found(api, "/v1/claims", "deepseek", id=",".join(row["id"] for row in batch))
    assert set(within) == set(found(api, "/v1/claims", "deepseek")) & {row["id"] for row in batch} != set()


def test_other_words_make_another_list(api):
    cursor = api.answer(target("/v1/claims", [("q", "cost"), ("limit", 2)]))["next"].partition("cursor=")[2]
    api.problem(f"/v1/claims?q=costs&limit=2&cursor={cursor}", "invalid-cursor", parameters=["cursor"])
    api.problem(f"/v1/claims?limit=2&cursor={cursor}", "invalid-cursor", parameters=["cursor"])
    assert len(api.answer(f"/v1/claims?q=cost&limit=2&cursor={cursor}")["items"]) == 2


# What is not taken ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*TEXTS, "/v1/sources/markets-misled-de/claims"])
@pytest.mark.parametrize("sort", ["rank", "-rank", "id,rank", "-rank,id"])
def test_rank_goes_with_a_search_alone(api, path, sort):
    api.problem(path, "invalid-parameter", parameters=["sort"], params={"sort": sort})


@pytest.mark.parametrize("path", ["/v1/comparisons", "/v1/subjects", "/v1/quantities", "/v1/agents", "/v1/units", "/v1/scopes"])
def test_other_lists_are_not_searched(api, path):
    api.problem(path + "?q=cost", "unknown-parameter", parameters=["q"])
    api.problem(path + "?sort=rank", "invalid-parameter", parameters=["sort"])


@pytest.mark.parametrize("path, name", [*((path, "q") for path in TEXTS), ("/v1/sources", "url")])
def test_a_text_has_up_to_a_thousand_characters(api, path, name):
    """As the contract counts them, whatever they take in bytes."""
    for text in ("x" * 1000, "é" * 660, "语" * 440, "🦓" * 330):
        api.answer(path, params={name: text})
    for text in ("", "x" * 1001):
        api.problem(path, "invalid-parameter", parameters=[name], params={name: text})


def test_a_search_twice_is_refused(api):
    api.problem("/v1/claims?q=cost&q=training", "repeated-parameter", parameters=["q"])
