"""What a request costs, in instructions: they grow with the code, whatever else the machine does"""
import re

import pytest

from service import BINARY, INSTRUMENTED, Service

pytestmark = pytest.mark.skipif(INSTRUMENTED, reason="a sanitizer's own instructions would be counted")

FEW, MANY = 100, 500

# About twice what was counted, so that other machines' string functions fit in.
FROM_MEMORY, FROM_DATABASE = 40_000, 230_000


class Counted(Service):
    """A service whose instructions are counted."""

    def __init__(self, database_url, folder, *flags):
        self.counts = folder / "counts"
        self.command = ("valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={self.counts}", BINARY, "serve")
        super().__init__(database_url, "--threads", "1", "--no-sandbox", *flags)  # the counter calls what it likes

    def instructions(self):
        return int(re.search(r"^totals: (\d+)", self.counts.read_text(), re.MULTILINE)[1])


def instructions(database_url, folder, requests, *flags):
    """All instructions of a service that answers so many requests, from its start to its end."""
    with Counted(database_url, folder, *flags) as service, service.answers(within=60).wire(timeout=60) as wire:
        for _ in range(requests):
            wire.get("/v1/claims/r1-under-300000-03-training-cost-294000")
            assert wire.answer().status == 200
        service.stop()
        return service.instructions()


@pytest.mark.parametrize("flags, most", [([], FROM_MEMORY), (["--cache-bytes", "0"], FROM_DATABASE)], ids=["memory", "database"])
def test_a_request_costs_no_more_than_it_did(database_url, tmp_path, flags, most):
    few, many = (instructions(database_url, tmp_path, requests, *flags) for requests in (FEW, MANY))
    cost = (many - few) / (MANY - FEW)
    print(f"{cost:.0f} instructions a request")
    assert 1000 < cost < most
