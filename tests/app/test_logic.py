"""The front end's logic without a browser: each file of tests here is bundled as the pages are, and run by Node.js"""
import json
import os
import pathlib
import subprocess

import pytest

from contract import TREE

HERE = pathlib.Path(__file__).parent
TESTS = sorted(HERE.glob("*.test.ts"))
SEED = int(os.environ.get("CLAIMD_TEST_SEED") or 1605)


def run(*command):
    """Runs a command that must succeed; returns what it printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """A folder with a program for each file, made of it and of what it imports."""
    folder = tmp_path_factory.mktemp("programs")
    run(TREE / "web/node_modules/.bin/esbuild", *TESTS, HERE / "bodies.ts", f"--outdir={folder}", "--out-extension:.js=.mjs",
        "--bundle", "--platform=node", "--format=esm", "--sourcemap=inline", "--log-level=warning", f"--define:CLAIMD_TEST_SEED={SEED}")
    return folder


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_unit(programs, path):
    run("node", "--enable-source-maps", "--test", programs / f"{path.stem}.mjs")


def test_bodies_that_are_sent_are_those_of_the_contract(programs, contract):
    for line in run("node", programs / "bodies.mjs").splitlines():
        contract.validate(json.loads(line), contract.schema("SourceWithPartsBody"))
