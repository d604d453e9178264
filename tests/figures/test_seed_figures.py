"""The seed's own figures: each printed phrase reads to its row, wherever the phrase says it all"""
import pytest
from figures import FIGURES
from reader import read

# What a reader knows of the text around a phrase, and the phrase does not say: that chips and A100s are GPUs. And a noun's
# apposition, H800 AI, belongs to the printed phrase, but not to what counts.
NOT_ALL_SAID = {
    "10.000 A100": {"unit": None, "as_printed": "10.000"},
    "10.000 chip H100 AI": {"unit": "{chip}", "as_printed": "10.000 chip"},
    "10.000 hochmodernen H100-KI-Chips": {"unit": "{chip}"},
    "10.000 unità di GPU A100": {"as_printed": "10.000 unità di GPU"},
    "512 H800-Chips": {"unit": "{chip}"},
    "circa 10.000 GPU H800 AI": {"as_printed": "circa 10.000 GPU"},
}
# By half a unit of the last significant digit, as half_unit() of the database has it.
APPROXIMATE = {"50000": ("45000", "55000"), "10000": ("5000", "15000"), "1600000000": ("1550000000", "1650000000"),
               "944000000": ("943500000", "944500000"), "5": ("4.5", "5.5")}


def ends(figure):
    """The interval of a row, which figures.tsv has for ranges alone."""
    return {"exact": (figure.value, figure.value), "range": (figure.low, figure.high), "lt": (None, figure.value),
            "lte": (None, figure.value), "gt": (figure.value, None), "gte": (figure.value, None),
            "approx": APPROXIMATE.get(figure.value)}[figure.bound]


@pytest.mark.parametrize("figure", FIGURES, ids=[f"{figure.source}-{figure.line}-{figure.as_printed}" for figure in FIGURES])
def test_phrase_reads_to_its_row(figure):
    language = "it" if figure.source.endswith("-it") else "de"
    [document] = read(language, [figure.as_printed])
    low, high = ends(figure)
    row = {"value": figure.value, "low": low, "high": high, "bound": figure.bound, "unit": figure.unit, "kind": figure.kind,
           "as_printed": figure.as_printed} | NOT_ALL_SAID.get(figure.as_printed, {})
    [printed] = document["figures"]
    assert printed["as_printed"] == row.pop("as_printed")
    assert {key: document[key] for key in row} == row
