"""Comparisons: which there are, what each finds, and what the arithmetic must be"""
import collections
import itertools
from fractions import Fraction

import pytest

DERIVED = """SELECT quantity_id || '-of-' || subject_id, quantity_id::text, subject_id::text FROM claim WHERE kind = 'numeric'
             GROUP BY quantity_id, subject_id HAVING count(*) > 1"""
BEST_FIRST = ["follows", "follows_within_rounding", "does_not_follow"]


@pytest.fixture(scope="module")
def in_short(api):
    return {item["id"]: item for item in api.items("/v1/comparisons")}


@pytest.fixture(scope="module")
def comparisons(api, in_short):
    return {id: api.get("/v1/comparisons/" + id) for id in in_short}


@pytest.fixture(scope="module")
def origins(rows):
    return dict(rows("SELECT id::text, origin_id::text FROM source"))


# Which there are --------------------------------------------------------------------------------


def test_there_is_one_for_every_quantity_of_a_subject_with_two_figures(in_short, rows):
    derived = {id: (item["quantity"]["id"], item["subject"]["id"])
               for id, item in in_short.items() if item["kind"] == "derived"}
    assert derived == {id: (quantity, subject) for id, quantity, subject in rows(DERIVED)} != {}


def test_curated_ones_are_those_stored(in_short, rows):
    curated = {id: (item["title"], item["description"], item["claims"])
               for id, item in in_short.items() if item["kind"] == "curated"}
    stored = rows("""SELECT id::text, title, description, (SELECT count(*) FROM comparison_claim WHERE comparison_id = id)
                     FROM comparison""")
    assert curated == {id: (title, description, claims) for id, title, description, claims in stored}
    assert len(curated) >= 7


def test_filter_by_kind(api, in_short):
    for kind in ("curated", "derived"):
        assert api.ids("/v1/comparisons", kind=kind) == sorted(id for id, item in in_short.items() if item["kind"] == kind)
    assert api.ids("/v1/comparisons", kind=["derived", "curated"]) == sorted(in_short)


@pytest.mark.parametrize("name", ["subject", "quantity"])
def test_filter_by_what_is_compared(api, in_short, name):
    values = sorted({item[name]["id"] for item in in_short.values() if item[name]})
    assert values
    for wanted in [*([value] for value in values), values[:2], ["no-such-thing"]]:
        found = sorted(id for id, item in in_short.items() if item[name] and item[name]["id"] in wanted)
        assert api.ids("/v1/comparisons", **{name: wanted}) == found
        assert (found == []) == (wanted == ["no-such-thing"])


def test_filters_together_all_hold(api, in_short):
    item = next(item for item in in_short.values() if item["kind"] == "derived")
    filters = {"kind": "derived", "subject": item["subject"]["id"], "quantity": item["quantity"]["id"]}
    assert api.ids("/v1/comparisons", **filters) == [item["id"]]


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_pages_give_each_comparison_once_and_in_order(api, in_short, limit):
    assert api.ids("/v1/comparisons", limit=limit) == sorted(in_short)


def test_short_form_says_what_the_whole_says(in_short, comparisons):
    for id, item in in_short.items():
        whole = comparisons[id]
        assert item == {**{key: whole.get(key) for key in item}, "claims": len(whole["figures"]) + len(whole["stated_multiples"])}


# What each finds --------------------------------------------------------------------------------


def significant(ratio):
    """The ratio with four significant digits, whole digits never dropped; halves away from zero."""
    places = 0
    while ratio and abs(ratio) * 10 ** places < 1000:
        places += 1
    scaled = abs(ratio) * 10 ** places
    rounded = Fraction(int(scaled + Fraction(1, 2)), 10 ** places)
    return -rounded if ratio < 0 else rounded


def number(text):
    return None if text is None else Fraction(text)


def divided(dividend, divisor):
    dividend, divisor = number(dividend), number(divisor)
    return None if dividend is None or divisor is None or divisor <= 0 else significant(dividend / divisor)


def every_pair(comparison):
    figures = {figure["claim"]: figure for figure in comparison["figures"]}
    return [(pair, figures[pair["left"]], figures[pair["right"]]) for pair in comparison["pairs"]]


def test_figures_are_the_claims(api, comparisons):
    claims = {claim["id"]: claim for claim in api.items("/v1/claims")}
    for comparison in comparisons.values():
        for figure in comparison["figures"]:
            claim = claims[figure["claim"]]
            shared = ["statement", "subject", "quantity", "source", "claimant", "stance", "hedge", "scope", "period", "figure"]
            assert {key: figure[key] for key in shared} == {key: claim[key] for key in shared}
        for multiple in comparison["stated_multiples"]:
            claim = claims[multiple["claim"]]
            assert claim["kind"] == "multiple" and multiple["as_printed"] == claim["figure"]["as_printed"]
            assert multiple["stated"] == {key: claim["figure"][key] for key in ("value", "low", "high", "bound")}
            assert all(multiple[key] == claim[key] for key in ("statement", "source", "stance", "hedge"))


def test_figures_come_by_value(comparisons):
    for comparison in comparisons.values():
        values = [number(figure["figure"]["value"]) for figure in comparison["figures"]
                  if figure["figure"]["unit"] == comparison["unit"] and figure["figure"]["value"]]
        assert values == sorted(values)


def test_ratios_and_differences_are_to_the_baseline(comparisons):
    for comparison in comparisons.values():
        baseline = next(figure for figure in comparison["figures"] if figure["claim"] == comparison["baseline"])
        for figure in comparison["figures"]:
            if figure["figure"]["unit"] != baseline["figure"]["unit"]:
                assert figure["ratio_to_baseline"] is None and figure["difference_to_baseline"] is None
                continue
            value, base = number(figure["figure"]["value"]), number(baseline["figure"]["value"])
            assert number(figure["ratio_to_baseline"]) == divided(value, base)
            assert number(figure["difference_to_baseline"]) == (None if value is None or base is None else value - base)


def test_every_pair_is_there_once(comparisons):
    for comparison in comparisons.values():
        claims = [figure["claim"] for figure in comparison["figures"]]
        assert [(pair["right"], pair["left"]) for pair in sorted(
            comparison["pairs"], key=lambda pair: (claims.index(pair["right"]), claims.index(pair["left"])))] \
            == list(itertools.combinations(claims, 2))


def test_ratios_of_pairs_carry_their_interval(comparisons):
    checked = 0
    for pair, left, right in itertools.chain.from_iterable(map(every_pair, comparisons.values())):
        if left["figure"]["unit"] != right["figure"]["unit"]:
            assert pair["ratio"] is pair["ratio_low"] is pair["ratio_high"] is None
            continue
        a, b = left["figure"], right["figure"]
        assert number(pair["ratio"]) == divided(a["value"], b["value"])
        assert number(pair["ratio_low"]) == divided(a["low"], b["high"])
        assert number(pair["ratio_high"]) == divided(a["high"], b["low"])
        checked += 1
    assert checked


def differences(left, right):
    """In what two figures differ, so that they cannot be compared."""
    differing = [key for key in ("subject", "quantity", "scope", "period") if left[key] != right[key]]
    return differing + ["unit"] * (left["figure"]["unit"] != right["figure"]["unit"])


def meet(a, b):
    """Whether intervals meet; an end belongs to its interval unless the words are "over" or "less than"."""
    def below(low, high):
        if low["low"] is None or high["high"] is None:
            return True
        touching = low["bound"] != "gt" and high["bound"] != "lt"
        return number(low["low"]) <= number(high["high"]) if touching else number(low["low"]) < number(high["high"])
    return below(a, b) and below(b, a)


def test_verdicts_of_pairs_follow_from_their_figures(comparisons, origins):
    verdicts = collections.Counter()
    for pair, left, right in itertools.chain.from_iterable(map(every_pair, comparisons.values())):
        a, b = left["figure"], right["figure"]
        assert pair["reasons"] == differences(left, right)
        assert (pair["verdict"] == "incomparable") == bool(pair["reasons"])
        if not pair["reasons"]:
            assert (pair["verdict"] == "conflict") == (not meet(a, b))
        if pair["verdict"] == "agree":
            assert a["value"] == b["value"] or (a["low"], a["high"]) == (b["low"], b["high"])
        assert pair["same_origin"] == (origins[left["source"]["id"]] == origins[right["source"]["id"]])
        verdicts[pair["verdict"]] += 1
    assert set(verdicts) >= {"agree", "conflict", "incomparable"}


def test_verdict_of_all_is_made_of_the_pairs(comparisons):
    for comparison in comparisons.values():
        verdicts = {pair["verdict"] for pair in comparison["pairs"]} - {"incomparable"}
        expected = next((verdict for verdict in ("conflict", "overlap", "agree") if verdict in verdicts), "incomparable")
        assert comparison["verdict"] == (expected if comparison["pairs"] else None)


def test_sources_and_origins_are_counted_once(comparisons, origins):
    for comparison in comparisons.values():
        sources = {figure["source"]["id"] for figure in comparison["figures"]}
        assert comparison["sources"] == len(sources)
        assert comparison["origins"] == len({origins[source] for source in sources})


def test_spread_is_over_what_compares_with_the_baseline(comparisons):
    spreads = 0
    for comparison in comparisons.values():
        baseline = next(figure for figure in comparison["figures"] if figure["claim"] == comparison["baseline"])
        values = [number(figure["figure"]["value"]) for figure in comparison["figures"]
                  if figure["figure"]["bound"] in ("exact", "approx") and not differences(figure, baseline)]
        if len(values) < 2:
            assert comparison["spread"] is None
            continue
        assert {key: number(value) for key, value in comparison["spread"].items()} \
            == {"min": min(values), "max": max(values), "ratio": divided(max(values), min(values))}
        spreads += 1
    assert spreads


def test_multiples_are_tried_on_every_two_operands(comparisons, rows):
    operands = collections.defaultdict(list)
    for multiple, role, operand in rows("SELECT multiple_id, role, operand_id FROM multiple_operand"):
        operands[multiple, role].append(operand)
    for multiple in itertools.chain.from_iterable(comparison["stated_multiples"] for comparison in comparisons.values()):
        tried = [(candidate["numerator"], candidate["denominator"]) for candidate in multiple["candidates"]]
        numerators, denominators = operands[multiple["claim"], "numerator"], operands[multiple["claim"], "denominator"]
        assert sorted(tried) == sorted(itertools.product(numerators, denominators))
        verdicts = [candidate["verdict"] for candidate in multiple["candidates"]]
        assert multiple["verdict"] == (min(verdicts, key=BEST_FIRST.index) if verdicts else "operands_missing")


# What the five articles come to -----------------------------------------------------------------


def test_what_training_r1_cost(comparisons):
    found = comparisons["what-training-r1-cost"]
    assert found["subject"]["id"] == "deepseek-r1" and found["quantity"]["id"] == "training-cost" and found["unit"] == "USD"
    assert found["spread"] == {"min": "294000", "max": "5600000", "ratio": "19.05"}
    assert found["verdict"] == "conflict"
    assert found["origins"] == found["sources"] - 1


def test_what_was_spent_in_all_is_not_what_one_run_cost(comparisons):
    pairs = every_pair(comparisons["spending-against-claimed-training-cost"])
    across = [pair for pair, left, right in pairs if left["quantity"]["id"] != right["quantity"]["id"]]
    assert across
    assert all(pair["verdict"] == "incomparable" and "quantity" in pair["reasons"] for pair in across)
    assert any(pair["ratio"] == "320" for pair in across)


def test_400_times_does_not_follow_from_1600_to_5(comparisons):
    multiples = comparisons["spending-against-claimed-training-cost"]["stated_multiples"]
    assert len(multiples) == 4
    for multiple in multiples:
        assert multiple["stated"]["value"] == "400" and multiple["verdict"] == "does_not_follow"
        assert any(candidate["ratio"] == "320" and candidate["ratio_low"] == "310" and candidate["ratio_high"] == "330"
                   for candidate in multiple["candidates"])


# What a caller picks ----------------------------------------------------------------------------


def test_subject_and_quantity_give_what_is_derived(api, comparisons):
    for comparison in comparisons.values():
        if comparison["kind"] == "derived":
            picked = api.get("/v1/compare", subject=comparison["subject"]["id"], quantity=comparison["quantity"]["id"])
            assert picked == {key: comparison[key] for key in picked}


def test_claims_give_what_a_comparison_of_them_gives(api, comparisons):
    for comparison in comparisons.values():
        claims = [each["claim"] for each in comparison["figures"] + comparison["stated_multiples"]]
        if len(claims) > 1:
            picked = api.get("/v1/compare", claims=claims[::-1], baseline=comparison["baseline"])
            assert picked == {key: comparison[key] for key in picked}


def test_baseline_may_be_any_of_the_figures(api, comparisons):
    whole = comparisons["what-training-r1-cost"]
    for figure in whole["figures"]:
        rebased = api.get("/v1/comparisons/" + whole["id"], baseline=figure["claim"])
        assert rebased["baseline"] == figure["claim"]
        assert all(rebased[key] == whole[key] for key in ("pairs", "verdict", "sources", "origins", "stated_multiples"))
        own = next(each for each in rebased["figures"] if each["claim"] == figure["claim"])
        assert own["ratio_to_baseline"] == "1" and own["difference_to_baseline"] == "0"


def test_without_a_baseline_it_is_the_smallest_value(api, comparisons):
    whole = comparisons["what-training-r1-cost"]
    picked = api.get("/v1/compare", claims=[figure["claim"] for figure in whole["figures"]])
    naming_a_value = [figure for figure in whole["figures"] if figure["figure"]["bound"] in ("exact", "approx")]
    smallest = min(naming_a_value, key=lambda figure: (number(figure["figure"]["value"]), figure["claim"]))
    assert picked["baseline"] == smallest["claim"]


@pytest.fixture(scope="module")
def picks(column):
    """Claims of each kind, to pick from."""
    return {kind: column("SELECT id FROM claim WHERE kind = %s ORDER BY id", kind)
            for kind in ("numeric", "multiple", "statement")}


def test_figures_of_other_units_are_incomparable(api, rows):
    picked = dict(rows("""SELECT DISTINCT ON (figure_unit_id) figure_unit_id::text, id::text FROM claim
                          WHERE kind = 'numeric' ORDER BY 1, 2"""))
    assert len(picked) > 1
    found = api.get("/v1/compare", claims=list(picked.values()), baseline=picked["USD"])
    assert found["unit"] == "USD" and found["verdict"] == "incomparable" and found["spread"] is None
    assert all("unit" in pair["reasons"] and pair["ratio"] is None for pair in found["pairs"])


@pytest.mark.parametrize("query, parameter", [
    ("", "claims"),
    ("?claims={numeric[0]}", "claims"),
    ("?claims={numeric[0]},no-such-claim", "claims"),
    ("?claims={numeric[0]},{statement[0]}", "claims"),
    ("?claims={multiple[0]},{multiple[1]}", "claims"),
    ("?claims={numeric[0]},{numeric[1]}&subject=deepseek-r1&quantity=training-cost", "claims"),
    ("?subject=deepseek-r1", "claims"),
    ("?quantity=training-cost", "claims"),
    ("?subject=no-such-subject&quantity=training-cost", "quantity"),
    ("?subject=deepseek-r1&quantity=no-such-quantity", "quantity"),
    ("?subject=deepseek-r1,nvidia&quantity=training-cost", "subject"),
    ("?claims={numeric[0]},{numeric[1]}&baseline={numeric[2]}", "baseline"),
    ("?claims={numeric[0]},{multiple[0]}&baseline={multiple[0]}", "baseline"),
    ("?claims={numeric[0]},{numeric[1]}&baseline=no-such-claim", "baseline"),
])
def test_what_cannot_be_compared(api, picks, query, parameter):
    problem = api.problem("/v1/compare" + query.format(**picks), "invalid-parameter", parameters=[parameter])
    assert not any(word in problem["detail"] for word in ("SELECT", "ERROR", "CL400", "PL/pgSQL"))


def test_baseline_that_is_not_compared(api, picks):
    statement = picks["statement"][0]
    target = f"/v1/comparisons/what-training-r1-cost?baseline={statement}"
    problem = api.problem(target, "invalid-parameter", parameters=["baseline"])
    assert statement in problem["detail"]


def test_fifty_claims_at_once(api, picks):
    found = api.get("/v1/compare", claims=picks["numeric"][:50])
    assert len(found["pairs"]) == len(found["figures"]) * (len(found["figures"]) - 1) // 2
    assert len(found["figures"]) == len(picks["numeric"][:50])
