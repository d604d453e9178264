"""`claimd figure`: one document for a text, or for each line; the exit status says whether a figure was read"""
import json
import subprocess

import pytest
from reader import BINARY


def claimd(*arguments, text=""):
    return subprocess.run([BINARY, "figure", *arguments], input=text, capture_output=True, text=True, timeout=10)


def test_a_figure_is_one_document():
    run = claimd("rund 1, 6 Milliarden US -Dollar", "--lang", "de")
    reading = {"value": "1600000000", "low": "1550000000", "high": "1650000000", "bound": "approx", "unit": "USD", "kind": "numeric",
               "hedge": "none", "notes": ["space after the decimal comma", "space between the unit's parts"]}
    figure = {"as_printed": "rund 1, 6 Milliarden US -Dollar", "start": 0, "end": 31, "readings": [reading]}
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout) == {"text": "rund 1, 6 Milliarden US -Dollar", "language": "de", **reading, "figures": [figure]}


@pytest.mark.parametrize("text, figures, readings", [("1.234", 1, 2), ("5 GPUs, 6 chips", 2, 1)])
def test_what_is_not_clear_has_no_reading_of_its_own(text, figures, readings):
    run = claimd(text)
    document = json.loads(run.stdout)
    assert run.returncode == 0 and document["language"] is None
    assert {document[key] for key in ("value", "low", "high", "bound", "unit", "kind", "hedge")} == {None}
    assert document["notes"] == []
    assert [len(figure["readings"]) for figure in document["figures"]] == [readings] * figures


def test_no_figure_is_status_one():
    run = claimd("GPT-4", "--lang", "en")
    assert run.returncode == 1 and json.loads(run.stdout)["figures"] == []


def test_places_are_code_points():
    [figure] = json.loads(claimd("über ½ Million €", "--lang", "de").stdout)["figures"]
    assert (figure["as_printed"], figure["start"], figure["end"]) == ("über ½ Million €", 0, 16)


def test_lines_are_read_one_by_one():
    run = claimd("-", "--lang", "en", text="5 GPUs\nnothing\n\n6 chips")
    assert [json.loads(line)["value"] for line in run.stdout.splitlines()] == ["5", None, None, "6"]
    assert run.returncode == 0
    assert claimd("-", text="nothing\n").returncode == 1
    assert claimd("-", text="").returncode == 1


def test_the_longest_text_is_read_and_a_longer_one_refused():
    assert claimd("5".rjust(1000)).returncode == 0
    run = claimd("5".rjust(1001))
    assert run.returncode == 2 and run.stdout == "" and run.stderr.count("\n") == 1
    run = claimd("-", text=f"5\n{'5'.rjust(1001)}\n6\n")
    assert run.returncode == 2 and run.stdout.count("\n") == 1 and run.stderr.count("\n") == 1


@pytest.mark.parametrize("text, language, value, low", [
    ("Billionen " * 12, "de", None, "1" + "0" * 60), ("9" * 56 + " billion", None, "9" * 56, "9" * 56), ("0." + "0" * 50 + "1 " + "trillion " * 6 + "and a half", "en", "1" + "0" * 21, "1" + "0" * 21)])
def test_a_number_ends_before_the_word_that_makes_it_too_large(text, language, value, low):
    document = json.loads(claimd(text, *(["--lang", language] if language else [])).stdout)
    assert (document["value"], document["low"]) == (value, low)


@pytest.mark.parametrize("arguments", [[], ["5", "6"], ["5", "--lang", "pt"], ["5", "--lang"], ["5", "--lang="], [b"5\xff"]])
def test_bad_usage_is_status_two(arguments):
    run = claimd(*arguments)
    assert run.returncode == 2 and run.stdout == "" and run.stderr.count("\n") == 1


def test_a_regional_tag_is_its_language():
    assert json.loads(claimd("1.234", "--lang", "de-AT").stdout)["value"] == "1234"
