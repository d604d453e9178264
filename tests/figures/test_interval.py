"""The interval rule: what a figure leaves possible is what the database's figure_extent() says"""
import database
import pytest
from reader import read

WORDS = {"exact": "{}", "approx": "about {}", "gt": "over {}", "gte": "at least {}", "lt": "under {}", "lte": "up to {}"}
VALUES = ["0", "1", "-5", "10", "120", "1600000000", "294000", "999", "0.25", "0.5", "0.005", "1234.5", "-0.25", "50000", "1.6", "100.01",
          "123456789012345678901234567890", "0.000000000000000000000000000001"]


@pytest.mark.parametrize("bound", WORDS)
def test_interval_is_the_databases(seeded_url, bound):
    connection = database.connect(seeded_url, autocommit=True)
    documents = read("en", [WORDS[bound].format(value) for value in VALUES])
    for value, document in zip(VALUES, documents):
        with connection.cursor() as cursor:
            cursor.execute("""SELECT trim_scale(lower(extent))::text, trim_scale(upper(extent))::text
                              FROM figure_extent(%s::numeric, %s::bound, NULL) AS extent""", (value, bound))
            assert (document["value"], document["bound"]) == (value, bound)
            assert (document["low"], document["high"]) == cursor.fetchone(), value
    connection.close()
