"""Arithmetic of figures: by example, and against a reference in exact fractions."""
import json
from decimal import Decimal
from fractions import Fraction

import pytest
import reference
from hypothesis import assume, example, given
from hypothesis import strategies as st

from properties import tried

POINT_BOUNDS = ("exact", "approx", "gt", "gte", "lt", "lte")
FACTORS = {"USD": 1, "kUSD": 1000}
# numeric keeps at least 16 significant digits of a quotient
PRECISION = Fraction(1, 10 ** 14)


def decimals(low=-9999, high=9999, exponents=range(-6, 10)):
    return st.builds(lambda digits, exponent: Decimal(digits).scaleb(exponent),
                     st.integers(low, high), st.sampled_from(exponents))


def plain(value):
    return format(value, "f")


@st.composite
def figures(draw, low=-99, exponents=range(-2, 3)):
    """A figure as a claim states it: with a value, or as a range."""
    value, unit = draw(decimals(low, 99, exponents)), draw(st.sampled_from(list(FACTORS)))
    bound = draw(st.sampled_from((*POINT_BOUNDS, "range")))
    if bound != "range":
        return {"figure_value": value, "figure_bound": bound, "figure_unit_id": unit}
    width = draw(st.one_of(st.none(), decimals(1, 99, exponents)))
    bounds = draw(st.sampled_from(["[]", "[)", "(]", "()"]))
    high = "" if width is None else plain(value + width)
    return {"figure_range": f"{bounds[0]}{plain(value)},{high}{bounds[1]}", "figure_bound": bound, "figure_unit_id": unit}


def canonical(figure):
    """The value and the interval of a figure in the canonical unit, by the reference."""
    factor = FACTORS[figure["figure_unit_id"]]
    if figure["figure_bound"] != "range":
        value = figure["figure_value"]
        return Fraction(value) * factor, reference.extent(value, figure["figure_bound"]).scaled(factor)
    text = figure["figure_range"]
    low, high = text[1:-1].split(",")
    interval = reference.Interval(Fraction(low), Fraction(high) if high else None,
                                  text[0] == "[", bool(high) and text[-1] == "]")
    return None, interval.scaled(factor)


def from_range(stored):
    """An interval of the reference from psycopg2's."""
    def end(value):
        return None if value is None else Fraction(value)
    return None if stored is None else reference.Interval(end(stored.lower), end(stored.upper),
                                                          stored.lower_inc, stored.upper_inc)


def close(a, b):
    return a == b if a is None or b is None else abs(a - b) <= PRECISION * max(abs(a), abs(b))


def add_pair(world, a, b):
    world.figure("a", **{"value": a.get("figure_value"), "bound": a["figure_bound"], **a})
    world.figure("b", **{"value": b.get("figure_value"), "bound": b["figure_bound"], **b})


PAIR = "FROM figure AS a, figure AS b WHERE a.id = 'a' AND b.id = 'b'"


# Rounding and precision

@pytest.mark.parametrize("ratio, rounded", [
    ("19.0476", "19.05"), ("17.0068", "17.01"), ("320", "320"), ("5442.18", "5442"), ("0.000183749", "0.0001837"),
    ("0", "0"), ("0.000", "0"), ("1.000", "1"), ("9999.5", "10000"), ("0.99995", "1"), ("123456789.9", "123456790"),
    ("-17.0068", "-17.01"), ("-0.000183749", "-0.0001837"), ("100", "100"), ("1.2", "1.2"),
])
def test_ratio_round(world, ratio, rounded):
    assert world.value("SELECT ratio_round(%s)::text", ratio) == rounded


@tried(60)
@given(decimals(-10 ** 9, 10 ** 9, range(-20, 12)))
def test_ratio_round_keeps_four_digits_and_all_whole_ones(world, ratio):
    rounded = world.value("SELECT ratio_round(%s::numeric)::text", plain(ratio))
    assert Decimal(rounded) == reference.rounded(ratio)
    assert "." not in rounded or rounded[-1] not in "0."


@pytest.mark.parametrize("value, half", [
    ("1600000000", "50000000"), ("294000", "500"), ("5.6", "0.05"), ("5.60", "0.05"), ("0", "0.5"), ("0.00", "0.5"),
    ("7", "0.5"), ("10", "5"), ("-300", "50"), ("-0.25", "0.005"), ("1e-30", "5e-31"), ("1e30", "5e29"),
])
def test_half_unit(world, value, half):
    assert world.value("SELECT half_unit(%s)", value) == Decimal(half)


@tried(60)
@given(decimals(exponents=range(-30, 30)))
def test_half_unit_is_half_of_the_last_significant_digit(world, value):
    half = Fraction(world.value("SELECT half_unit(%s::numeric)", plain(value)))
    assert half == reference.half_unit(value)
    units = Fraction(value) / (2 * half)
    assert units.denominator == 1
    assert units % 10 != 0 or value == 0


# Intervals

@pytest.mark.parametrize("bound, extent", [
    ("exact", "[1600,1600]"), ("approx", "[1550,1650]"), ("gt", "(1600,)"), ("gte", "[1600,)"), ("lt", "(,1600)"),
    ("lte", "(,1600]"), ("range", "[1500,2000)"),
])
def test_figure_extent(world, bound, extent):
    assert world.value("SELECT figure_extent(1600, %s, '[1500,2000)') = %s::numrange", bound, extent)


@tried(60)
@given(decimals(), st.sampled_from(POINT_BOUNDS))
def test_figure_extent_of_any_value(world, value, bound):
    stored = world.value("SELECT figure_extent(%s::numeric, %s, NULL)", plain(value), bound)
    assert from_range(stored) == reference.extent(value, bound)


@tried(60)
@given(figures())
def test_a_figure_is_taken_to_the_canonical_unit(world, figure):
    with world.scratch():
        add_pair(world, figure, figure)
        amount, extent = world.run("SELECT amount, extent FROM figure WHERE id = 'a'")[0]
        value, interval = canonical(figure)
    assert (None if amount is None else Fraction(amount)) == value
    assert from_range(extent) == interval


# Two figures

@pytest.mark.parametrize("a, b, verdict", [
    (("exact", 5), ("exact", 5), "agree"),
    (("exact", 5), ("approx", 5), "agree"),
    (("approx", 5), ("approx", 5), "agree"),
    (("gt", 5), ("gt", 5), "agree"),
    (("gt", 5), ("gte", 5), "agree"),
    (("gte", 5), ("lte", 5), "agree"),
    (("exact", 5), ("gte", 5), "agree"),
    (("exact", 5), ("gt", 5), "conflict"),
    (("gt", 5), ("lt", 5), "conflict"),
    (("exact", 5), ("approx", 5.4), "conflict"),
    (("approx", 5), ("exact", 5.4), "overlap"),
    (("approx", 5), ("approx", 6), "overlap"),
    (("gt", 5), ("exact", 6), "overlap"),
    (("gt", 5), ("lt", 6), "overlap"),
    (("exact", 294000), ("lt", 300000), "overlap"),
    (("exact", 294000), ("exact", 5600000), "conflict"),
], ids=str)
def test_verdict(world, a, b, verdict):
    for name, (bound, value) in (("a", a), ("b", b)):
        world.figure(name, value, bound)
    assert world.value(f"SELECT figure_verdict(a, b) {PAIR}") == verdict
    assert world.value(f"SELECT figure_verdict(b, a) {PAIR}") == verdict


@tried(60)
@given(figures(), figures())
def test_verdict_on_any_pair(world, a, b):
    with world.scratch():
        add_pair(world, a, b)
        verdict, reverse = world.run(f"SELECT figure_verdict(a, b), figure_verdict(b, a) {PAIR}")[0]
    assert verdict == reverse
    assert verdict == reference.verdict(*canonical(a), *canonical(b))


@tried(60)
@given(decimals(), st.sampled_from(POINT_BOUNDS))
def test_a_figure_agrees_with_itself_in_another_unit(world, value, bound):
    with world.scratch():
        world.figure("a", value, bound, figure_unit_id="kUSD")
        world.figure("b", value * 1000, bound)
        assert world.value(f"SELECT figure_verdict(a, b) {PAIR}") == "agree"


@pytest.mark.parametrize("columns, reasons", [
    ({}, []),
    ({"subject_id": "beta"}, ["subject"]),
    ({"quantity_id": "price"}, ["quantity"]),
    ({"scope_id": "one-run"}, ["scope"]),
    ({"period": "2021"}, ["period"]),
    ({"figure_unit_id": "kUSD"}, []),
    ({"figure_unit_id": "EUR"}, ["unit"]),
    ({"quantity_id": "gpus", "figure_unit_id": "{GPU}"}, ["quantity", "unit"]),
    ({"subject_id": "beta", "quantity_id": "gpus", "scope_id": "one-run", "period": "2021", "figure_unit_id": "{GPU}"},
     ["subject", "quantity", "scope", "period", "unit"]),
], ids=str)
def test_reasons_are_named_in_order(world, columns, reasons):
    world.figure("a", 5)
    world.figure("b", 5, **columns)
    for pair in ("a, b", "b, a"):
        assert world.value(f"SELECT figure_reasons({pair}) {PAIR}") == reasons
        verdict = world.value(f"SELECT figure_verdict({pair}) {PAIR}")
        assert (verdict == "incomparable") == bool(reasons)


@pytest.mark.parametrize("column, both, other", [("scope_id", "one-run", "all-runs"), ("period", "2021", "2022")])
def test_what_both_print_compares_where_it_is_the_same(world, column, both, other):
    world.figure("a", 5, **{column: both})
    world.figure("b", 5, **{column: both})
    assert world.value(f"SELECT figure_reasons(a, b) {PAIR}") == []
    world.run(f"UPDATE claim SET {column} = %s WHERE id = 'b'", other)
    assert world.value(f"SELECT figure_reasons(a, b) {PAIR}") != []


def test_a_unit_that_does_not_convert_compares_with_itself(world):
    world.figure("a", 6, figure_unit_id="EUR")
    world.figure("b", 3, figure_unit_id="EUR")
    assert world.run(f"SELECT figure_reasons(a, b), figure_verdict(a, b), figure_ratio(a, b) {PAIR}") == [
        ([], "conflict", 2)]


# Ratios

@pytest.mark.parametrize("a, b, ratio, low, high", [
    (("exact", 6), ("exact", 3), 2, 2, 2),
    (("approx", 1600000000), ("exact", 5000000), 320, 310, 330),
    (("exact", 6), ("approx", 3), 2, Decimal(6) / Decimal("3.5"), Decimal("2.4")),
    (("gt", 6), ("exact", 3), 2, 2, None),
    (("lt", 6), ("exact", 3), 2, None, 2),
    (("exact", 6), ("gt", 3), 2, None, 2),
    (("exact", 6), ("lt", 3), 2, 2, None),
    (("lt", 6), ("lt", 3), 2, None, None),
    (("exact", 6), ("exact", 0), None, None, None),
    (("exact", 6), ("approx", 0), None, 12, None),
    (("exact", 6), ("exact", -3), None, None, None),
    (("exact", 0), ("exact", 3), 0, 0, 0),
    (("exact", 0), ("gt", 3), 0, 0, 0),
    (("exact", 0), ("lt", 3), 0, 0, 0),
    (("exact", -6), ("exact", 3), -2, -2, -2),
], ids=str)
def test_ratio(world, a, b, ratio, low, high):
    for name, (bound, value) in (("a", a), ("b", b)):
        world.figure(name, value, bound)
    found = world.run(
        f"SELECT figure_ratio(a, b), lower(figure_ratio_extent(a, b)), upper(figure_ratio_extent(a, b)) {PAIR}")[0]
    for value, expected in zip(found, (ratio, low, high)):
        assert value == expected or close(Fraction(value), Fraction(expected))


@pytest.mark.parametrize("a, b, extent", [
    ("[6,9]", "[2,3]", "[2,4.5]"),
    ("(6,9]", "[2,3)", "(2,4.5]"),
    ("[6,9]", "(2,3)", "(2,4.5)"),
    ("[0,9]", "(2,3)", "[0,4.5)"),
    ("[0,0]", "(2,3)", "[0,0]"),
    ("[0,0]", "(2,)", "[0,0]"),
    ("[0,0]", "(,3]", "[0,0]"),
    ("[0,0]", "[-3,3]", "[0,0]"),
    ("[0,0]", "[-3,0]", None),
    ("[0,9]", "(2,)", "[0,4.5)"),
    ("(0,9]", "[2,)", "(0,4.5]"),
    ("[0,9]", "(,3]", "[0,)"),
    ("[-6,0]", "[2,)", "[-3,0]"),
    ("[-6,0]", "(,3]", "(,0]"),
    ("[-6,0)", "[-3,3]", "(,0)"),
    ("[-6,6]", "(2,3]", "(-3,3)"),
    ("[-6,-6]", "(2,3]", "(-3,-2]"),
    ("[-6,-6]", "[2,3)", "[-3,-2)"),
    ("[-6,6]", "(,3]", None),
    ("[3,6]", "(,3]", "[1,)"),
    ("[3,6]", "[-3,3]", "[1,)"),
    ("[3,6]", "[2,)", "(,3]"),
])
def test_the_ends_of_a_ratio(world, a, b, extent):
    assert world.value("SELECT quotient(%s::numrange, %s::numrange) IS NOT DISTINCT FROM %s::numrange", a, b, extent)


@tried(60)
@given(figures(), figures(), st.lists(st.tuples(st.fractions(0, 1), st.fractions(0, 1)), min_size=1, max_size=8))
@example({"figure_value": Decimal(5), "figure_bound": "gt", "figure_unit_id": "USD"},
         {"figure_value": Decimal(2), "figure_bound": "approx", "figure_unit_id": "kUSD"}, [(Fraction(0), Fraction(1))])
def test_the_interval_of_a_ratio_holds_every_ratio(world, a, b, draws):
    with world.scratch():
        add_pair(world, a, b)
        ratio = from_range(world.value(f"SELECT figure_ratio_extent(a, b) {PAIR}"))
    for draw_a, draw_b in draws:
        point_a, point_b = point(canonical(a)[1], draw_a), point(canonical(b)[1], draw_b)
        if point_b > 0 and ratio is not None:
            slack = PRECISION * (1 + abs(point_a / point_b))
            assert ratio.low is None or point_a / point_b >= ratio.low - slack
            assert ratio.high is None or point_a / point_b <= ratio.high + slack


def point(interval, draw):
    """A value of an interval, or its end; draw says how far along it is."""
    reach = Fraction(10) ** 6 * draw
    if interval.low is None:
        return interval.high - reach
    if interval.high is None:
        return interval.low + reach
    return interval.low + (interval.high - interval.low) * draw


@tried(60)
@given(figures(), figures())
@example({"figure_value": Decimal(0), "figure_bound": "exact", "figure_unit_id": "USD"},
         {"figure_value": Decimal(2), "figure_bound": "gt", "figure_unit_id": "kUSD"})
def test_the_interval_of_a_ratio_is_no_wider_than_it_has_to_be(world, a, b):
    with world.scratch():
        add_pair(world, a, b)
        found = from_range(world.value(f"SELECT figure_ratio_extent(a, b) {PAIR}"))
    expected = reference.ratio_extent(canonical(a)[1], canonical(b)[1])
    if expected is None:
        assert found is None
    else:
        assert close(found.low, expected.low) and close(found.high, expected.high)
        assert (found.low_included, found.high_included) == (expected.low_included, expected.high_included)


@tried(60)
@given(figures(low=1), figures(low=1))
def test_the_ratio_of_the_values_lies_in_its_interval(world, a, b):
    assume("range" not in (a["figure_bound"], b["figure_bound"]))
    with world.scratch():
        add_pair(world, a, b)
        ratio, extent = world.run(f"SELECT figure_ratio(a, b), figure_ratio_extent(a, b) {PAIR}")[0]
    closed = reference.Interval(extent and from_range(extent).low, extent and from_range(extent).high)
    assert Fraction(ratio) in closed


def test_a_ratio_of_units_that_do_not_convert_is_null(world):
    world.figure("a", 6)
    world.figure("b", 3, figure_unit_id="EUR")
    assert world.run(f"SELECT figure_ratio(a, b), figure_ratio_extent(a, b) {PAIR}") == [(None, None)]


# Stated multiples

def check(world, value, bound, numerator, denominator):
    """The database's verdict on a multiple with one candidate, and that candidate's interval."""
    add_pair(world, numerator, denominator)
    world.multiple("m", value, bound, numerators=["a"], denominators=["b"])
    return world.run("SELECT verdict, extent FROM multiple_candidate WHERE multiple_id = 'm'")[0]


def usd(bound, value):
    return {"figure_value": Decimal(value), "figure_bound": bound, "figure_unit_id": "USD"}


SPENT, CLAIMED = usd("approx", 1600000000), usd("exact", 5000000)  # 320 times, between 310 and 330


@pytest.mark.parametrize("bound, value, verdict", [
    ("exact", 320, "follows"),
    ("exact", 310, "follows"),
    ("exact", 330, "follows"),
    ("exact", 331, "does_not_follow"),
    ("exact", 340, "does_not_follow"),
    ("exact", 300, "follows_within_rounding"),
    ("exact", 400, "does_not_follow"),
    ("approx", 320, "follows"),
    ("approx", 300, "follows_within_rounding"),
    ("approx", 400, "does_not_follow"),
    ("lte", 400, "does_not_follow"),
    ("lte", 330, "follows"),
    ("lte", 300, "follows_within_rounding"),
    ("gt", 300, "follows"),
    ("gt", 310, "follows_within_rounding"),
    ("gte", 310, "follows"),
    ("gt", 329, "follows_within_rounding"),
    ("gt", 330, "does_not_follow"),
    ("gte", 330, "follows_within_rounding"),
    ("gt", 400, "does_not_follow"),
    ("lt", 400, "follows"),
    ("lt", 320, "follows_within_rounding"),
    ("lt", 300, "does_not_follow"),
])
def test_a_stated_multiple(world, bound, value, verdict):
    assert check(world, value, bound, SPENT, CLAIMED)[0] == verdict


@pytest.mark.parametrize("stated, verdict", [
    ("[300,340]", "follows"), ("[300,)", "follows"), ("[320,400]", "follows_within_rounding"), ("[340,400]", "does_not_follow"),
])
def test_a_stated_range_of_multiples(world, stated, verdict):
    add_pair(world, SPENT, CLAIMED)
    world.multiple("m", None, "range", ["a"], ["b"], figure_range=stated)
    assert world.value("SELECT verdict FROM multiple_candidate") == verdict


@pytest.mark.parametrize("bound", ["exact", "approx", "lte"])
def test_an_interval_without_an_end_reaches_no_number(world, bound):
    assert check(world, 400, bound, usd("gt", 500000000), CLAIMED)[0] == "does_not_follow"


@pytest.mark.parametrize("denominator", [usd("exact", 0), usd("exact", -5), {**CLAIMED, "figure_unit_id": "EUR"}], ids=str)
def test_nothing_follows_from_a_ratio_that_there_is_not(world, denominator):
    assert check(world, 1, "gt", SPENT, denominator) == ("does_not_follow", None)


@tried(60)
@given(decimals(1, 99, range(-1, 3)), st.sampled_from(POINT_BOUNDS), figures(low=1), figures(low=1))
def test_any_stated_multiple(world, value, bound, numerator, denominator):
    with world.scratch():
        verdict, _ = check(world, value, bound, numerator, denominator)
    ratio = reference.ratio_extent(canonical(numerator)[1], canonical(denominator)[1])
    assert verdict == reference.multiple_verdict(value, bound, ratio)


def test_a_multiple_has_the_best_verdict_of_its_candidates(world):
    add_pair(world, SPENT, CLAIMED)
    world.figure("c", 4000000)
    world.multiple("m", 400, numerators=["a"], denominators=["b", "c"])
    verdict, candidates = world.run("SELECT verdict, candidates FROM multiple_document")[0]
    assert verdict == "follows"
    assert candidates == [
        {"numerator": "a", "denominator": "b", "ratio": "320", "ratio_low": "310", "ratio_high": "330",
         "verdict": "does_not_follow"},
        {"numerator": "a", "denominator": "c", "ratio": "400", "ratio_low": "387.5", "ratio_high": "412.5",
         "verdict": "follows"},
    ]


@pytest.mark.parametrize("numerators, denominators", [([], []), (["a"], []), ([], ["a"])])
def test_a_multiple_without_operands_says_so(world, numerators, denominators):
    world.figure("a", 5)
    world.multiple("m", 400, numerators=numerators, denominators=denominators)
    assert world.run("SELECT verdict, candidates FROM multiple_document") == [("operands_missing", [])]


# Decimals

@tried(60)
@given(decimals(exponents=range(-30, 30)))
def test_decimals_are_written_plainly(world, value):
    text = world.value("SELECT decimal_text(%s::numeric)", plain(value))
    assert Decimal(text) == value
    assert not set(text) - set("-.0123456789")
    assert "." not in text or text[-1] not in "0."
    assert json.loads(world.value("SELECT to_json(decimal_text(%s::numeric))::text", plain(value))) == text
