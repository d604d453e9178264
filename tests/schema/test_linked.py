"""Linked data: what the functions of 0008 give, read with context.json by a JSON-LD processor that may fetch nothing.

PyLD implements all of JSON-LD 1.1: expansion, compaction and RDF. Nothing that a document says may be lost on that way.
"""
import json
import pathlib
import re
import urllib.parse
from collections import defaultdict
from decimal import Decimal

import database
import psycopg2.extras
import pytest
from pyld import jsonld

TREE = pathlib.Path(__file__).parents[2]
CONTEXT = json.loads((TREE / "src/linked/context.jsonld").read_text(encoding="utf-8"))
TERMS = CONTEXT["@context"]
ORIGIN = "https://claimd.example"
REQUEST = ORIGIN + "/v1/compare?claims=a,b"

PREFIXES = {TERMS[prefix]: prefix + ":" for prefix in ("schema", "prov", "dcat", "xsd", "claimd")}
PREFIXES |= {ORIGIN + "/": "/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:"}

# What a query selects for each resource.
DOCUMENTS = {
    "claims": "SELECT claim_linked(claim) FROM claim ORDER BY id",
    "sources": "SELECT source_linked(source) FROM source ORDER BY id",
    "agents": "SELECT agent_linked(agent) FROM agent ORDER BY id",
    "subjects": "SELECT subject_linked(subject) FROM subject ORDER BY id",
    "quantities": "SELECT quantity_linked(quantity) FROM quantity ORDER BY id",
    "units": "SELECT unit_linked(unit) FROM unit ORDER BY id",
    "scopes": "SELECT scope_linked(scope) FROM scope ORDER BY id",
    "propositions": "SELECT proposition_linked(proposition) FROM proposition ORDER BY id",
    "comparisons": """SELECT comparison_linked(comparison_set, outcome)
                      FROM comparison_set, compare(claims, baseline_id) AS outcome ORDER BY id""",
    "comparisons in short": """SELECT comparison_linked(comparison_set, outcome, in_full => false)
                               FROM comparison_set, compare(claims, baseline_id) AS outcome ORDER BY id""",
    "compare": """SELECT comparison_linked(NULL, outcome)
                  FROM comparison_set, compare(claims, baseline_id) AS outcome WHERE id = 'what-training-r1-cost'""",
}

# schema.org, as far as it is used: classes with what they are a sort of, and properties with their domains and ranges.
CLASSES = {
    "Thing": None, "CreativeWork": "Thing", "Article": "CreativeWork", "ScholarlyArticle": "Article", "Report": "Article",
    "SocialMediaPosting": "Article", "Claim": "CreativeWork", "Review": "CreativeWork", "ClaimReview": "Review",
    "Dataset": "CreativeWork", "MediaObject": "CreativeWork", "Organization": "Thing", "Person": "Thing", "Product": "Thing",
    "QuantitativeValue": "Thing", "Observation": "QuantitativeValue", "StatisticalVariable": "Thing", "DefinedTerm": "Thing",
    "Rating": "Thing",
}
PROPERTIES = {
    "about": ("CreativeWork", "Thing"),
    "alternateName": ("Thing", "Text"),
    "appearance": ("Claim", "CreativeWork"),
    "author": ("CreativeWork Rating", "Person Organization"),
    "citation": ("CreativeWork", "CreativeWork"),
    "claimReviewed": ("ClaimReview", "Text"),
    "creditText": ("CreativeWork", "Text"),
    "dateModified": ("CreativeWork", "xsd:date"),
    "datePublished": ("CreativeWork", "xsd:date"),
    "description": ("Thing", "Text"),
    "encoding": ("CreativeWork", "MediaObject"),
    "exampleOfWork": ("CreativeWork", "CreativeWork"),
    "headline": ("CreativeWork", "Text"),
    "inLanguage": ("CreativeWork", "Text"),
    "isBasedOn": ("CreativeWork", "CreativeWork"),
    "isPartOf": ("CreativeWork", "CreativeWork"),
    "itemReviewed": ("Review", "Thing"),
    "mainEntity": ("CreativeWork", "Thing"),
    "maxValue": ("QuantitativeValue", "xsd:decimal"),
    "minValue": ("QuantitativeValue", "xsd:decimal"),
    "name": ("Thing", "Text"),
    "observationAbout": ("Observation", "Thing"),
    "observationDate": ("Observation", "xsd:gYear xsd:gYearMonth xsd:date"),
    "observationPeriod": ("Observation", "Text"),
    "publisher": ("CreativeWork", "Person Organization"),
    "review": ("CreativeWork", "Review"),
    "reviewAspect": ("Review Rating", "Text"),
    "reviewRating": ("Review", "Rating"),
    "sdDatePublished": ("CreativeWork", "xsd:date"),
    "sha256": ("MediaObject", "Text"),
    "temporalCoverage": ("CreativeWork", "Text"),
    "termCode": ("DefinedTerm", "Text"),
    "text": ("CreativeWork", "Text"),
    "translationOfWork": ("CreativeWork", "CreativeWork"),
    "unitCode": ("QuantitativeValue", "URL"),
    "unitText": ("QuantitativeValue", "Text"),
    "url": ("Thing", "URL"),
    "value": ("QuantitativeValue", "xsd:decimal"),
    "variableMeasured": ("Dataset Observation", "StatisticalVariable"),
    "workExample": ("CreativeWork", "CreativeWork"),
}
# Those that schema.org has no class for: an author can be nobody in particular, or the text itself.
UNNAMED = {"claimd:Group", "claimd:Voice"}

R1 = "/v1/claims/r1-under-300000-03-training-cost-294000"
DISPUTED = "/v1/claims/market-shockwave-09-r1-training-cost-5-6-million"
MULTIPLE = "/v1/claims/markets-misled-de-03-training-cost-400-times"
MUSK = "/v1/claims/market-shockwave-11-musk-50000-hopper"


# Reading ----------------------------------------------------------------------------------------


def refuse(url, options):
    raise AssertionError(f"{url} was to be fetched")


OPTIONS = {"base": REQUEST, "documentLoader": refuse}


def answer(documents):
    """A list as the service puts it together."""
    return {**CONTEXT, "@graph": documents}


def short(iri):
    for long, prefix in PREFIXES.items():
        if iri.startswith(long):
            return prefix + iri[len(long):]
    return iri


def term(node):
    """A node of RDF: an IRI in short, a literal as its words and its language or type."""
    if node["type"] != "literal":
        return short(node["value"])
    return node["value"], node.get("language") or short(node["datatype"])


def triples(documents):
    graphs = jsonld.to_rdf(answer(documents), OPTIONS)
    assert graphs.keys() == {"@default"}
    return {tuple(term(triple[part]) for part in ("subject", "predicate", "object")) for triple in graphs["@default"]}


def of(graph, subject):
    return {(predicate, thing) for node, predicate, thing in graph if node == subject}


def objects(graph, subject, predicate):
    return {thing for node, verb, thing in graph if (node, verb) == (subject, predicate)}


@pytest.fixture(scope="module")
def rows(seeded_url):
    connection = database.connect(seeded_url, autocommit=True)

    def fetch(query, *arguments):
        with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchall()
    yield fetch
    connection.close()


@pytest.fixture(scope="module")
def documents(rows):
    return {resource: [document for document, in rows(query)] for resource, query in DOCUMENTS.items()}


@pytest.fixture(scope="module")
def graph(documents):
    """All that the service says."""
    return set().union(*(triples(found) for found in documents.values()))


# The context ------------------------------------------------------------------------------------


def test_the_context_stands_alone():
    assert CONTEXT.keys() == {"@context"}
    for definition in TERMS.values():
        assert definition is None or isinstance(definition, str) or not definition.keys() & {"@context", "@import"}
    assert not any(keyword in TERMS for keyword in ("@base", "@vocab", "@import"))


def test_every_term_is_of_a_known_vocabulary():
    for name, definition in TERMS.items():
        if definition is not None and name not in ("schema", "prov", "dcat", "xsd", "claimd"):
            iri = definition if isinstance(definition, str) else definition.get("@id") or definition["@reverse"]
            prefix, local = iri.split(":")
            assert (prefix in ("schema", "prov", "dcat", "claimd")) and local, name
            assert prefix != "schema" or local in CLASSES or local in PROPERTIES, name


def test_every_term_is_used(documents):
    used = set(re.findall(r'"([^"]+)"', json.dumps(documents)))
    prefixes = {"schema", "dcat", "xsd", "prov", "claimd"}
    assert TERMS.keys() - used - prefixes == {"next", "url", "syndicationOf", "syndicatedBy"}


def test_every_term_of_ours_is_explained(rows, documents):
    page = (TREE / "docs/linked-data.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`(?:claimd:)?(\w+)`", page))
    own = set(re.findall(r'"claimd:(\w+)"', json.dumps([documents, CONTEXT])))
    for words in ("stance", "hedge", "bound", "attribution_role", "verdict", "multiple_verdict"):
        own |= {word for word, in rows(f"SELECT unnest(enum_range(NULL::{words}))::text")}
    assert own - explained == set()


@pytest.mark.parametrize("kinds, table", [("agent_kind", "agent"), ("subject_kind", "subject"), ("source_kind", "source")])
def test_every_kind_has_a_type(rows, kinds, table):
    types = [type for type, in rows(f"SELECT {table}_type(kind) FROM unnest(enum_range(NULL::{kinds})) AS kind")]
    assert all(types) and (len({json.dumps(type) for type in types}) == len(types))


# Every document ---------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", DOCUMENTS)
def test_text_begins_as_the_service_needs_it(rows, resource):
    """What is put before a document is put behind its brace."""
    for text, in rows(f"SELECT document::text FROM ({DOCUMENTS[resource]}) AS linked (document)"):
        assert text.startswith('{"@id":')


@pytest.mark.parametrize("resource", DOCUMENTS)
def test_nothing_is_null_or_empty(documents, resource):
    assert documents[resource]
    assert not re.search(r'null|\[\]|\{\}|""(?!, "@type": \["Dataset")', json.dumps(documents[resource]))


@pytest.mark.parametrize("resource", DOCUMENTS)
def test_round_trip_loses_nothing(documents, resource):
    """A key that the context does not know, or a value that it gives another type, would not come back."""
    expanded = jsonld.expand(answer(documents[resource]), OPTIONS)
    compacted = jsonld.compact(expanded, CONTEXT, {"documentLoader": refuse, "graph": True})
    back = json.loads(json.dumps(compacted["@graph"]).replace(f'"{REQUEST}', '"').replace(f'"{ORIGIN}/', '"/'))
    assert back == documents[resource]


@pytest.mark.parametrize("resource", DOCUMENTS)
def test_every_node_has_an_absolute_iri(documents, resource):
    for triple in triples(documents[resource]):
        for node in triple:
            assert isinstance(node, tuple) or re.match(r"/v1/|(schema|prov|dcat|claimd|rdf):", node), triple


def test_every_iri_of_ours_answers(documents, graph):
    known = {document["@id"] for found in documents.values() for document in found} - {""}
    for triple in graph:
        for node in triple:
            if isinstance(node, str) and node.startswith("/") and not node.startswith("/v1/compare?"):
                assert node.split("#")[0] in known, triple


def test_the_next_page_is_no_statement(documents):
    """Beside any key that stands for an IRI, @graph would be a named graph."""
    page = {**answer(documents["units"]), "next": "/v1/units?cursor=x"}
    assert jsonld.to_rdf(page, OPTIONS) == jsonld.to_rdf(answer(documents["units"]), OPTIONS)


def test_lists_and_single_documents_say_the_same(documents):
    [document] = [claim for claim in documents["claims"] if claim["@id"] == MUSK]
    assert jsonld.to_rdf({**CONTEXT, **document}, OPTIONS) == jsonld.to_rdf(answer([document]), OPTIONS)


# schema.org -------------------------------------------------------------------------------------


def typed(graph):
    """The types of each node, and for classes of schema.org what they are a sort of too."""
    types = defaultdict(set)
    for node, predicate, name in graph:
        if predicate == "rdf:type":
            types[node].add(name)
            name = name.removeprefix("schema:") if name.startswith("schema:") else None
            while name:
                types[node].add(name)
                name = CLASSES[name]
    return types


def test_schema_org_is_used_as_it_is_meant(graph):
    types = typed(graph)
    used = set()
    for subject, predicate, thing in graph:
        if not predicate.startswith("schema:"):
            continue
        name = predicate.removeprefix("schema:")
        used.add(name)
        domains, ranges = (set(part.split()) for part in PROPERTIES[name])
        assert "Thing" in domains or types[subject] & domains, (subject, predicate)
        if isinstance(thing, tuple):
            literal = "Text" if thing[1] == "xsd:string" or not thing[1].startswith("xsd:") else thing[1]
            assert literal in ranges, (predicate, thing)
        elif not (name == "author" and types[thing] & UNNAMED):
            assert "URL" in ranges or types[thing] & ranges, (subject, predicate, thing)
    assert PROPERTIES.keys() - used == {"url"}


def test_every_node_has_a_type(graph):
    assert {subject for subject, _, _ in graph} - typed(graph).keys() == set()


# Figures ----------------------------------------------------------------------------------------


def test_values_are_the_decimals_of_the_seed(rows, graph):
    claims = rows("""SELECT id, figure_bound AS bound, figure_value AS value,
                            lower(figure_extent) AS low, upper(figure_extent) AS high FROM claim WHERE kind <> 'statement'""")
    assert {claim.bound for claim in claims} >= {"exact", "approx", "gt", "lt", "lte", "range"}
    for claim in claims:
        ends = (None, None) if claim.bound == "exact" else (claim.low, claim.high)
        value = None if claim.bound in ("gt", "gte", "lt", "lte") else claim.value
        for name, number in zip(("value", "minValue", "maxValue"), (value, *ends)):
            given = objects(graph, f"/v1/claims/{claim.id}#figure", "schema:" + name)
            assert {kind for _, kind in given} <= {"xsd:decimal"}
            assert {Decimal(words) for words, _ in given} == (set() if number is None else {number})
            assert not any("e" in words.lower() for words, _ in given)


def test_printed_words_keep_their_language(rows, graph):
    for claim in rows("""SELECT claim.id, figure_as_printed AS words, source.language FROM claim
                         JOIN source ON source.id = source_id WHERE figure_as_printed IS NOT NULL"""):
        assert objects(graph, f"/v1/claims/{claim.id}#figure", "claimd:asPrinted") == {(claim.words, claim.language)}


def test_the_294000_claim(rows, graph):
    [day] = rows("SELECT (created_at AT TIME ZONE 'UTC')::date::text AS made FROM claim WHERE id = %s", R1.split("/")[-1])
    assert of(graph, R1) == {
        ("rdf:type", "schema:Claim"),
        ("schema:text", ("Training DeepSeek R1 cost 294,000 US dollars.", "en")),
        ("schema:about", "/v1/subjects/deepseek-r1"),
        ("schema:mainEntity", R1 + "#figure"),
        ("schema:appearance", "/v1/sources/r1-under-300000"),
        ("schema:author", "/v1/agents/deepseek"),
        ("schema:exampleOfWork", "/v1/propositions/r1-training-cost-294000"),
        ("schema:sdDatePublished", (day.made, "xsd:date")),
        ("claimd:line", ("3", "xsd:integer")),
        ("claimd:stance", "claimd:asserts"),
        ("prov:wasAttributedTo", "/v1/agents/deepseek"),
        ("prov:wasDerivedFrom", "/v1/sources/nature-r1-paper"),
        ("prov:qualifiedAttribution", R1 + "#hop-1"),
    }
    assert of(graph, R1 + "#figure") == {
        ("rdf:type", "schema:Observation"),
        ("schema:observationAbout", "/v1/subjects/deepseek-r1"),
        ("schema:variableMeasured", "/v1/quantities/training-cost"),
        ("schema:value", ("294000", "xsd:decimal")),
        ("schema:unitCode", "/v1/units/USD"),
        ("schema:unitText", ("US dollar", "en")),
        ("claimd:bound", "claimd:exact"),
        ("claimd:asPrinted", ("294.000 US-Dollar", "de")),
        ("prov:wasQuotedFrom", "/v1/sources/r1-under-300000"),
    }


# Who says so ------------------------------------------------------------------------------------


def test_the_disputed_claim_is_reviewed_by_its_source(graph):
    review = DISPUTED + "#dispute"
    assert objects(graph, DISPUTED, "claimd:stance") == {"claimd:disputes"}
    assert objects(graph, DISPUTED, "claimd:hedge") == {"claimd:allegation"}
    assert objects(graph, DISPUTED, "schema:author") == {"/v1/agents/widespread-misconceptions"}
    assert objects(graph, DISPUTED, "schema:review") == {review}
    assert of(graph, review) == {
        ("rdf:type", "schema:ClaimReview"),
        ("schema:itemReviewed", DISPUTED),
        ("schema:claimReviewed", ("DeepSeek R1's training costs are alleged to be 5.6 million US dollars.", "en")),
        ("schema:author", "/v1/agents/voice-market-shockwave"),
        ("schema:isPartOf", "/v1/sources/market-shockwave"),
        ("schema:reviewRating", review + "-rating"),
    }
    assert of(graph, review + "-rating") == {("rdf:type", "schema:Rating"), ("schema:alternateName", ("disputed", "en"))}


def test_reviews_are_of_disputes_and_multiples_alone(rows, graph):
    reviewed = {(subject, thing) for subject, predicate, thing in graph if predicate == "schema:review"}
    assert reviewed == {(f"/v1/claims/{claim.id}", f"/v1/claims/{claim.id}#{claim.review}") for claim in rows("""
        SELECT id, 'dispute' AS review FROM claim WHERE stance = 'disputes'
        UNION ALL SELECT id, 'check' FROM claim WHERE kind = 'multiple'""")}


def test_no_rating_is_a_number(graph):
    ratings = [subject for subject, predicate, thing in graph if (predicate, thing) == ("rdf:type", "schema:Rating")]
    assert {words for rating in ratings for words, _ in objects(graph, rating, "schema:alternateName")} \
        == {"disputed", "does not follow", "operands missing"}
    assert {predicate for rating in ratings for predicate, _ in of(graph, rating)} == {"rdf:type", "schema:alternateName"}


def test_the_400_times_do_not_follow(graph):
    review = MULTIPLE + "#check"
    assert objects(graph, MULTIPLE, "schema:review") == {review}
    assert objects(graph, MULTIPLE + "#figure", "schema:value") == {("400", "xsd:decimal")}
    assert objects(graph, review, "claimd:verdict") == {"claimd:does_not_follow"}
    assert objects(graph, review, "prov:wasAttributedTo") == {"claimd:claimd"}
    assert objects(graph, review + "-rating", "schema:alternateName") == {("does not follow", "en")}
    above, below = "markets-misled-de-16-capex-1-6-billion", "markets-misled-de-07-reported-5-million"
    candidate = f"{review}/{above}/{below}"
    assert candidate in objects(graph, review, "claimd:candidate")
    assert of(graph, candidate) == {
        ("rdf:type", "claimd:Candidate"),
        ("claimd:numerator", f"/v1/claims/{above}"),
        ("claimd:denominator", f"/v1/claims/{below}"),
        ("claimd:ratio", ("320", "xsd:decimal")),
        ("claimd:ratioLow", ("310", "xsd:decimal")),
        ("claimd:ratioHigh", ("330", "xsd:decimal")),
        ("claimd:verdict", "claimd:does_not_follow"),
    }


def test_the_chain_from_article_over_post_to_musk(graph):
    assert objects(graph, MUSK, "schema:author") == {"/v1/agents/elon-musk"}
    assert objects(graph, MUSK, "schema:appearance") == {"/v1/sources/market-shockwave"}
    assert objects(graph, MUSK, "prov:wasAttributedTo") == {"/v1/agents/elon-musk", "/v1/agents/walter-bloomberg"}
    assert objects(graph, MUSK, "prov:wasDerivedFrom") == {"/v1/sources/deitaone-tweet", "/v1/sources/musk-on-deepseek-gpus"}
    assert objects(graph, MUSK, "prov:qualifiedAttribution") == {MUSK + "#hop-1", MUSK + "#hop-2"}
    for position, agent, role, via in (("1", "walter-bloomberg", "reporter", "deitaone-tweet"),
                                       ("2", "elon-musk", "speaker", "musk-on-deepseek-gpus")):
        assert of(graph, f"{MUSK}#hop-{position}") == {
            ("rdf:type", "prov:Attribution"),
            ("claimd:position", (position, "xsd:integer")),
            ("prov:agent", f"/v1/agents/{agent}"),
            ("dcat:hadRole", f"claimd:{role}"),
            ("claimd:via", f"/v1/sources/{via}"),
        }
    assert ("/v1/sources/deitaone-tweet", "rdf:type", "schema:SocialMediaPosting") in graph
    assert ("/v1/sources/deitaone-tweet", "schema:datePublished", ("2025-01-27", "xsd:date")) in graph
    assert ("/v1/agents/elon-musk", "rdf:type", "schema:Person") in graph


def test_the_translation(graph):
    italian, german = "/v1/sources/markets-misled-it", "/v1/sources/markets-misled-de"
    assert objects(graph, italian, "schema:translationOfWork") == {german}
    assert objects(graph, italian, "claimd:origin") == objects(graph, german, "claimd:origin") == {german}
    assert objects(graph, italian, "prov:wasDerivedFrom") == {german, "/v1/sources/semianalysis-study"}
    assert objects(graph, italian, "schema:isBasedOn") == {"/v1/sources/semianalysis-study"}
    assert {kind for _, kind in objects(graph, italian, "schema:headline")} == {"it"}
    [digest] = objects(graph, italian + "#text", "schema:sha256")
    assert digest == ("1f8de7f396c73ab4e24e0bb7e0ca76f69bf0d019efab8cf1c2a9aa1c79c14096", "xsd:string")


def test_relations_say_the_same_from_both_ends(documents):
    from_one_end, from_the_other = set(), set()
    for source in documents["sources"]:
        for key, reverse in (("isBasedOn", "basisOf"), ("citation", "citedBy"), ("translationOfWork", "translatedBy")):
            from_one_end |= {(key, source["@id"], other) for other in source.get(key, [])}
            from_the_other |= {(key, other, source["@id"]) for other in source.get(reverse, [])}
    assert from_one_end == from_the_other != set()


def test_a_proposition_is_the_work_of_its_claims(graph, rows):
    shared = {(f"/v1/claims/{claim.id}", f"/v1/propositions/{claim.proposition_id}") for claim in
              rows("SELECT id, proposition_id FROM claim")}
    assert {(a, b) for a, predicate, b in graph if predicate == "schema:exampleOfWork"} == shared
    assert {(b, a) for a, predicate, b in graph if predicate == "schema:workExample"} == shared


# Comparisons ------------------------------------------------------------------------------------


def test_a_comparison(graph):
    comparison = "/v1/comparisons/what-training-r1-cost"
    assert of(graph, comparison) > {
        ("rdf:type", "schema:Dataset"),
        ("rdf:type", "claimd:Comparison"),
        ("schema:about", "/v1/subjects/deepseek-r1"),
        ("schema:variableMeasured", "/v1/quantities/training-cost"),
        ("claimd:unit", "/v1/units/USD"),
        ("claimd:baseline", R1),
        ("claimd:compares", DISPUTED),
        ("claimd:sourceCount", ("5", "xsd:integer")),
        ("claimd:originCount", ("4", "xsd:integer")),
        ("claimd:verdict", "claimd:conflict"),
    }
    assert of(graph, comparison + "#spread") == {
        ("rdf:type", "schema:QuantitativeValue"),
        ("schema:minValue", ("294000", "xsd:decimal")),
        ("schema:maxValue", ("5600000", "xsd:decimal")),
        ("claimd:ratio", ("19.05", "xsd:decimal")),
        ("schema:unitCode", "/v1/units/USD"),
    }
    assert of(graph, f"{comparison}#figure/{DISPUTED.split('/')[-1]}") == {
        ("rdf:type", "claimd:ComparedFigure"),
        ("claimd:claim", DISPUTED),
        ("claimd:ratioToBaseline", ("19.05", "xsd:decimal")),
        ("claimd:differenceToBaseline", ("5306000", "xsd:decimal")),
    }
    assert len(objects(graph, comparison, "claimd:pair")) == 15


def test_what_cannot_be_compared_says_why(graph):
    reasons = {thing for _, predicate, thing in graph if predicate == "claimd:reason"}
    assert reasons == {"claimd:subject", "claimd:quantity", "claimd:scope", "claimd:period"}


def test_a_comparison_in_short_is_part_of_the_whole(documents):
    for whole, part in zip(documents["comparisons"], documents["comparisons in short"]):
        assert whole.items() > part.items()
        assert whole.keys() - part.keys() <= {"figure", "pair", "statedMultiple"}


def test_what_a_caller_picks_is_the_answer_itself(documents):
    [document] = documents["compare"]
    assert document["@id"] == "" and not document.keys() & {"name", "description", "about"}
    said = triples([document])
    assert objects(said, short(REQUEST), "claimd:baseline") == {R1}
    assert objects(said, short(REQUEST) + "#spread", "claimd:ratio") == {("19.05", "xsd:decimal")}


def test_another_baseline_makes_another_comparison(rows):
    for baseline, expected in ((None, ""), (R1.split("/")[-1], ""), (DISPUTED.split("/")[-1], "?baseline=" + DISPUTED.split("/")[-1])):
        [(id,)] = rows("""SELECT comparison_linked(comparison_set, outcome, false) ->> '@id'
                          FROM comparison_set, compare(claims, coalesce(%s, baseline_id)) AS outcome
                          WHERE id = 'what-training-r1-cost'""", baseline)
        assert id == "/v1/comparisons/what-training-r1-cost" + expected


def test_another_unit_or_other_stances_make_another_comparison(world):
    world.figure("few", 2, quantity_id="gpus", figure_unit_id="{GPU}")
    world.figure("many", 3, quantity_id="gpus", figure_unit_id="{GPU}", stance="disputes")
    world.figure("dear", 3000)
    world.figure("cheap", 2000)
    world.comparison("picked", ["few", "many", "dear", "cheap"], "cheap")
    world.settle()

    def query(unit=None, stances=None, baseline=None):
        whole, short = (world.value("""SELECT comparison_linked(comparison_set, outcome, %s, %s::stance[]) ->> '@id'
                                       FROM comparison_set, compare(claims, %s, %s, %s::stance[], baseline_id) AS outcome
                                       WHERE id = 'picked'""", in_full, stances, baseline, unit, stances) for in_full in (True, False))
        assert whole == short
        return whole.removeprefix("/v1/comparisons/picked")
    assert query() == query("USD") == query(baseline="cheap") == ""
    assert query("kUSD") == "?unit=kUSD"
    assert query(baseline="few") == query("{GPU}", baseline="few") == "?baseline=few"
    assert query(stances=["disputes", "asserts", "disputes"]) == "?stance=asserts,disputes"
    assert query("kUSD", ["asserts"], "dear") == "?baseline=dear&unit=kUSD&stance=asserts"
    world.insert("unit", id="a&b", name="Pair", dimension_id="count", factor=2)
    assert query("a&b", baseline="few") == "?baseline=few&unit=a%26b"


# What the seed has none of ----------------------------------------------------------------------


def linked(world, table, id):
    return world.value(f"SELECT {table}_linked({table}) FROM {table} WHERE id = %s", id)


def test_a_bare_source(world):
    document = linked(world, "source", "daily")
    assert document.keys() == {"@id", "@type", "description", "origin", "sdDatePublished"}
    assert document["origin"] == "/v1/sources/daily"


def test_a_source_with_everything(world):
    world.insert("agent", id="press", name="Press", kind="organization")
    world.run("""UPDATE source SET title = 'A title', language = 'de-AT', url = 'https://daily.example/1', author = 'A. B.',
                 publisher_id = 'press', published_at = '2025-02-03', revised_at = '2025-02-04',
                 content_sha256 = repeat('0a', 32) WHERE id = 'daily'""")
    for kind in ("translation_of", "syndication_of", "cites", "based_on"):
        world.insert("source_relation", source_id="daily", related_id="weekly", kind=kind)
    said = triples([linked(world, "source", "daily"), linked(world, "source", "weekly")])
    said = {(a, b, (c[0], c[1].lower()) if b == "schema:headline" else c) for a, b, c in said}  # tags have no case
    weekly = "/v1/sources/weekly"
    assert of(said, "/v1/sources/daily") >= {
        ("schema:headline", ("A title", "de-at")),
        ("schema:inLanguage", ("de-AT", "xsd:string")),
        ("schema:url", "https://daily.example/1"),
        ("schema:creditText", ("A. B.", "xsd:string")),
        ("schema:publisher", "/v1/agents/press"),
        ("schema:datePublished", ("2025-02-03", "xsd:date")),
        ("schema:dateModified", ("2025-02-04", "xsd:date")),
        ("schema:translationOfWork", weekly),
        ("claimd:syndicationOf", weekly),
        ("schema:citation", weekly),
        ("schema:isBasedOn", weekly),
        ("prov:wasDerivedFrom", weekly),
    }


def test_a_title_in_an_unknown_language(world):
    world.run("UPDATE source SET title = 'A title' WHERE id = 'daily'")
    world.figure("one", 5)
    assert linked(world, "source", "daily")["headline"] == "A title"
    assert linked(world, "claim", "one")["mainEntity"]["asPrinted"] == "so many dollars"


@pytest.mark.parametrize("period, date, length", [
    ("2021", ("2021", "xsd:gYear"), None), ("2021-02", ("2021-02", "xsd:gYearMonth"), None),
    ("2021-02-03", ("2021-02-03", "xsd:date"), None), ("P1Y", None, ("P1Y", "xsd:string")),
    ("2021/2022", None, None), ("2021/P1Y", None, None), ("P1Y/2021", None, None),
])
def test_periods(world, period, date, length):
    world.figure("one", 5, period=period)
    said = triples([linked(world, "claim", "one")])
    assert objects(said, "/v1/claims/one", "schema:temporalCoverage") == {(period, "xsd:string")}
    assert objects(said, "/v1/claims/one#figure", "schema:observationDate") == ({date} if date else set())
    assert objects(said, "/v1/claims/one#figure", "schema:observationPeriod") == ({length} if length else set())


@pytest.mark.parametrize("bound, expected", [
    ("exact", {"value": "0.10"}), ("approx", {"value": "0.1", "minValue": "0.05", "maxValue": "0.15"}),
    ("gt", {"minValue": "0.1"}), ("gte", {"minValue": "0.1"}), ("lt", {"maxValue": "0.1"}), ("lte", {"maxValue": "0.1"}),
])
def test_the_number_of_a_limit_is_an_end(world, bound, expected):
    world.figure("one", Decimal("0.10"), bound)
    figure = linked(world, "claim", "one")["mainEntity"]
    given = {key: figure[key] for key in ("value", "minValue", "maxValue") if key in figure}
    assert given == {key: str(Decimal(value).normalize()) for key, value in expected.items()}


def test_a_range_with_and_without_a_value(world):
    for name, value in (("with", 6), ("without", None)):
        world.figure(name, value, "range", figure_range="[5,8]")
        figure = linked(world, "claim", name)["mainEntity"]
        assert (figure.get("value"), figure["minValue"], figure["maxValue"]) == (value and "6", "5", "8")


def test_large_and_small_decimals_are_exact(world):
    for name, value in (("large", "123456789012345678901234567890"), ("small", "0.000000000000000000001")):
        world.figure(name, Decimal(value))
        assert objects(triples([linked(world, "claim", name)]), f"/v1/claims/{name}#figure", "schema:value") \
            == {(value, "xsd:decimal")}


@pytest.mark.parametrize("code", ["m/s", "{a}%", "10*6?", "#", "[in_i]"])
def test_the_code_of_a_unit_is_one_segment_of_its_path(world, code):
    world.insert("unit", id=code, name="odd", dimension_id="count", factor=None)
    document = linked(world, "unit", code)
    segment = document["@id"].removeprefix("/v1/units/")
    assert re.fullmatch(r"(%[0-9A-F]{2}|[A-Za-z0-9._~-])+", segment) and urllib.parse.unquote(segment) == code
    assert "factor" not in document and document["termCode"] == code


def test_the_publisher_of_a_source_disputes_for_it(world):
    world.figure("one", 5, stance="disputes")
    assert linked(world, "claim", "one")["review"][0]["author"]["@id"] == "/v1/agents/voice-daily"
    world.insert("agent", id="press", name="Press", kind="organization")
    world.run("UPDATE source SET publisher_id = 'press', published_at = '2025-02-03' WHERE id = 'daily'")
    [review] = linked(world, "claim", "one")["review"]
    assert (review["author"]["@id"], review["datePublished"]) == ("/v1/agents/press", "2025-02-03")
    world.figure("two", 5, source_id="monthly", claimant_id="ada", stance="disputes")
    assert "author" not in linked(world, "claim", "two")["review"][0]


def test_a_multiple_that_is_disputed_too_has_two_reviews(world):
    world.figure("above", 10)
    world.figure("below", 5)
    world.multiple("twice", 2, numerators=["above"], denominators=["below"], stance="disputes")
    reviews = linked(world, "claim", "twice")["review"]
    assert [review["reviewRating"]["alternateName"] for review in reviews] == ["disputed", "follows"]


def test_a_single_figure_has_no_verdict(world):
    world.figure("one", 5)
    document = world.value("SELECT comparison_linked(NULL, outcome) FROM compare('{one}', NULL) AS outcome")
    assert not document.keys() & {"verdict", "pair", "spread", "statedMultiple", "name"}
    assert [figure["ratioToBaseline"] for figure in document["figure"]] == ["1"]


def test_words_are_escaped(world):
    world.figure("one", 5, statement='A "quoted" \\ word\nand <ë>', figure_as_printed='„5" \\u0041')
    document = linked(world, "claim", "one")
    assert (document["text"], document["mainEntity"]["asPrinted"]) == ('A "quoted" \\ word\nand <ë>', '„5" \\u0041')
