"""The cluster and the data that all faults share"""
import pytest

import table
from cluster import Cluster
from scene import Ground


@pytest.fixture(scope="session")
def cluster():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def ground(cluster):
    return Ground(cluster.database("chaos"))


def pytest_terminal_summary(terminalreporter):
    if table.ROWS:
        terminalreporter.section("chaos")
        terminalreporter.write_line(table.text())
