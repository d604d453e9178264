"""The seed by itself: the figures of our own reading, the shape of the whole, and the verdicts that have to follow"""
from collections import Counter, defaultdict

import pytest
from figures import FIGURES

TRANSLATIONS = {"markets-misled-de", "markets-misled-it"}

# The columns of figures.tsv; low and high are the printed ends of a range.
SEEDED = """
    SELECT source_id AS source, line::text, figure_as_printed AS as_printed, trim_scale(figure_value)::text AS value,
           trim_scale(lower(figure_range))::text AS low, trim_scale(upper(figure_range))::text AS high,
           figure_bound::text AS bound, figure_unit_id AS unit, kind::text, subject_id AS subject, quantity_id AS quantity,
           scope_id AS scope, period, stance::text, hedge::text, claimant_id AS claimant
    FROM claim WHERE kind <> 'statement'"""

# For each vocabulary, what uses an entry of it.
USES = {
    "proposition": "SELECT proposition_id FROM claim",
    "subject": "SELECT subject_id FROM claim",
    "quantity": "SELECT quantity_id FROM claim",
    "scope": "SELECT scope_id FROM claim",
    "unit": "SELECT figure_unit_id FROM claim",
    "dimension": "SELECT dimension_id FROM quantity",
    "agent": "SELECT claimant_id FROM claim UNION SELECT agent_id FROM attribution UNION SELECT publisher_id FROM source",
    "source": "SELECT source_id FROM claim UNION SELECT via_id FROM attribution UNION SELECT related_id FROM source_relation",
}


# Figures ----------------------------------------------------------------------------------------


def test_figures_are_those_read_from_the_articles(rows):
    seeded, read = (Counter(tuple(figure) for figure in figures) for figures in (rows(SEEDED), FIGURES))
    assert (sorted(seeded - read, key=str), sorted(read - seeded, key=str)) == ([], [])


def test_columns_are_those_of_the_table(rows):
    assert rows(SEEDED)[0]._fields == FIGURES[0]._fields


# Shape ------------------------------------------------------------------------------------------


def test_there_is_as_much_as_the_articles_say(rows):
    [count] = rows("SELECT count(*) AS claims, count(figure_bound) AS figures, count(DISTINCT source_id) AS sources FROM claim")
    assert 200 <= count.claims <= 300 and count.figures >= 40 and count.sources == 5


def test_translations_are_one_origin_and_every_other_source_is_its_own(rows):
    families = defaultdict(set)
    for source in rows("SELECT id, origin_id FROM source"):
        families[source.origin_id].add(source.id)
    assert families.pop("markets-misled-de") == TRANSLATIONS
    assert all(family == {origin} for origin, family in families.items()) and families
    assert [tuple(pair) for pair in rows("""SELECT source_id, related_id FROM source_relation
                                            WHERE kind IN ('translation_of', 'syndication_of')""")] \
        == [("markets-misled-it", "markets-misled-de")]


def test_every_held_source_rests_on_one_that_is_only_cited(rows):
    alone = rows("""
        SELECT id FROM source AS held WHERE content_sha256 IS NOT NULL AND NOT EXISTS (
            SELECT FROM source_relation JOIN source AS upstream ON upstream.id = related_id
            WHERE source_id = held.id AND source_relation.kind IN ('cites', 'based_on') AND upstream.content_sha256 IS NULL)""")
    assert alone == []


def test_claims_stand_in_held_sources_alone(rows):
    assert rows("SELECT id FROM claim WHERE source_id IN (SELECT id FROM source WHERE content_sha256 IS NULL)") == []


@pytest.mark.parametrize("vocabulary", USES)
def test_nothing_is_unused(rows, vocabulary):
    assert rows(f"SELECT id FROM {vocabulary}") != []
    assert rows(f"SELECT id FROM {vocabulary} EXCEPT ({USES[vocabulary]})") == []


def test_a_proposition_is_one_thing_said(rows):
    split = rows("""
        SELECT proposition_id FROM claim GROUP BY proposition_id
        HAVING count(DISTINCT (subject_id, quantity_id, scope_id)) > 1
            OR count(DISTINCT (figure_value, figure_range, figure_unit_id)) > 1
            OR count(DISTINCT period) > 1""")
    assert split == []
    assert rows("SELECT proposition_id FROM claim GROUP BY proposition_id HAVING count(*) > 1") != []


def test_translations_share_their_propositions(rows):
    said = defaultdict(list)
    for claim in rows("SELECT source_id, proposition_id FROM claim WHERE source_id = ANY (%s)", list(TRANSLATIONS)):
        said[claim.source_id].append(claim.proposition_id)
    assert said.keys() == TRANSLATIONS
    for source in TRANSLATIONS:
        [other] = TRANSLATIONS - {source}
        paired = [proposition for proposition in said[source] if proposition in said[other]]
        assert len(paired) >= 0.9 * len(said[source])


# Verdicts ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def claim_id(rows):
    """The id of the one claim of a source with that printed figure."""
    def find(source, as_printed):
        [claim] = rows("SELECT id FROM claim WHERE source_id = %s AND figure_as_printed = %s", source, as_printed)
        return claim.id
    return find


def pair_of(outcome, *claims):
    [pair] = [pair for pair in outcome.pairs if {pair["left"], pair["right"]} == set(claims)]
    return pair


@pytest.mark.parametrize("id", ["what-training-r1-cost", "training-cost-of-deepseek-r1"])
def test_training_r1_cost_from_294000_to_5600000(compared, id):
    found = compared(id)
    assert found.spread == {"min": "294000", "max": "5600000", "ratio": "19.05"}
    assert (found.verdict, found.sources, found.origins, found.unit) == ("conflict", 5, 4, "USD")
    read = [figure for figure in FIGURES if (figure.subject, figure.quantity) == ("deepseek-r1", "training-cost")]
    assert sorted(each["figure"]["as_printed"] for each in found.figures) == sorted(figure.as_printed for figure in read)


def test_one_run_and_total_spending_are_incomparable(compared, claim_id):
    found = compared("spending-against-claimed-training-cost")
    runs = [claim_id("markets-misled-de", "5 Millionen Dollar"), claim_id("markets-misled-it", "5 milioni di $"),
            claim_id("affordability-myth", "5 Millionen US -Dollar"), claim_id("market-shockwave", "5, 6 Millionen Dollar"),
            claim_id("affordability-myth", "6 Millionen US -Dollar")]
    totals = [claim_id("markets-misled-de", "rund 1, 6 Milliarden US-Dollar"),
              claim_id("markets-misled-it", "circa 1, 6 miliardi di $"),
              claim_id("affordability-myth", "1,6 Milliarden US -Dollar"),
              claim_id("affordability-myth", "über 500 Millionen US -Dollar")]
    for run in runs:
        for total in totals:
            pair = pair_of(found, run, total)
            assert (pair["verdict"], pair["reasons"]) == ("incomparable", ["subject", "quantity"])
        fleet = pair_of(found, run, claim_id("affordability-myth", "rund 1,6 Milliarden US -Dollar"))
        assert (fleet["verdict"], fleet["reasons"]) == ("incomparable", ["subject", "quantity", "scope"])


@pytest.mark.parametrize("source, stated, spending, reported", [
    ("markets-misled-de", ["400-mal", "bis zu 400 Mal"],
     ["rund 1, 6 Milliarden US-Dollar", "rund 944 Millionen US-Dollar"], ["5 Millionen US-Dollar", "5 Millionen Dollar"]),
    ("markets-misled-it", ["400 volte", "fino a 400 volte"],
     ["circa 1, 6 miliardi di $", "circa 944 milioni di $"], ["5 milioni di dollari", "5 milioni di $"]),
])
def test_400_times_follows_from_no_two_figures(compared, claim_id, source, stated, spending, reported):
    checked = {multiple["claim"]: multiple for multiple in compared("spending-against-claimed-training-cost").stated_multiples}
    expected = {(claim_id(source, above), claim_id(source, below)): limits for above, limits in
                zip(spending, [("320", "310", "330"), ("188.8", "188.7", "188.9")]) for below in reported}
    for as_printed in stated:
        multiple = checked[claim_id(source, as_printed)]
        assert multiple["verdict"] == "does_not_follow"
        assert {(candidate["numerator"], candidate["denominator"]):
                (candidate["ratio"], candidate["ratio_low"], candidate["ratio_high"])
                for candidate in multiple["candidates"]} == expected
        assert {candidate["verdict"] for candidate in multiple["candidates"]} == {"does_not_follow"}


def test_every_stated_multiple_is_checked_somewhere(compared, rows):
    checked = [multiple["claim"] for comparison in rows("SELECT id FROM comparison")
               for multiple in compared(comparison.id).stated_multiples]
    assert sorted(checked) == sorted(claim.id for claim in rows("SELECT id FROM claim WHERE kind = 'multiple'")) != []


def test_five_times_has_no_figures_to_follow_from(compared, claim_id):
    [multiple] = compared("what-operating-costs").stated_multiples
    assert multiple["claim"] == claim_id("market-shockwave", "etwa fünfmal")
    assert (multiple["verdict"], multiple["candidates"]) == ("operands_missing", [])


def test_v3_and_what_underlies_r1_are_incomparable(compared):
    found = compared("what-training-the-base-model-cost")
    assert {figure["subject"]["id"] for figure in found.figures} == {"deepseek-v3", "deepseek-r1-base"}
    [pair] = found.pairs
    assert (found.verdict, pair["verdict"], pair["reasons"], pair["ratio"]) == ("incomparable", "incomparable", ["subject"], "1")


def test_ten_thousand_gpus_of_three_types_are_incomparable(compared, claim_id):
    found = compared("gpus-held-against-gpus-used")
    german, italian = "markets-misled-de", "markets-misled-it"
    held = {"gpu-a100": [claim_id("market-shockwave", "10.000 A100")],
            "gpu-h800": [claim_id(german, "rund 10.000 „China-spezifischen“ H800-KI-GPUs"),
                         claim_id(italian, "circa 10.000 GPU H800 AI")],
            "gpu-h100": [claim_id(german, "10.000 hochmodernen H100-KI-Chips"),
                         claim_id(italian, "10.000 chip H100 AI")]}
    acquired = [claim_id(german, "10.000 Einheiten der A100-GPUs"), claim_id(italian, "10.000 unità di GPU A100")]
    for type, claims in held.items():
        for other in (claim for others in held if others != type for claim in held[others]):
            for claim in claims:
                pair = pair_of(found, claim, other)
                assert (pair["verdict"], pair["reasons"]) == ("incomparable", ["scope"])
        for claim in claims:
            for bought in acquired:
                reasons = pair_of(found, claim, bought)["reasons"]
                assert reasons == (["quantity", "period"] if type == "gpu-a100" else ["quantity", "scope", "period"])


def test_held_hopper_gpus_agree(compared):
    found = compared("gpus-held-against-gpus-used")
    hopper = [figure["claim"] for figure in found.figures if figure["scope"] == "gpu-hopper"]
    assert len(hopper) == 3
    assert {pair["verdict"] for pair in found.pairs if {pair["left"], pair["right"]} <= set(hopper)} == {"agree"}


def test_rivals_training_cost_and_the_markets_loss(compared):
    rivals = compared("what-rivals-training-cost")
    assert {figure["subject"]["id"]: figure["figure"]["value"] for figure in rivals.figures
            if figure["subject"]["id"] != "deepseek-r1"} == {"chatgpt-4o": "100000000"}
    [loss] = compared("what-the-market-lost").figures
    assert (loss["subject"]["id"], loss["figure"]["as_printed"]) == ("nvidia", "über 300 Milliarden US-Dollar")
