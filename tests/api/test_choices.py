"""Comparisons as they are asked for: baseline, unit, stance, verdict, origins, order, and figures that the caller picks"""
import collections
import decimal
import functools
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from naive import ids, ordered, sort_text, walk
from properties import tried

STANCES = ("asserts", "reports", "disputes")
CHOICES = [chosen for size in (1, 2, 3) for chosen in itertools.combinations(STANCES, size)]
SHORT = "id,kind,subject,quantity,unit,baseline,sources,origins,spread,verdict"
FACTORS = {"USD": decimal.Decimal(1), "kUSD": decimal.Decimal(1000), "cUSD": decimal.Decimal("0.01"), "1": decimal.Decimal(1)}
VERDICTS = ("agree", "overlap", "conflict", "incomparable")


@pytest.fixture(scope="module")
def known(crowd):
    return [item["id"] for item in crowd.items("/v1/comparisons", fields="id")]


@pytest.fixture(scope="module")
def whole(crowd):
    """A comparison in full, with choices."""
    @functools.lru_cache(None)
    def of(id, **choices):
        return crowd.get("/v1/comparisons/" + id, **choices)
    return of


@pytest.fixture(scope="module")
def rows(crowd, known):
    """What the full comparisons say in short, over figures of some stances or, as None, of all."""
    @functools.lru_cache(None)
    def of(stances=None):
        return [row for row in (short(crowd, id, stances) for id in known) if row]
    return of


def short(crowd, id, stances):
    """None, where no figure has one of the stances."""
    got = crowd.request("GET", f"/v1/comparisons/{id}?fields={SHORT}" + (f"&stance={','.join(stances)}" if stances else ""))
    if got.status_code == 400:
        assert [error["parameter"] for error in got.json()["errors"]] == ["stance"]
        return None
    value = got.json()
    ratio = value["spread"] and value["spread"]["ratio"]
    return {**value, "ratio": ratio and decimal.Decimal(ratio)}


def named(row, key):
    return row[key] and row[key]["id"]


# The list -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stances", [None, *CHOICES[:3:2]], ids=str)
def test_the_list_says_what_the_full_comparisons_say(crowd, rows, stances):
    filters = {"stance": ",".join(stances)} if stances else {}
    listed = crowd.items("/v1/comparisons", fields=SHORT, **filters)
    assert listed == [{key: value for key, value in row.items() if key != "ratio"} for row in rows(stances)]
    assert stances is None or 0 < len(listed) <= len(rows())


@st.composite
def questions(draw, rows):
    """Filters, the rows that they leave, and an order."""
    stances = draw(st.sampled_from([None, None, None, ("asserts",), ("disputes",), ("asserts", "reports")]))
    left, pairs = rows(stances), [("stance", ",".join(stances))] if stances else []
    for name, condition in draw(st.lists(filters(rows()), max_size=3, unique_by=lambda each: each[0][0])):
        left, pairs = [row for row in left if condition(row)], [*pairs, name]
    return pairs, left


def filters(rows):
    def of(key):
        values = sorted({named(row, key) for row in rows if row[key]})
        some = st.lists(st.sampled_from(values), min_size=1, max_size=4)
        return st.one_of(
            some.map(lambda chosen: ((key, ",".join(chosen)), lambda row: named(row, key) in chosen)),
            some.map(lambda chosen: ((key, "not." + ",".join(chosen)), lambda row: named(row, key) not in chosen)),
            st.just(((key, "is.null"), lambda row: row[key] is None)), st.just(((key, "not.is.null"), lambda row: row[key] is not None)))
    kinds, verdicts = (st.lists(st.sampled_from(words), min_size=1, max_size=2) for words in (("curated", "derived"), VERDICTS))
    return st.one_of(
        of("subject"), of("quantity"), kinds.map(lambda chosen: (("kind", ",".join(chosen)), lambda row: row["kind"] in chosen)),
        verdicts.map(lambda chosen: (("verdict", ",".join(chosen)), lambda row: row["verdict"] in chosen)),
        st.integers(1, 6).map(lambda least: (("min_origins", str(least)), lambda row: row["origins"] >= least)))


def test_any_filters_and_orders_agree_with_the_full_comparisons(crowd, rows):
    @tried(10)
    @given(st.data(), st.sampled_from([[], [("spread", True)], [("spread", False)], [("spread", True), ("id", False)], [("id", True)]]), st.integers(20, 200))
    def agrees(data, order, limit):
        pairs, left = data.draw(questions(rows))
        pairs += [("limit", limit), ("fields", "id")] + ([("sort", sort_text(order))] if order else [])
        left = [{**row, "spread": row["ratio"]} for row in left]
        assert ids(walk(crowd, "/v1/comparisons", pairs)) == [row["id"] for row in ordered(left, order)]
    agrees()


@pytest.mark.parametrize("verdict", VERDICTS)
def test_verdicts_are_found(crowd, rows, verdict):
    assert crowd.ids("/v1/comparisons", verdict=verdict, fields="id") == [row["id"] for row in rows() if row["verdict"] == verdict]


def test_every_verdict_and_none_are_among_the_comparisons(rows):
    assert {row["verdict"] for row in rows()} >= {"overlap", "conflict", "incomparable", None}
    assert any(row["ratio"] is None for row in rows()) and len({row["ratio"] for row in rows()}) > 8


def test_comparisons_without_a_verdict_are_in_no_verdict(crowd, rows):
    found = crowd.ids("/v1/comparisons", verdict=",".join(VERDICTS), fields="id")
    assert found == [row["id"] for row in rows() if row["verdict"]] != [row["id"] for row in rows()]


@pytest.mark.parametrize("query", ["kind=derived&subject=is.null", "verdict=conflict&min_origins=999", "subject=no-such-thing", "min_origins=999999999",
                                   "id=no-such-thing&stance=asserts"])
def test_what_contradicts_itself_is_empty(crowd, query):
    assert crowd.answer("/v1/comparisons?" + query) == {"items": [], "next": None}


# One comparison -------------------------------------------------------------------------------------


def exact(text):
    return None if text is None else decimal.Decimal(text)


@pytest.mark.parametrize("unit", ["kUSD", "cUSD", "USD"])
def test_another_unit_divides_every_amount_and_no_ratio(whole, known, unit):
    converted = 0
    for id in known:
        plain = whole(id)
        if plain["unit"] not in ("USD", "kUSD") or converted > 8:
            continue
        converted += 1
        other, times = whole(id, unit=unit), FACTORS[plain["unit"]] / FACTORS[unit]
        assert other["unit"] == unit
        assert {key: other[key] for key in ("pairs", "verdict", "sources", "origins", "stated_multiples", "baseline")} \
            == {key: plain[key] for key in ("pairs", "verdict", "sources", "origins", "stated_multiples", "baseline")}
        assert amounts(other) == amounts(plain, times)
    assert converted == 9


def amounts(comparison, times=decimal.Decimal(1)):
    """All that is in the unit of the comparison, times a number."""
    figures = {figure["claim"]: [*(exact(figure["amount"][key]) for key in ("value", "low", "high")), exact(figure["difference_to_baseline"])]
               for figure in comparison["figures"]}
    spread = comparison["spread"]
    ends = [exact(spread["min"]), exact(spread["max"])] if spread else []
    scaled = {claim: [each if each is None else each * times for each in row] for claim, row in figures.items()}
    return scaled, [each * times for each in ends], spread and spread["ratio"], {figure["claim"]: figure["ratio_to_baseline"] for figure in comparison["figures"]}


def test_amounts_are_the_figures_in_the_unit_asked_for(whole, known):
    seen = 0
    for id in known[:24]:
        if whole(id)["unit"] not in FACTORS:
            continue
        for figure in whole(id)["figures"]:
            factor = FACTORS.get(figure["figure"]["unit"])
            for key in ("value", "low", "high"):
                given_ = exact(figure["figure"][key])
                expected = None if factor is None or given_ is None else given_ * factor / FACTORS[whole(id)["unit"]]
                assert exact(figure["amount"][key]) == expected
                seen += 1
    assert seen > 100


@pytest.mark.parametrize("unit", ["EUR", "1", "{GPU}", "XXX", "usd", "K%20", "%7BGPU%7D"])
def test_a_unit_that_does_not_convert_is_refused(crowd, unit):
    crowd.problem(f"/v1/comparisons/what-training-r1-cost?unit={unit}", "invalid-parameter", parameters=["unit"])
    crowd.problem(f"/v1/compare?subject=deepseek-r1&quantity=training-cost&unit={unit}", "invalid-parameter", parameters=["unit"])


def test_a_currency_that_does_not_convert_is_its_own_unit(crowd, known, whole):
    euro = next(id for id in known if whole(id)["unit"] == "EUR")
    assert whole(euro, unit="EUR") == whole(euro)
    crowd.problem(f"/v1/comparisons/{euro}?unit=USD", "invalid-parameter", parameters=["unit"])


@pytest.mark.parametrize("stances", CHOICES[:4], ids="+".join)
def test_stances_leave_their_figures_alone(whole, rows, stances):
    for row in rows(stances)[::6]:
        plain, chosen = whole(row["id"]), whole(row["id"], stance=",".join(stances))
        assert {figure["claim"] for figure in chosen["figures"]} == {figure["claim"] for figure in plain["figures"] if figure["stance"] in stances}
        assert chosen["stated_multiples"] == plain["stated_multiples"]
        left = {figure["claim"] for figure in chosen["figures"]}
        expected = {frozenset((pair["left"], pair["right"])): pair["verdict"] for pair in plain["pairs"] if {pair["left"], pair["right"]} <= left}
        assert {frozenset((pair["left"], pair["right"])): pair["verdict"] for pair in chosen["pairs"]} == expected
        assert chosen["baseline"] in left and (chosen["baseline"] == plain["baseline"] or plain["baseline"] not in left)
        assert chosen["sources"] == len({figure["source"]["id"] for figure in chosen["figures"]})


def curated(comparison):
    return comparison["kind"] == "curated"


def test_all_stances_are_no_choice(whole, known):
    for id in known[::5]:
        assert whole(id, stance="disputes,reports,asserts") == whole(id)


def test_any_figure_may_be_the_baseline(crowd, whole, known):
    for id in known[::8]:
        plain = whole(id)
        for figure in plain["figures"][:3]:
            chosen = whole(id, baseline=figure["claim"])
            assert chosen["baseline"] == figure["claim"] and chosen["verdict"] == plain["verdict"]
            own = next(each for each in chosen["figures"] if each["claim"] == figure["claim"])
            positive = exact(figure["figure"]["value"]) and exact(figure["figure"]["value"]) > 0
            assert own["ratio_to_baseline"] == ("1" if positive else None)
            assert own["difference_to_baseline"] in (["0", None] if own["amount"]["value"] is None else ["0"])


def test_a_baseline_of_another_stance_is_refused(crowd):
    plain = crowd.get("/v1/comparisons/what-training-r1-cost")
    disputed = next(figure["claim"] for figure in plain["figures"] if figure["stance"] == "disputes")
    crowd.problem(f"/v1/comparisons/what-training-r1-cost?baseline={disputed}&stance=asserts", "invalid-parameter", parameters=["baseline"])
    assert crowd.get("/v1/comparisons/what-training-r1-cost", baseline=disputed, stance="disputes")["figures"][0]["claim"] == disputed


@pytest.mark.parametrize("query, parameter", [
    ("stance=asserts&stance=reports", None), ("stance=nope", "stance"), ("stance=", "stance"), ("stance=not.asserts", "stance"), ("baseline=no-such-thing", "baseline"),
    ("baseline=a,b", "baseline"), ("baseline=", "baseline"), ("unit=", "unit"), ("unit=a%20b", "unit"), ("unit=" + "x" * 200, "unit")])
def test_a_choice_that_is_none_is_refused(crowd, query, parameter):
    for target in ("/v1/comparisons/what-training-r1-cost", "/v1/compare?subject=deepseek-r1&quantity=training-cost"):
        slug = "invalid-parameter" if parameter else "repeated-parameter"
        crowd.problem(target + ("&" if "?" in target else "?") + query, slug, parameters=[parameter or "stance"])


# Figures that the caller picks ----------------------------------------------------------------------

OUTCOME = ("unit", "baseline", "figures", "spread", "sources", "origins", "verdict", "pairs", "stated_multiples", "figure_count", "pair_count", "pairs_shown")


@pytest.mark.parametrize("choices", [{}, {"unit": "kUSD"}, {"stance": "asserts,reports", "unit": "cUSD"}], ids=str)
def test_picked_claims_compare_as_they_do_where_they_are_curated(crowd, whole, known, choices):
    compared = 0
    for id in known:
        plain = whole(id)
        claims = [each["claim"] for each in plain["figures"] + plain["stated_multiples"]]
        stances = choices.get("stance", "asserts,reports,disputes")
        if not curated(plain) or len(claims) < 2 or not any(figure["stance"] in stances for figure in plain["figures"]):
            continue
        if "unit" in choices and whole(id, stance=stances)["unit"] not in ("USD", "kUSD"):
            continue
        chosen = whole(id, **choices)
        for order in (claims, claims[::-1]):
            picked = crowd.get("/v1/compare", claims=order, baseline=chosen["baseline"], **choices)
            assert picked == {key: chosen[key] for key in OUTCOME}
        compared += 1
    assert compared > 4


@pytest.mark.parametrize("choices", [{}, {"stance": "asserts,reports"}, {"stance": "disputes"}], ids=str)
def test_subject_and_quantity_compare_as_what_is_derived_of_them(crowd, whole, known, choices):
    compared = 0
    for id in [id for id in known if "-of-" in id][::6]:
        plain = whole(id)
        if not any(figure["stance"] in choices.get("stance", figure["stance"]) for figure in plain["figures"]):
            continue
        picked = crowd.get("/v1/compare", subject=plain["subject"]["id"], quantity=plain["quantity"]["id"], **choices)
        assert picked == {key: whole(id, **choices)[key] for key in OUTCOME}
        compared += 1
    assert compared > 3


def test_a_stance_that_nobody_takes_is_refused(crowd, rows, known):
    """The list leaves such comparisons out; one of them cannot be worked out."""
    without = sorted(set(known) - {row["id"] for row in rows(("disputes",))})
    assert without
    crowd.problem(f"/v1/comparisons/{without[0]}?stance=disputes", "invalid-parameter", parameters=["stance"])


ONE_OF_EACH = ("minValue", "maxValue", "ratio", "unitCode", "unit", "baseline", "verdict", "sourceCount", "originCount", "ratioToBaseline", "differenceToBaseline")
TRAINING = "/v1/comparisons/what-training-r1-cost"
HIGHEST = "market-shockwave-09-r1-training-cost-5-6-million"


def test_linked_data_of_other_choices_are_of_other_comparisons(crowd):
    """Whoever puts documents together is not told two things of one node."""
    told = collections.defaultdict(set)
    for choices in ({}, {"stance": "asserts"}, {"stance": "disputes,asserts"}, {"unit": "kUSD"}, {"unit": "USD"}, {"baseline": HIGHEST},
                    {"unit": "cUSD", "stance": "asserts,disputes", "baseline": HIGHEST}):
        document = crowd.get(TRAINING, format="jsonld", **choices)
        listed = [] if choices.keys() - {"stance"} else [crowd.get("/v1/comparisons", format="jsonld", limit=200, **choices)]
        for triple in itertools.chain(*(jsonld.to_rdf(each, {"base": crowd.service.base})["@default"] for each in (document, *listed))):
            if re.split("[/#]", triple["predicate"]["value"])[-1] in ONE_OF_EACH:
                told[triple["subject"]["value"], triple["predicate"]["value"]].add(triple["object"]["value"])
    assert {key: values for key, values in told.items() if len(values) > 1} == {} != told


@pytest.mark.parametrize("query, choices", [
    ("", {}), ("?unit=kUSD", {"unit": "kUSD"}), ("", {"unit": "USD"}), ("?stance=asserts,disputes", {"stance": "disputes,asserts"}),
    (f"?baseline={HIGHEST}&unit=cUSD&stance=disputes", {"stance": "disputes", "unit": "cUSD"})])
def test_the_iri_of_a_comparison_is_where_it_answers(crowd, query, choices):
    document = crowd.get(TRAINING, format="jsonld", **choices)
    assert document["@id"] == TRAINING + query
    assert crowd.answer(f"{TRAINING}{query}{'&' if query else '?'}format=jsonld") == document


def test_the_rows_of_csv_follow_the_choices(crowd):
    plain = crowd.get("/v1/comparisons/what-training-r1-cost", unit="kUSD", stance="asserts,disputes")
    header, *lines = crowd.answer("/v1/comparisons/what-training-r1-cost?unit=kUSD&stance=asserts,disputes&format=csv")
    found = [dict(zip(header, line)) for line in lines]
    assert [row["claim"] for row in found] == [figure["claim"] for figure in plain["figures"]]
    assert [row["amount.value"] for row in found] == [figure["amount"]["value"] for figure in plain["figures"]]
    assert {row["unit"] for row in found} == {"kUSD"} and {row["stance"] for row in found} == {"asserts", "disputes"}
