"""Load while something breaks: each answer is right or says openly that there is none, what was acknowledged is there, and soon all is well again

CHAOS names the faults to take, or says all; a few that cost little are taken in every run, where others keep the machine busy and the time until all is
well is theirs. CHAOS_SECONDS is for how long each lasts.
"""
import os
import time

import pytest

from faults import FAULTS
from scene import MOST, RECOVERY, Scene
from table import ROWS

SECONDS = float(os.environ.get("CHAOS_SECONDS", "3" if "CHAOS" in os.environ else "1"))
WELL = RECOVERY if "CHAOS" in os.environ else MOST
CHEAP = ["database killed", "database frozen", "statements cancelled", "listeners ended", "SIGTERM"]


def wanted():
    named = os.environ.get("CHAOS", ",".join(CHEAP))
    return list(FAULTS) if named == "all" else [name.strip() for name in named.split(",")]


def endure(stage, fault):
    """Lets it break under load; the scene with what came of it, and seconds until all was well."""
    with Scene(stage.ground, stage.port, grace=stage.grace) as scene:
        stage.scene = scene
        if not fault.quiet:
            scene.start().warm()
        try:
            fault.run(stage)
        except AssertionError as error:
            scene.tally.faults.append(str(error))
        ended = time.monotonic()
        if fault.quiet:
            scene.start()
        recovery = scene.recover(ended)
    return scene, recovery


def judge(name, fault, scene, recovery):
    """The row of the table, and what does not hold."""
    counts, lost = scene.tally.counts, scene.lost()
    if not fault.cuts:
        scene.tally.faults += [f"{note.kind} is cut: {note.text}" for note in scene.tally.of("cut")]
    if fault.unseen:
        scene.tally.faults += [f"{note.kind} notices: {note.text}" for note in scene.tally.of("honest")]
    wrong = len(scene.tally.faults)
    ROWS.append((name, *map(str, (sum(counts.values()), counts["right"], counts["honest"], counts["cut"], wrong, len(lost))), f"{recovery:.2f} s"))
    return scene.tally.faults[:10] + lost[:10] + ([f"it took {recovery:.2f} s until all was well"] if recovery >= WELL else [])


@pytest.mark.parametrize("name", wanted())
def test_survives(name, cluster, ground):
    fault = FAULTS[name]
    try:
        with fault.stage(cluster, ground, SECONDS) as stage:
            scene, recovery = endure(stage, fault)
            faults = judge(name, fault, scene, recovery)
    except pytest.skip.Exception as skipped:
        ROWS.append((f"{name} (skipped: {skipped})", *["–"] * 7))
        raise
    assert not faults, "\n".join(faults)
