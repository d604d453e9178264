"""Numbers in words: whatever ICU spells is read, in each of its rule sets for cardinals"""
import random

import icu
import pytest
from reader import read

LOCALES = ["de", "en", "es", "fr", "fr_BE", "fr_CH", "it"]
PLACES_MOST = 15


def numbers():
    """All of three digits, and as many by chance of each length above; one by itself is an article."""
    dice = random.Random(20250918)
    for number in range(2, 1000):
        yield number
    for places in range(4, PLACES_MOST + 1):
        yield 10 ** (places - 1)
        yield from (dice.randrange(10 ** (places - 1), 10**places) for _ in range(60))


def spellings(locale):
    """The name of each set of rules, and the numbers as it spells them."""
    rules = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(locale))
    names = [rules.getRuleSetName(i) for i in range(rules.getNumberOfRuleSetNames())]
    cardinals = [name for name in names if name.startswith(("%spellout-cardinal", "%spellout-numbering")) and not name.endswith("-year")]
    assert len(cardinals) > 1
    return {name: {number: rules.format(number, name) for number in numbers()} for name in cardinals}


@pytest.mark.parametrize("locale", LOCALES)
def test_spelled_numbers_are_read(locale):
    for name, spelled in spellings(locale).items():
        documents = read(locale[:2], list(spelled.values()))
        wrong = {text: document["value"] for (number, text), document in zip(spelled.items(), documents)
                 if document["value"] != str(number) or len(document["figures"]) != 1}
        assert not wrong, name
