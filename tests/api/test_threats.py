"""docs/threats.md: each threat has a test, and each test that it names is there"""
import re

import pytest

from contract import TREE

PAGE = (TREE / "docs/threats.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if line.startswith("| ")][2:]
NAMED = re.compile(r"`([a-z_]+\.py)::(\w+)`|`(tests/(?:unit|fuzz)/\w+\.c)`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_threat_has_a_defence_and_tests_that_are_there(row):
    threat, defence, tests = row
    named = NAMED.findall(tests)
    assert threat and defence and named and len(named) == tests.count("`") / 2
    for module, name, unit in named:
        if unit:
            assert (TREE / unit).exists(), unit
            continue
        [source] = (TREE / "tests").rglob(module)
        assert re.search(rf"^def {name}\(", source.read_text(), re.MULTILINE), f"{module}::{name}"


def test_there_are_many_threats():
    assert len(ROWS) > 30 and len({row[0] for row in ROWS}) == len(ROWS)


def test_limits_name_tests_that_are_there():
    """Those of docs/operations.md, each of its own module unless another is named."""
    page = (TREE / "docs/operations.md").read_text()
    sources = {path.name: path.read_text() for path in (TREE / "tests/api").rglob("test_*.py")}
    for module, name in re.findall(r"`(?:(test_\w+\.py)::)?(test_\w+)`", page):
        where = [module] if module else sources
        assert any(re.search(rf"^def {name}\(", sources[each], re.MULTILINE) for each in where), f"{module}::{name}"
