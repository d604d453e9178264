"""The reader of printed numbers, on phrases made up for it: what it finds decides whether a figure is missed"""
from collections import namedtuple
from decimal import Decimal

import pytest
from printed import figure_lines, numbers, runs, uncovered, unfounded

Printed = namedtuple("Printed", "as_printed value low claimant", defaults=(None, "somebody"))


@pytest.mark.parametrize("language, line, values", [
    ("de", "Der Turm ist 87 Meter hoch.", ["87"]),
    ("de", "Es kamen 12.500 Gäste, nicht 9.000.", ["12500", "9000"]),
    ("de", "Sie zahlten 3, 2 Milliarden Kronen und 7,5 Millionen Franken.", ["3200000000", "7500000"]),
    ("de", "Im Stall stehen 14, 9 davon sind jung.", ["14", "9"]),
    ("it", "Costava 2, 4 miliardi, poi 30 milioni di lire.", ["2400000000", "30000000"]),
    ("de", "Das waren 1.234.567,89 Taler.", ["1234567.89"]),
    ("de", "Die Marge stieg um 2.5 Punkte.", ["2.5"]),
    ("de", "Ein 60-mal so großer Kessel, bis zu 75 Mal!", ["60", "75"]),
    ("de", "Neun Millionen Bäume und sieben Flüsse", ["9000000", "7"]),
    ("de", "Es regnet dreimal so viel und vierfach so lang.", ["3", "4"]),
    ("de", "Tausende kamen, und tausende Millionen blieben.", ["1000", "1000000000"]),
    ("it", "Quattro milioni di alberi, due fiumi, centinaia di laghi", ["4000000", "2", "100"]),
    ("it", "Il doppio della metà", ["2", "0.5"]),
    ("de", "Für 20 Euro gibt es zwölf Äpfel („11 Birnen“).", ["20", "12", "11"]),
    ("de", "Man sah sie (5), $8 und 6%.", ["5", "8", "6"]),
    ("de", "1900 Kisten und 2030 Flaschen", ["1900", "2030"]),
])
def test_numbers_are_found(language, line, values):
    assert [number.value for number in numbers(line, language)] == [Decimal(value) for value in values]


@pytest.mark.parametrize("language, line", [
    ("de", "Der X7 fährt neben dem Q400-Wagen, dem V2.5 und dem ABC-90."),
    ("de", "Die BOOT4O und die 4O schwimmen."),
    ("de", "Am 3. April 1987 wurde im Jahr 1990 gefeiert."),
    ("de", "Aktualisiert:Sep 09,2031"),
    ("it", "Nel 1974 nacque; il 5 maggio morì."),
    ("de", "Noch einmal ein Haus, eine Tür; es sei, wie es sei."),
    ("de", "Der Achtung wegen: dreist, Elfe, Neuntel und Dreieck."),
    ("it", "Uno studio, un albero, una cosa tremenda e il nuovo settembre."),
])
def test_dates_names_and_articles_are_none(language, line):
    assert numbers(line, language) == []


def test_a_number_beside_a_name_or_a_date_is_found():
    assert [number.value for number in numbers("Am 3. April 1987 standen 40 X7-Wagen bereit.", "de")] == [40]


LINE = "Es gab 300 Äpfel, 300 Birnen und sechs Millionen Pflaumen."
FRUIT = [Printed("300 Äpfel", 300), Printed("300 Birnen", 300), Printed("sechs Millionen Pflaumen", 6000000)]


def test_each_number_needs_a_figure_of_its_own():
    assert uncovered(LINE, "de", FRUIT) == [] == unfounded(LINE, "de", FRUIT)
    for left_out in FRUIT:
        [missed] = uncovered(LINE, "de", [figure for figure in FRUIT if figure is not left_out])
        assert missed.value == left_out.value
        assert left_out.as_printed.startswith(LINE[missed.start:missed.end])


def test_same_phrase_twice_needs_two_figures():
    line = "Erst 20 Euro, dann 20 Euro."
    assert len(uncovered(line, "de", [Printed("20 Euro", 20)])) == 1
    assert uncovered(line, "de", [Printed("20 Euro", 20)] * 2) == []


def test_a_figure_with_a_phrase_of_two_numbers_covers_one():
    assert len(uncovered("300 Äpfel und 300 Birnen", "de", [Printed("300 Äpfel und 300 Birnen", 300)])) == 1


@pytest.mark.parametrize("figure", [Printed("300 Äpfel", 3), Printed("300 Kirschen", 300), Printed("00 Äpfel", 300)])
def test_a_wrong_figure_covers_nothing(figure):
    assert len(uncovered("Es gab 300 Äpfel.", "de", [figure])) == 1
    assert unfounded("Es gab 300 Äpfel.", "de", [figure]) == [figure]


def test_a_range_is_covered_by_its_low_end():
    assert uncovered("Tausende Vögel", "de", [Printed("Tausende Vögel", None, 1000)]) == []


def test_only_two_claimants_share_a_number():
    his, hers = Printed("5 Boote", 5), Printed("5 Boote", 5, claimant="somebody else")
    assert unfounded("Beide sahen 5 Boote.", "de", [his, hers]) == []
    assert unfounded("Beide sahen 5 Boote.", "de", [his, his]) == [his]


def test_a_headline_counts_at_its_last_place():
    lines = ["Start > 3 Wale", "", "3 Wale", "Text"]
    assert figure_lines(lines, "3 Wale") == [(2, ""), (3, "3 Wale"), (4, "Text")]
    assert len(figure_lines(lines, "Text")) == 4


def test_runs_are_of_words():
    assert runs("Ein Wal, zwei Wale.", 3) == {("ein", "wal", "zwei"), ("wal", "zwei", "wale")}
    assert runs("Ein Wal", 3) == set()
