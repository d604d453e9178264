"""Comparisons: what compare() finds, what it refuses, and which sets there are to compare."""
import time
from datetime import timedelta

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from properties import tried


def rows(world, statement, *parameters):
    found = world.run(statement, *parameters)
    return [dict(zip((column.name for column in world.cursor.description), row)) for row in found]


def compare(world, claims, baseline=None):
    return rows(world, "SELECT outcome.* FROM compare(%s::slug[], %s) AS outcome", claims, baseline)[0]


def order(answer):
    return [figure["claim"] for figure in answer["figures"]]


@pytest.fixture
def costs(world):
    """Three figures of one cost in two sources, one of them a limit, and one that is about another model."""
    world.figure("high", 5600000, source_id="weekly", claimant_id="voice-weekly", stance="disputes", hedge="allegation")
    world.figure("low", 294000)
    world.figure("limit", 300000, "lt", figure_as_printed="less than 300,000 dollars")
    world.figure("other", 400000, subject_id="beta")
    return world


def test_a_whole_answer(costs):
    assert compare(costs, ["low", "high"]) == {
        "unit": "USD",
        "baseline": "low",
        "figures": [
            {"claim": "low", "statement": "Alpha cost that much.",
             "subject": {"id": "alpha", "name": "Alpha"}, "quantity": {"id": "cost", "name": "Cost"},
             "source": {"id": "daily", "title": None, "language": None},
             "claimant": {"id": "voice-daily", "name": "Voice-Daily", "kind": "source"},
             "stance": "asserts", "hedge": "none", "scope": None, "period": None,
             "figure": {"as_printed": "so many dollars", "value": "294000", "low": "294000", "high": "294000",
                        "bound": "exact", "unit": "USD"},
             "amount": {"value": "294000", "low": "294000", "high": "294000"},
             "ratio_to_baseline": "1", "difference_to_baseline": "0"},
            {"claim": "high", "statement": "Alpha cost that much.",
             "subject": {"id": "alpha", "name": "Alpha"}, "quantity": {"id": "cost", "name": "Cost"},
             "source": {"id": "weekly", "title": None, "language": None},
             "claimant": {"id": "voice-weekly", "name": "Voice-Weekly", "kind": "source"},
             "stance": "disputes", "hedge": "allegation", "scope": None, "period": None,
             "figure": {"as_printed": "so many dollars", "value": "5600000", "low": "5600000", "high": "5600000",
                        "bound": "exact", "unit": "USD"},
             "amount": {"value": "5600000", "low": "5600000", "high": "5600000"},
             "ratio_to_baseline": "19.05", "difference_to_baseline": "5306000"},
        ],
        "spread": {"min": "294000", "max": "5600000", "ratio": "19.05"},
        "sources": 2,
        "origins": 2,
        "verdict": "conflict",
        "pairs": [
            {"left": "high", "right": "low", "ratio": "19.05", "ratio_low": "19.05", "ratio_high": "19.05",
             "verdict": "conflict", "reasons": [], "same_origin": False},
        ],
        "stated_multiples": [],
        "figure_count": 2,
        "pair_count": 1,
        "pairs_shown": "all",
    }


def test_a_multiple_among_the_claims_is_checked(world):
    world.figure("spent", 1600000000, "approx", quantity_id="price")
    world.figure("claimed", 5000000)
    world.multiple("times", 400, "lte", ["spent"], ["claimed"], figure_as_printed="up to 400 times")
    world.multiple("again", 320, "exact", ["spent"], ["claimed"], hedge="estimate")
    answer = compare(world, ["times", "spent", "again", "claimed"], "claimed")
    assert order(answer) == ["claimed", "spent"]
    assert answer["pairs"] == [
        {"left": "spent", "right": "claimed", "ratio": "320", "ratio_low": "310", "ratio_high": "330",
         "verdict": "incomparable", "reasons": ["quantity"], "same_origin": True}]
    assert answer["verdict"] == "incomparable"
    assert [multiple["claim"] for multiple in answer["stated_multiples"]] == ["again", "times"]
    assert answer["stated_multiples"][1] == {
        "claim": "times", "statement": "Alpha cost that much.",
        "source": {"id": "daily", "title": None, "language": None},
        "as_printed": "up to 400 times", "stated": {"value": "400", "low": None, "high": "400", "bound": "lte"},
        "stance": "asserts", "hedge": "none",
        "candidates": [{"numerator": "spent", "denominator": "claimed", "ratio": "320", "ratio_low": "310",
                        "ratio_high": "330", "verdict": "does_not_follow"}],
        "verdict": "does_not_follow"}
    assert answer["stated_multiples"][0]["verdict"] == "follows"


def test_a_single_figure_has_nothing_to_be_judged_by(costs):
    answer = compare(costs, ["low"])
    assert order(answer) == ["low"]
    assert (answer["baseline"], answer["pairs"], answer["verdict"], answer["spread"]) == ("low", [], None, None)


def test_a_claim_named_twice_counts_once(costs):
    assert compare(costs, ["low", "high", "low"]) == compare(costs, ["high", "low"])


# Order and baseline

def test_figures_are_ordered_by_value_in_one_unit_then_by_id(world):
    world.figure("c", 7)
    world.figure("b", 7)
    world.figure("a", 1, figure_unit_id="kUSD")
    world.figure("unnamed", None, "range", figure_range="[1,2]")
    world.figure("euros", 1, figure_unit_id="EUR")
    world.figure("chips", 2, quantity_id="gpus", figure_unit_id="{GPU}")
    answer = compare(world, ["unnamed", "euros", "a", "b", "c", "chips"], "b")
    assert order(answer) == ["b", "c", "a", "unnamed", "chips", "euros"]
    figures = {figure["claim"]: figure for figure in answer["figures"]}
    assert figures["a"]["figure"]["unit"] == "kUSD"
    assert {name: (figure["ratio_to_baseline"], figure["difference_to_baseline"]) for name, figure in figures.items()} == {
        "b": ("1", "0"), "c": ("1", "0"), "a": ("142.9", "993"), "unnamed": (None, None), "euros": (None, None),
        "chips": (None, None)}


def test_every_two_figures_are_paired_once_with_the_later_on_the_left(costs):
    answer = compare(costs, ["low", "high", "limit", "other"])
    names = order(answer)
    assert names == ["low", "limit", "other", "high"]
    assert [(pair["left"], pair["right"]) for pair in answer["pairs"]] == [
        (left, right) for index, left in enumerate(names) for right in names[:index]]
    assert all(float(pair["ratio"]) >= 1 for pair in answer["pairs"])


def test_of_two_that_only_convert_into_each_other_the_larger_is_on_the_left(world):
    world.figure("a", 10, figure_unit_id="EUR")
    world.figure("b", 5, figure_unit_id="EUR")
    world.figure("c", 7)
    answer = compare(world, ["a", "b", "c"])
    assert order(answer) == ["c", "b", "a"]
    assert [(pair["left"], pair["right"], pair["ratio"]) for pair in answer["pairs"]] == [
        ("b", "c", None), ("a", "c", None), ("a", "b", "2")]


def test_without_a_baseline_it_is_the_smallest_that_names_a_value(costs):
    costs.figure("least", 200000, "gt")
    costs.figure("thousands", 293, "approx", figure_unit_id="kUSD")
    assert compare(costs, ["low", "high", "limit", "least"])["baseline"] == "low"
    assert compare(costs, ["low", "high", "thousands"])["baseline"] == "thousands"


def test_without_a_baseline_it_is_one_in_the_unit_even_if_others_are_smaller(world):
    world.figure("euros", 5, figure_unit_id="EUR")
    world.figure("low", 7)
    world.figure("high", 900)
    answer = compare(world, ["euros", "low", "high"])
    assert (answer["baseline"], answer["spread"]) == ("low", {"min": "7", "max": "900", "ratio": "128.6"})
    assert order(answer) == ["low", "high", "euros"]


def test_a_limit_in_the_unit_is_not_the_baseline_where_another_figure_names_a_value(world):
    world.figure("euros", 5, figure_unit_id="EUR")
    world.figure("limit", 3, "gt")
    assert compare(world, ["euros", "limit"])["baseline"] == "euros"


def test_without_a_baseline_equal_figures_go_by_id(world):
    world.figure("b", 5)
    world.figure("a", 5)
    assert compare(world, ["b", "a"])["baseline"] == "a"


def test_limits_alone_have_the_smallest_limit_as_baseline(world):
    world.figure("b", 5, "gt")
    world.figure("a", 6, "gt")
    answer = compare(world, ["a", "b"])
    assert (answer["baseline"], answer["unit"], answer["spread"]) == ("b", "USD", None)


def test_a_chosen_baseline_sets_unit_ratios_and_differences(costs):
    costs.figure("chips", 512, quantity_id="gpus", figure_unit_id="{GPU}")
    answer = compare(costs, ["low", "high", "chips"], "high")
    assert [(figure["ratio_to_baseline"], figure["difference_to_baseline"]) for figure in answer["figures"]] == [
        ("0.0525", "-5306000"), ("1", "0"), (None, None)]
    assert compare(costs, ["low", "high", "chips"], "chips")["unit"] == "{GPU}"


def test_decimals_keep_their_digits_and_lose_their_zeros(world):
    world.figure("a", "0.1000", "approx")
    world.figure("b", "123456789012345678901234567890.5")
    figures = [figure["figure"] for figure in compare(world, ["a", "b"])["figures"]]
    assert [(figure["value"], figure["low"], figure["high"]) for figure in figures] == [
        ("0.1", "0.05", "0.15"), ("123456789012345678901234567890.5",) * 3]


# Spread, sources, verdict

def test_the_spread_leaves_out_limits_and_what_does_not_compare(costs):
    assert compare(costs, ["low", "high", "limit", "other"])["spread"] == {
        "min": "294000", "max": "5600000", "ratio": "19.05"}
    assert compare(costs, ["low", "limit", "other"])["spread"] is None


def test_the_spread_depends_on_the_baseline(costs):
    costs.figure("beta-too", 500000, subject_id="beta")
    claims = ["low", "high", "other", "beta-too"]
    assert compare(costs, claims, "other")["spread"] == {"min": "400000", "max": "500000", "ratio": "1.25"}


def test_the_unit_is_that_of_the_quantity_whatever_the_figures_are_in(costs):
    costs.run("UPDATE quantity SET unit_id = 'kUSD' WHERE id = 'cost'")
    answer = compare(costs, ["low", "high"])
    assert (answer["unit"], answer["spread"]) == ("kUSD", {"min": "294", "max": "5600", "ratio": "19.05"})
    assert [figure["difference_to_baseline"] for figure in answer["figures"]] == ["0", "5306"]
    assert [figure["figure"]["unit"] for figure in answer["figures"]] == ["USD", "USD"]


def test_figures_that_only_convert_into_each_other_have_ratios_but_no_amounts(world):
    world.figure("a", 2, figure_unit_id="EUR")
    world.figure("b", 6, figure_unit_id="EUR")
    answer = compare(world, ["a", "b"])
    assert (answer["unit"], answer["spread"], answer["verdict"]) == ("USD", None, "conflict")
    assert [(figure["ratio_to_baseline"], figure["difference_to_baseline"]) for figure in answer["figures"]] == [
        ("1", None), ("3", None)]


def test_a_spread_from_nothing_has_no_ratio(world):
    world.figure("a", 0)
    world.figure("b", 5)
    assert compare(world, ["a", "b"])["spread"] == {"min": "0", "max": "5", "ratio": None}


def test_tied_sources_are_one_origin(costs):
    assert (compare(costs, ["low", "high"])["sources"], compare(costs, ["low", "high"])["origins"]) == (2, 2)
    costs.insert("source_relation", source_id="weekly", related_id="daily", kind="translation_of")
    answer = compare(costs, ["low", "high"])
    assert (answer["sources"], answer["origins"], answer["pairs"][0]["same_origin"]) == (2, 1, True)


@pytest.mark.parametrize("values, verdict", [
    ([("exact", 5), ("approx", 5)], "agree"),
    ([("exact", 5), ("approx", 5), ("gte", 5)], "agree"),
    ([("exact", 5), ("exact", 5), ("gt", 4)], "overlap"),
    ([("exact", 5), ("exact", 5), ("gt", 4), ("exact", 6)], "conflict"),
])
def test_the_verdict_on_all_pairs(world, values, verdict):
    for index, (bound, value) in enumerate(values):
        world.figure(f"figure-{index}", value, bound)
    claims = [f"figure-{index}" for index in range(len(values))]
    assert compare(world, claims)["verdict"] == verdict
    world.figure("elsewhere", 900, subject_id="beta")
    assert compare(world, [*claims, "elsewhere"])["verdict"] == verdict


def test_no_comparable_pair_is_incomparable(costs):
    answer = compare(costs, ["low", "other"])
    assert (answer["verdict"], answer["pairs"][0]["reasons"]) == ("incomparable", ["subject"])


ENDS = st.sampled_from([-5, 0, "0.5", 1, 2, 3, 1000, 2000])
CHOICES = {
    "subject_id": ["alpha", "alpha", "alpha", "beta"], "scope_id": [None, None, "one-run"], "period": [None, None, "2024"],
    "figure_unit_id": ["USD", "USD", "kUSD", "EUR"]}


@st.composite
def printed(draw):
    """The columns of a figure with any bound, ends of a range open or closed, with a value inside or none."""
    row = {column: draw(st.sampled_from(values)) for column, values in CHOICES.items()}
    bound = draw(st.sampled_from(["exact", "exact", "approx", "gt", "gte", "lt", "lte", "range", "range"]))
    if bound != "range":
        return {**row, "bound": bound, "value": draw(ENDS)}
    low, high = sorted(draw(st.lists(st.sampled_from([0, 1, 2, 3]), min_size=2, max_size=2, unique=True)))
    sides = draw(st.sampled_from(["[]", "()", "[)", "(]"]))
    ends = draw(st.sampled_from([(low, high), (low, ""), ("", high)]))
    return {**row, "bound": "range", "value": draw(st.sampled_from([None, None, (low + high) / 2])),
            "figure_range": f"{sides[0]}{ends[0]},{ends[1]}{sides[1]}"}


def test_the_verdict_on_all_is_the_greatest_of_the_pairs(world):
    @tried(150)
    @given(st.lists(printed(), min_size=2, max_size=6))
    def agrees(figures):
        with world.scratch():
            for number, figure in enumerate(figures):
                world.figure(f"figure-{number}", **figure)
            answer = compare(world, [f"figure-{number}" for number in range(len(figures))])
            verdict, = world.run("SELECT max(figure_verdict(a, b))::text FROM figure AS a JOIN figure AS b ON a.id < b.id")[0]
            assert answer["verdict"] == verdict
            assert {pair["verdict"] for pair in answer["pairs"]} >= {verdict} and answer["pair_count"] == len(answer["pairs"])
    agrees()


# Refusals

@pytest.mark.parametrize("claims, baseline, column, sentence", [
    (["low", "nobody"], None, "claims", "There is no claim nobody."),
    (["nobody-else", "nobody"], None, "claims", "There is no claim nobody-else."),
    (["low", "saying"], None, "claims", "Claim saying gives no figure."),
    (["times"], None, "claims", "A comparison needs a figure."),
    ([], None, "claims", "A comparison needs a figure."),
    (None, None, "claims", "A comparison needs a figure."),
    (["low", "high"], "limit", "baseline", "The baseline limit is not among the figures."),
    (["low", "high"], "nobody", "baseline", "The baseline nobody is not among the figures."),
    (["low", "high", "times"], "times", "baseline", "The baseline times is not among the figures."),
], ids=str)
def test_refuses(costs, claims, baseline, column, sentence):
    costs.multiple("times", 400)
    costs.figure("saying", None, None, kind="statement", quantity_id=None, figure_as_printed=None, figure_unit_id=None)
    with pytest.raises(psycopg2.Error) as caught:
        compare(costs, claims, baseline)
    error = caught.value
    assert (error.pgcode, error.diag.column_name, error.diag.message_primary) == ("CL400", column, sentence)


# Sets

def sets(world):
    return rows(world, """
        SELECT id, kind, title, description, subject_id, quantity_id, baseline_id, claims::text[], created_at
        FROM comparison_set ORDER BY id
    """)


def test_every_quantity_of_a_subject_with_two_figures_is_a_set(costs):
    costs.run("UPDATE claim SET created_at = now() + interval '1 day' WHERE id = 'limit'")
    costs.multiple("times", 400)
    costs.multiple("times-more", 500)
    found = sets(costs)
    now = costs.value("SELECT now()")
    assert found == [{"id": "cost-of-alpha", "kind": "derived", "title": "Cost of Alpha", "description": None,
                      "subject_id": "alpha", "quantity_id": "cost", "baseline_id": None,
                      "claims": ["high", "limit", "low"], "created_at": now}]
    costs.run("DELETE FROM claim WHERE id = 'low'")
    assert sets(costs)[0]["created_at"] == now + timedelta(days=1)
    costs.run("DELETE FROM claim WHERE id = 'high'")
    assert sets(costs) == []


@pytest.mark.parametrize("claims, subject, quantity", [
    (["low", "high", "times"], "alpha", "cost"),
    (["low", "other"], None, "cost"),
    (["low", "chips"], "alpha", None),
    (["low", "times"], "alpha", "cost"),
])
def test_a_curated_set_has_what_its_figures_share(costs, claims, subject, quantity):
    costs.figure("chips", 512, quantity_id="gpus", figure_unit_id="{GPU}")
    costs.multiple("times", 400, subject_id="beta")
    costs.comparison("picked", claims)
    costs.settle()
    curated, = [found for found in sets(costs) if found["kind"] == "curated"]
    assert (curated["id"], curated["claims"]) == ("picked", sorted(claims))
    assert (curated["subject_id"], curated["quantity_id"]) == (subject, quantity)


def test_a_curated_set_has_its_baseline(costs):
    costs.comparison("picked", ["low", "high"], "high")
    costs.settle()
    assert [found["baseline_id"] for found in sets(costs) if found["id"] == "picked"] == ["high"]


# Size

def test_of_fifty_figures_each_is_paired_with_each(world):
    names = [f"figure-{number:02}" for number in range(50)]
    for number, name in enumerate(names):
        world.figure(name, 294000 + number, ("exact", "approx", "gt", "lt")[number % 4],
                     figure_unit_id=("USD", "kUSD")[number % 2])
    answer = compare(world, names)
    assert (len(answer["figures"]), len(answer["pairs"])) == (50, 1225)


def fill(world, number):
    """That many figures, the least of them last."""
    world.run("""
        INSERT INTO claim (id, source_id, line, statement, kind, subject_id, quantity_id, figure_as_printed, figure_value, figure_bound,
                           figure_unit_id, claimant_id, stance, hedge, proposition_id)
        SELECT format('figure-%%s', n), 'daily', n, 'Alpha cost that much.', 'numeric', 'alpha', 'cost', n || ' dollars', 5000 - n, 'exact',
               'USD', 'voice-daily', 'asserts', 'none', 'said' FROM generate_series(1, %s) AS n""", number)
    return [f"figure-{n}" for n in range(1, number + 1)]


def test_of_many_figures_each_is_paired_with_the_baseline_alone(world):
    names = fill(world, 51)
    answer = compare(world, names, "figure-20")
    assert (answer["figure_count"], answer["pair_count"], answer["pairs_shown"]) == (51, 1275, "baseline")
    places = {name: place for place, name in enumerate(order(answer))}
    assert [(pair["left"], pair["right"]) for pair in answer["pairs"]] == sorted(
        ((max(name, "figure-20", key=places.get), min(name, "figure-20", key=places.get)) for name in names if name != "figure-20"),
        key=lambda pair: (places[pair[0]], places[pair[1]]))
    assert answer["verdict"] == "conflict" and all(pair["verdict"] == "conflict" for pair in answer["pairs"])


def test_of_very_many_figures_the_first_are_shown_and_all_are_compared(world):
    names = fill(world, 1200)
    answer = compare(world, names, "figure-1")
    assert order(answer) == names[:-1001:-1] + ["figure-1"]
    assert (answer["figure_count"], answer["pair_count"], len(answer["pairs"])) == (1200, 1200 * 1199 // 2, 1000)
    assert answer["spread"] == {"min": "3800", "max": "4999", "ratio": "1.316"}


def test_no_figure_is_looked_at_for_each_other(world):
    """Sixteen times as many would take 256 times as long then."""
    names = fill(world, 1600)

    def took(number):
        started = time.monotonic()
        compare(world, names[:number], "figure-1")
        return time.monotonic() - started

    fewer, more = (min(took(number) for _ in range(3)) for number in (100, 1600))
    assert more < 64 * fewer


def test_one_set_is_found_without_looking_at_the_others(world):
    """A filter by id goes into both halves of the view, down to an index."""
    for number in range(400):
        world.insert("subject", id=f"subject-{number}", name="One of many", kind="model", description="A model.")
        world.insert("comparison", id=f"picked-{number}", title="One of many", description="Picked.")
        world.figure(f"figure-{number}", 5, subject_id=f"subject-{number}")
    world.run("ANALYZE claim, comparison")
    plan = "\n".join(line for line, in world.run("EXPLAIN SELECT * FROM comparison_set WHERE id = 'cost-of-alpha'"))
    assert "claim_derived_comparison" in plan
    assert "comparison_pkey" in plan


# What a caller may choose -----------------------------------------------------------------------


def choose(world, claims, baseline=None, unit=None, stances=None):
    [answer] = rows(world, "SELECT outcome.* FROM compare(%s::slug[], %s, %s, %s::stance[]) AS outcome",
                    claims, baseline, unit, stances)
    return answer


def test_stances_leave_the_figures_of_others_out(costs):
    everything = ["low", "high", "limit"]
    assert choose(costs, everything, stances=["asserts", "reports", "disputes"]) == compare(costs, everything)
    only = choose(costs, everything, stances=["disputes"])
    assert [figure["claim"] for figure in only["figures"]] == ["high"] and only["baseline"] == "high"


def test_amounts_are_in_the_unit_wanted(world):
    world.figure("kilo", 2500)
    answer = choose(world, ["kilo"], unit="kUSD")
    [figure] = answer["figures"]
    assert (answer["unit"], figure["amount"]) == ("kUSD", {"value": "2.5", "low": "2.5", "high": "2.5"})
    assert figure["figure"]["value"] == "2500"


@pytest.mark.parametrize("chosen, column", [
    ({"unit": "nothing"}, "unit"), ({"unit": "{GPU}"}, "unit"), ({"stances": ["reports"]}, "stance"),
    ({"baseline": "high", "stances": ["asserts"]}, "baseline")])
def test_refuses_what_cannot_be_chosen(costs, chosen, column):
    with pytest.raises(psycopg2.Error) as refusal:
        choose(costs, ["low", "high"], **chosen)
    assert (refusal.value.pgcode, refusal.value.diag.column_name) == ("CL400", column)
