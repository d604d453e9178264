"""A database of many claims for the tests of this folder"""
import os
import subprocess

import pytest


@pytest.fixture(scope="session")
def many():
    return int(os.environ.get("CLAIMD_SCALE", "1000000"))


@pytest.fixture(scope="session")
def filled(database_url, many):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-v", f"claims={many}", "-v", "sources=5000",
                    "-f", os.path.join(os.path.dirname(__file__), "claims.sql"), database_url], check=True)
    return database_url
