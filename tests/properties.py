"""How many examples a property is tried with: in a run of the tests a few, always the same; with CLAIMD_PROPERTIES=n n times as many, and new ones"""
import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("CLAIMD_PROPERTIES", "1"))


def tried(examples, **further):
    """A decorator of what Hypothesis gives its examples to. None of them is kept, nor timed: the machine may be busy with other tests."""
    return settings(max_examples=examples * TIMES, derandomize=TIMES == 1, print_blob=TIMES > 1, deadline=None, database=None,
                    suppress_health_check=list(HealthCheck), **further)
