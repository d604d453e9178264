"""Each order of a list has its index: a planner that is told to avoid sorting and reading whole tables can. What a million claims cost,
scale/ tells."""
import plans
import pytest

# What a filter leaves one value of is sorted by it once more, but no more than a page at most.
CASES = [(path, given, order) for path, given, order in plans.CASES
         if path == "claims" and plans.is_bounded(given, order) and order.lstrip("-") + "=scale" not in given]


@pytest.fixture(scope="module")
def explain(fresh_database):
    with plans.explained(fresh_database(), enable_sort="off", enable_seqscan="off", enable_bitmapscan="off") as explain:
        yield explain


@pytest.mark.parametrize("path, given, order", CASES)
def test_an_index_gives_the_page_in_order(explain, path, given, order):
    nodes = list(plans.nodes(explain(path, given, order)))
    assert not plans.read_whole(nodes)
    assert not any(map(plans.is_sort, nodes))
