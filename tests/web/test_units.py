"""Figures in several units on one axis, and those that no unit of it can say"""
import pytest
from selenium.webdriver.support.ui import Select

from desk import CLAIM
from browsing import DESKTOP, PHONE


@pytest.fixture(scope="module")
def mixed(desk):
    """The address of a comparison of three prices, one of them in another unit, and of a figure that converts into none of them."""
    desk.put("claim", "desk-thousand", {**CLAIM, "statement": "Alpha costs 2 thousand.", "figure": {"as_printed": "2 tausend", "value": "2", "bound": "exact", "unit": "kXDR"}})
    desk.put("quantity", "desk-folded", {"name": "Folded", "definition": "In folds.", "unit": "desk-fold"})
    desk.put("claim", "desk-folds", {**CLAIM, "statement": "Alpha is worth many folds.", "quantity": "desk-folded", "stance": "disputes",
                                     "figure": {"as_printed": "zigfach", "value": "70", "bound": "gte", "unit": "desk-fold"}})
    claims = ["desk-figure-a", "desk-figure-b", "desk-thousand", "desk-folds"]
    answer = desk.send("PUT", "/v1/comparisons/desk-mixed", {"title": "Mixed", "description": "In units.", "claims": claims, "baseline": "desk-figure-a"})
    assert answer.status_code == 201, answer.text
    return "/comparisons/desk-mixed"


def test_another_unit_is_chosen(at, desk, mixed):
    reader = at(desk.service.base).open(mixed)
    ratios = [word for word in reader.text().split() if word.startswith("160")]
    reader.choose("Unit", "thousands of drawing rights")
    assert reader.place == f"{mixed}?unit=kXDR"
    assert [word for word in reader.text().split() if word.startswith("160")] == ratios != []
    assert "kXDR" in reader.text()
    reader.back()
    assert reader.find("combobox", "Unit").get_property("value") == "XDR"


def shows_folds(reader, mixed):
    """The figure that converts into none of the units chosen before, as the baseline in its own."""
    assert reader.place == f"{mixed}?baseline=desk-folds" and reader.all("alert") == []
    assert reader.find("combobox", "Baseline").get_property("value") == "desk-folds"


def test_unit_is_left_for_a_baseline_that_does_not_convert_into_it(at, desk, mixed):
    reader = at(desk.service.base).open(f"{mixed}?unit=kXDR")
    [folds] = [row for row in reader.all("row", "zigfach") if "does not convert" in row.text]
    reader.click("button", "as the baseline", within=folds)
    shows_folds(reader, mixed)
    reader.open(f"{mixed}?unit=kXDR")
    [label] = [option.text for option in Select(reader.find("combobox", "Baseline")).options if "zigfach" in option.text]
    reader.choose("Baseline", label)
    shows_folds(reader, mixed)


def test_unit_stays_for_a_baseline_that_converts_into_it(at, desk, mixed):
    reader = at(desk.service.base).open(f"{mixed}?unit=kXDR")
    reader.click("button", "Take C as the baseline")
    assert "unit=kXDR" in reader.place and reader.all("alert") == []


def test_unit_is_left_for_a_stance_whose_baseline_may_not_convert_into_it(at, desk, mixed):
    reader = at(desk.service.base).open(f"{mixed}?unit=kXDR")
    reader.choose("Stance", "disputes")
    assert reader.place == f"{mixed}?stance=disputes" and reader.all("alert") == []
    reader.choose("Stance", "All stances")
    assert reader.place == mixed


def test_figure_that_converts_into_nothing_is_listed_beside_the_axis(at, desk, mixed):
    reader = at(desk.service.base).open(mixed)
    for width in (DESKTOP, PHONE):
        reader.wears(width=width)
        [row] = [row for row in reader.all("row", "zigfach") if "does not convert into Special Drawing Rights" in row.text]
        assert reader.all("image", within=row) == [] == reader.all("button", "zigfach", within=row)
        assert reader.fits(width) and reader.violations() == []
