"""Reading a printed figure over HTTP, and telling who writes one that reads otherwise"""
import json
import subprocess

import pytest

from desk import CLAIM, FIGURE, Client, path_of, problem
from service import BINARY

PHRASES = [("rund 1, 6 Milliarden US-Dollar", "de"), ("between five and six million dollars", "en"), ("fino a 400 volte", "it"), ("une centaine de millions d'euros", "fr"),
           ("mil millones de dólares", "es"), ("1.234", None), ("nothing at all", "en"), ("294.000 Dollar und 512 GPUs", "de"), ("", "en"), ("№ ½ ٣ 💶", None)]


def parse(desk, text, language=None, **more):
    return desk.send("POST", "/v1/figures/parse", {"text": text, **({"language": language} if language else {}), **more})


@pytest.mark.parametrize("text, language", PHRASES, ids=[text[:20] or "empty" for text, _ in PHRASES])
def test_it_says_what_the_command_says(desk, contract, text, language):
    answer = parse(Client(desk.service), text, language)
    command = [BINARY, "figure", text, *(["--lang", language] if language else [])]
    assert answer.status_code == 200 and answer.json() == json.loads(subprocess.run(command, capture_output=True, check=False).stdout)


def test_a_clear_reading_stands_at_the_top(desk):
    read = parse(desk, "rund 1, 6 Milliarden US-Dollar", "de-AT").json()
    assert (read["value"], read["low"], read["high"], read["bound"], read["unit"]) == ("1600000000", "1550000000", "1650000000", "approx", "USD")
    assert read["notes"] == ["space after the decimal comma"]


def test_what_can_be_read_in_two_ways_is(desk):
    read = parse(desk, "1.234").json()
    assert read["value"] is None and [reading["value"] for reading in read["figures"][0]["readings"]] == ["1234", "1.234"]


@pytest.mark.parametrize("body, pointers", [
    ({}, ["/text"]), ({"text": 5}, ["/text"]), ({"text": None}, ["/text"]), ({"text": "5", "lang": "de"}, ["/lang"]), ({"text": "5", "language": "nl"}, ["/language"]),
    ({"text": "5", "language": "Deutsch"}, ["/language"]), ({"text": "5" * 1001}, ["/text"]), ({"text": "ä" * 501}, ["/text"]), ([], [""]), ("5", [""])])
def test_what_is_no_question_is_refused(desk, body, pointers):
    problem(desk.send("POST", "/v1/figures/parse", body), 422, "invalid-document", pointers)


@pytest.mark.parametrize("body", [b"", b"{", b'{"text":"a","text":"b"}', b'{"text":"\xff"}', b'{"text":"\\u0000"}', b"[" * 5000])
def test_what_is_no_json_is_refused(desk, body):
    problem(desk.send("POST", "/v1/figures/parse", body), 400, "invalid-body")


def test_the_type_has_to_be_told(desk):
    problem(desk.send("POST", "/v1/figures/parse", b"{}", {"Content-Type": "text/plain"}), 415, "unsupported-media-type")
    problem(desk.send("GET", "/v1/figures/parse"), 405, "method-not-allowed")


def written(desk, id, **figure):
    return desk.put("claim", id, {**CLAIM, "figure": {**FIGURE, **figure}}).json()


def test_a_figure_that_reads_otherwise_is_taken_with_a_warning(desk):
    answer = written(desk, "warned", as_printed="15.50")
    assert [warning["pointer"] for warning in answer["warnings"]] == ["/figure/as_printed"]
    assert answer["warnings"][0]["figures"][0]["readings"][0]["value"] == "15.5"
    assert "warnings" not in desk.get(path_of("claim", "warned")).json()


@pytest.mark.parametrize("figure", [
    {}, {"as_printed": "about 12.50", "bound": "approx"}, {"as_printed": "12.50", "bound": "gt"}, {"as_printed": "twelve and a half"},
    {"as_printed": "12 to 14", "value": None, "low": "12", "high": "14", "bound": "range"}])
def test_a_figure_that_can_be_what_its_phrase_says_is_not_warned_of(desk, figure):
    test_a_figure_that_can_be_what_its_phrase_says_is_not_warned_of.count = getattr(
        test_a_figure_that_can_be_what_its_phrase_says_is_not_warned_of, "count", 0) + 1
    number = test_a_figure_that_can_be_what_its_phrase_says_is_not_warned_of.count
    assert "warnings" not in written(desk, f"fine-{number}", **figure)


@pytest.mark.parametrize("figure", [{"as_printed": "over 12.50"}, {"as_printed": "12.50 euros"}, {"as_printed": "nothing"}])
def test_words_that_say_another_bound_or_unit_or_none_are_warned_of(desk, figure):
    assert "warnings" in written(desk, "odd-" + figure["as_printed"].replace(" ", "-").replace(".", "-"), **figure)


@pytest.mark.parametrize("body", [b'"\\\xc3\xa9', b'"\\u\xc3\xa9', "äöü".encode() * 60, b'{"text":"' + "漢".encode() * 80, b'{"' + "é".encode() * 100, b'\xc3'],
                         ids=["escape", "unicode-escape", "words", "string", "name", "cut"])
def test_a_body_that_is_no_json_is_shown_as_text(desk, body):
    refused = problem(desk.send("POST", "/v1/figures/parse", body), 400, "invalid-body")
    assert refused["detail"].startswith("Line 1, column "), refused


def test_of_very_many_problems_some_are_told(desk):
    refused = problem(desk.send("POST", "/v1/figures/parse", {"text": "1", **{f"m{number}": 0 for number in range(50000)}}), 422, "invalid-document")
    assert len(refused["errors"]) == 1000
