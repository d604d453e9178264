"""What the service is for: every figure of the articles is found, and what training R1 cost is told apart from the rest"""
from collections import Counter

import pytest
from figures import FIGURES, SOURCES


@pytest.fixture(scope="module")
def spending(api):
    return api.get("/v1/comparisons/spending-against-claimed-training-cost")


@pytest.fixture(scope="module")
def training(api):
    return api.get("/v1/comparisons/what-training-r1-cost")


def name(figure, key):
    return figure[key] and figure[key]["id"]


@pytest.mark.parametrize("source", SOURCES)
def test_every_figure_is_found_by_its_source(api, source):
    read = Counter(figure._replace(low=None, high=None) for figure in FIGURES if figure.source == source)
    answer = api.get("/v1/claims", source=source, limit=200)
    served = Counter(
        (name(claim, "source"), str(claim["locator"]["line"]), claim["figure"]["as_printed"], claim["figure"]["value"], None, None,
         claim["figure"]["bound"], claim["figure"]["unit"], claim["kind"], name(claim, "subject"), name(claim, "quantity"),
         claim["scope"], claim["period"], claim["stance"], claim["hedge"], name(claim, "claimant"))
        for claim in answer["items"] if claim["figure"])
    assert answer["next"] is None and served
    assert (sorted(served - read, key=str), sorted(read - served, key=str)) == ([], [])


def test_ends_of_a_range_are_those_printed(api):
    [printed] = [figure for figure in FIGURES if figure.bound == "range"]
    [served] = [claim["figure"] for claim in api.get("/v1/claims", source=printed.source, limit=200)["items"]
                if claim["figure"] and claim["figure"]["bound"] == "range"]
    assert (served["low"], served["high"]) == (printed.low, printed.high)


def test_training_r1_cost_from_294000_to_5600000(training):
    assert training["spread"] == {"min": "294000", "max": "5600000", "ratio": "19.05"}
    assert (training["unit"], training["verdict"]) == ("USD", "conflict")
    assert (training["sources"], training["origins"]) == (5, 4)
    printed = {figure["claim"]: figure["figure"]["as_printed"] for figure in training["figures"]}
    assert printed[training["baseline"]] == "294.000 US-Dollar"
    [widest] = [pair for pair in training["pairs"] if pair["ratio"] == "19.05"]
    assert [printed[widest[side]] for side in ("left", "right")] == ["5, 6 Millionen Dollar", "294.000 US-Dollar"]
    assert (widest["verdict"], widest["reasons"], widest["same_origin"]) == ("conflict", [], False)


def test_translations_are_one_origin(api, training):
    german, italian = (api.get("/v1/sources/markets-misled-" + language) for language in ("de", "it"))
    assert german["origin"] == italian["origin"] == {"id": "markets-misled-de", "sources": 2}
    sources = {figure["claim"]: figure["source"]["id"] for figure in training["figures"]}
    one_origin = {frozenset(sources[pair[side]] for side in ("left", "right")) for pair in training["pairs"] if pair["same_origin"]}
    assert one_origin == {frozenset({"markets-misled-de", "markets-misled-it"}), frozenset({"r1-under-300000"})}


def test_one_run_and_total_spending_are_incomparable(spending):
    about = {figure["claim"]: (figure["subject"]["id"], figure["quantity"]["id"]) for figure in spending["figures"]}
    pairs = [pair for pair in spending["pairs"] if {about[pair["left"]], about[pair["right"]]}
             == {("deepseek-r1", "training-cost"), ("deepseek", "capital-expenditure")}]
    assert len(pairs) == 12
    assert {(pair["verdict"], *pair["reasons"]) for pair in pairs} == {("incomparable", "subject", "quantity")}


def test_400_times_does_not_follow(spending):
    stated = [figure.as_printed for figure in FIGURES if figure.quantity == "cost-multiple"]
    assert sorted(multiple["as_printed"] for multiple in spending["stated_multiples"]) == sorted(stated)
    assert len(stated) == 4
    capital = {figure["claim"] for figure in spending["figures"] if figure["quantity"]["id"] == "capital-expenditure"}
    for multiple in spending["stated_multiples"]:
        assert multiple["verdict"] == "does_not_follow"
        best = [candidate for candidate in multiple["candidates"] if candidate["numerator"] in capital]
        assert {(each["ratio"], each["ratio_low"], each["ratio_high"], each["verdict"]) for each in best} \
            == {("320", "310", "330", "does_not_follow")}
