"""The numbers that a line of German or Italian prints, in digits and in words, and which of them no figure covers"""
import re
from collections import namedtuple
from decimal import Decimal

Number = namedtuple("Number", "start end value")

MAGNITUDES = {
    "de": {"hundert": 100, "hunderte": 100, "tausend": 1000, "tausende": 1000, "million": 10**6, "millionen": 10**6,
           "milliarde": 10**9, "milliarden": 10**9, "billion": 10**12, "billionen": 10**12},
    "it": {"cento": 100, "centinaia": 100, "mille": 1000, "mila": 1000, "migliaia": 1000, "milione": 10**6, "milioni": 10**6,
           "miliardo": 10**9, "miliardi": 10**9},
}
# "Ein" and "un" are left out: they are articles, and "einmal" is "once more".
WORDS = {
    "de": {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11,
           "zwölf": 12, "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70,
           "achtzig": 80, "neunzig": 90, "dutzend": 12, "dutzende": 12, "doppelt": 2, "doppelte": 2, "hälfte": Decimal("0.5")},
    "it": {"due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10, "undici": 11,
           "dodici": 12, "venti": 20, "trenta": 30, "quaranta": 40, "cinquanta": 50, "sessanta": 60, "settanta": 70,
           "ottanta": 80, "novanta": 90, "dozzina": 12, "decine": 10, "doppio": 2, "doppia": 2, "triplo": 3,
           "metà": Decimal("0.5")},
}


def pattern(language):
    """Of a number: digits or a word with a magnitude behind it or none, or a magnitude alone."""
    word, magnitude = (rf"(?:{'|'.join(sorted(of[language], key=len, reverse=True))})" for of in (WORDS, MAGNITUDES))
    # A comma with a space behind it stands within a number only before a magnitude: "1, 6 Milliarden".
    digits = rf"\d+, \d+(?= {magnitude}\b)|\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?|\d+(?:[.,]\d+)?"
    return re.compile(
        rf"(?:(?<!\w)(?<![^\W\d_]-)(?<!\d[.,])(?P<digits>{digits})"
        rf"|\b(?P<word>{word}|{magnitude})(?:(?=mal\b|fach)|\b))(?: ?(?P<scale>{magnitude})\b)?", re.IGNORECASE)


NUMBER = {language: pattern(language) for language in WORDS}

MONTH = r"(?:jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec|gen|mag|giu|lug|ago|set|ott|dic)[^\W\d_]*"
NO_FIGURES = re.compile(
    rf"\b\d{{1,2}}\.? {MONTH}(?: \d{{4}}\b)?"  # 27. Januar 2025
    rf"|\b{MONTH} (?:\d{{1,2}}, ?)?\d{{4}}\b"  # Mar 05,2025
    r"|\b(?:jahr|anno|nel) (?:19|20)\d\d\b"  # im Jahr 2021
    r"|\b\d+o\b", re.IGNORECASE)  # 4O; other names have a letter before the digit: R1, GPT-O1, H800


def decimal(digits):
    """The value of German or Italian digits: a point before three of them groups thousands, a comma is decimal."""
    digits = digits.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", digits):
        digits = digits.replace(".", "")
    return Decimal(digits.replace(",", "."))


def value(found, language):
    digits, word, scale = found.groups()
    named = {**WORDS[language], **MAGNITUDES[language]}
    return (decimal(digits) if digits else Decimal(named[word.lower()])) * (named[scale.lower()] if scale else 1)


def numbers(line, language):
    """The numbers of a line that have to be figures: no dates, no years, no digits of names."""
    blanked = NO_FIGURES.sub(lambda found: " " * len(found[0]), line)
    return [Number(found.start(), found.end(), value(found, language)) for found in NUMBER[language].finditer(blanked)]


def places(phrase, line):
    """Where a phrase stands in a line, not within a longer word or number."""
    return [found.span() for found in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", line)]


def covers(figure, line, number):
    return number.value in (figure.value, figure.low) and any(
        start <= number.start and number.end <= end for start, end in places(figure.as_printed, line))


def pair_up(line, language, figures):
    """A figure of its own for as many numbers of the line as there can be: the pairs, by the figure's index."""
    taken = {}

    def place(number, tried):
        for index, figure in enumerate(figures):
            if index not in tried and covers(figure, line, number):
                tried.add(index)
                if index not in taken or place(taken[index], tried):
                    taken[index] = number
                    return True
        return False

    for number in numbers(line, language):
        place(number, set())
    return taken


def uncovered(line, language, figures):
    """The numbers of a line that are left when every figure has taken one."""
    taken = pair_up(line, language, figures).values()
    return [number for number in numbers(line, language) if number not in taken]


def unfounded(line, language, figures):
    """The figures that no number of the line is left for; one number may be the figure of several claimants."""
    pairs = pair_up(line, language, figures)
    credited = {(figures[index].claimant, number) for index, number in pairs.items()}
    return [figure for index, figure in enumerate(figures) if index not in pairs and not any(
        covers(figure, line, number) and (figure.claimant, number) not in credited for number in numbers(line, language))]


def figure_lines(lines, title):
    """The lines with their 1-based numbers, without those that print the headline ahead of its last place."""
    headlines = [number for number, line in enumerate(lines, 1) if line.endswith(title)]
    return [(number, line) for number, line in enumerate(lines, 1) if number not in headlines[:-1]]


def words(text):
    return re.findall(r"\w+", text.lower())


def runs(text, length):
    """Every run of that many words."""
    found = words(text)
    return {tuple(found[start:start + length]) for start in range(len(found) - length + 1)}


def share(text, vocabulary):
    """Which part of a text's words are of the vocabulary."""
    found = words(text)
    return sum(word in vocabulary for word in found) / len(found)
