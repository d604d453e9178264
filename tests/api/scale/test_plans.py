"""How the database answers each filter in each order over a million claims: by indexes, and no further than a page needs"""
import plans
import pytest

SORTED_MOST = 2000
TOUCHED_MOST = 20000


@pytest.fixture(scope="module")
def explain(filled):
    with plans.explained(filled) as explain:
        yield explain


def executed(plan):
    """The nodes that were executed."""
    if plan.get("Actual Loops", 1):
        yield plan
        for part in plan.get("Plans", []):
            yield from executed(part)


def rows_into(node):
    return sum(part.get("Actual Rows", 0) * part.get("Actual Loops", 1) for part in node.get("Plans", [])[:1])


@pytest.mark.parametrize("path, given, order", plans.CASES)
def test_a_page_touches_no_more_than_it_needs(explain, path, given, order):
    plan = explain(path, given, order)
    assert not plans.read_whole(executed(plan)) or order.lstrip("-") in plans.LAST.get(given, ())
    if path == "claims" and not plans.is_bounded(given, order) or path == "comparisons" and "=scale" in given and "spread" in order:
        return
    most = max((rows_into(node) for node in executed(plan) if plans.is_sort(node)), default=0)
    touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert most <= SORTED_MOST and touched <= TOUCHED_MOST, f"{most} rows sorted, {touched} blocks touched"
