"""Printed figures that were labelled by the specification alone: how many are read as labelled, in each language and in all"""
import pathlib
from collections import Counter, defaultdict

from reader import read, short

PHRASES = pathlib.Path(__file__).with_name("phrases.tsv")

# What is reached. It may rise.
ACCURACY = {"en": 1, "de": 1, "it": 1, "fr": 1, "es": 1, "": 1}


def labelled():
    """The phrases of each language, with their labels."""
    phrases = defaultdict(list)
    for line in PHRASES.read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            language, text, expected = line.split("\t")
            phrases[language].append((text, expected))
    return phrases


def test_phrases_are_read_as_labelled():
    right, all_of = Counter(), Counter()
    for language, phrases in labelled().items():
        documents = read(language, [text for text, _ in phrases])
        for document, (text, expected) in zip(documents, phrases):
            right[language] += short(document) == expected
            all_of[language] += 1
            if short(document) != expected:
                print(f"{language or '-'}: {text!r}\n  label: {expected}\n  read:  {short(document)}")
    for language, count in all_of.items():
        print(f"{language or 'none told'}: {right[language]} of {count}, {right[language] / count:.1%}")
    print(f"all: {right.total()} of {all_of.total()}, {right.total() / all_of.total():.1%}")
    assert all_of.keys() == ACCURACY.keys()
    for language, count in all_of.items():
        assert right[language] / count >= ACCURACY[language], language
