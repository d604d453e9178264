"""The seed against the articles' text, which is no part of the repository: CLAIMD_ARTICLES names the folder that holds it"""
import hashlib
import os
import pathlib
from collections import defaultdict

import pytest
from figures import SOURCES
from printed import figure_lines, runs, share, uncovered, unfounded

FOLDER = os.environ.get("CLAIMD_ARTICLES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="CLAIMD_ARTICLES names no folder with the articles' text")

# The longest run of words that a sentence of ours may have in common with an article.
LONGEST_RUN = 5
FREQUENT = {
    "de": {"der", "die", "das", "und", "von", "ein", "eine", "den", "dem", "auf", "für", "mit", "ist", "sich", "nicht"},
    "it": {"il", "lo", "la", "gli", "di", "che", "per", "un", "una", "del", "della", "dei", "con", "è", "sono"},
}


@pytest.fixture(scope="module")
def texts(rows):
    """The text of each held source, by its id."""
    by_hash = {hashlib.sha256(content).hexdigest(): content.decode()
               for content in (path.read_bytes() for path in pathlib.Path(FOLDER).iterdir() if path.is_file())}
    return {source.id: by_hash.get(source.content_sha256)
            for source in rows("SELECT id, content_sha256 FROM source WHERE content_sha256 IS NOT NULL")}


@pytest.fixture(scope="module")
def sources(rows):
    return {source.id: source for source in rows("SELECT * FROM source")}


@pytest.fixture(scope="module")
def figures(rows):
    """The figures of the seed, by source and line."""
    found = defaultdict(list)
    for figure in rows("""SELECT id, source_id, line, figure_as_printed AS as_printed, figure_value AS value,
                                 lower(figure_range) AS low, claimant_id AS claimant
                          FROM claim WHERE figure_as_printed IS NOT NULL ORDER BY id"""):
        found[figure.source_id, figure.line].append(figure)
    return found


def test_every_held_source_is_the_text_that_its_hash_says(texts):
    assert sorted(texts) == SOURCES
    assert [id for id, text in texts.items() if text is None] == []


def test_every_claim_stands_on_a_line_with_words(texts, rows):
    for claim in rows("SELECT id, source_id, line FROM claim"):
        lines = texts[claim.source_id].split("\n")
        assert claim.line <= len(lines) and lines[claim.line - 1].strip(), claim.id


def test_every_figure_is_a_literal_piece_of_its_line(texts, figures):
    assert figures
    for (source, line), printed in figures.items():
        for figure in printed:
            assert figure.as_printed in texts[source].split("\n")[line - 1], figure.id


@pytest.mark.parametrize("source", SOURCES)
def test_every_number_is_covered_by_a_claim_of_its_own(texts, sources, figures, source):
    lines = figure_lines(texts[source].split("\n"), sources[source].title)
    missed = {number: uncovered(line, sources[source].language, figures.get((source, number), [])) for number, line in lines}
    assert {number: found for number, found in missed.items() if found} == {}


@pytest.mark.parametrize("source", SOURCES)
def test_every_figure_is_a_number_of_its_line(texts, sources, figures, source):
    lines = dict(figure_lines(texts[source].split("\n"), sources[source].title))
    for (of, number), printed in figures.items():
        if of == source:
            assert unfounded(lines[number], sources[source].language, printed) == []


@pytest.mark.parametrize("source", SOURCES)
def test_no_figure_could_be_left_out(texts, sources, figures, source):
    lines = texts[source].split("\n")
    for (of, number), printed in figures.items():
        for figure in printed if of == source else ():
            rest = [other for other in printed if other is not figure]
            shared = any(other.as_printed == figure.as_printed and other.claimant != figure.claimant for other in rest)
            assert shared or len(uncovered(lines[number - 1], sources[source].language, rest)) == 1, figure.id


def test_titles_and_authors_are_printed(texts, sources, rows):
    related = rows("SELECT source_id, related_id FROM source_relation")
    for source in sources.values():
        near = [texts[id] for id in (source.id, *(pair.source_id for pair in related if pair.related_id == source.id)) if id in texts]
        for printed in filter(None, (source.title, source.author)):
            assert any(printed in text for text in near), source.id
    assert all(sources[id].title for id in texts)


def test_years_of_dates_are_printed(texts, sources):
    dated = [date for source in sources.values() for date in (source.published_at, source.revised_at) if date]
    assert dated
    for date in dated:
        assert any(str(date.year) in text for text in texts.values())


def test_language_is_that_of_the_text(texts, sources):
    for id, text in texts.items():
        shares = {language: share(text, vocabulary) for language, vocabulary in FREQUENT.items()}
        assert max(shares, key=shares.get) == sources[id].language
        assert max(shares.values()) > 2 * min(shares.values())


def test_no_sentence_of_the_seed_is_an_articles(texts, rows):
    printed = set().union(*(runs(text, LONGEST_RUN + 1) for text in texts.values()))
    assert printed
    for own in rows("SELECT id, statement FROM claim UNION ALL SELECT id, statement FROM proposition "
                    "UNION ALL SELECT id, description FROM source UNION ALL SELECT id, description FROM comparison"):
        assert not runs(own.statement, LONGEST_RUN + 1) & printed, own.id
