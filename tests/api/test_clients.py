"""Clients that are generated from the served contract: they compile, and read the real service"""
import shutil
import subprocess

import pytest

from contract import TREE

MODULES = TREE / "web/node_modules"


def run(folder, *command):
    """Runs a command that must succeed; returns what it printed."""
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}"
    return done.stdout


@pytest.fixture
def typescript(tmp_path, api):
    """A folder with the TypeScript client, the types made from the contract that the service serves, and the packages."""
    shutil.copytree(TREE / "tests/clients/typescript", tmp_path, dirs_exist_ok=True)
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "openapi.json").write_bytes(api.request("GET", "/openapi.json").content)
    run(tmp_path, MODULES / ".bin/openapi-typescript", "openapi.json", "--output", "schema.d.ts")
    return tmp_path


def test_typescript_client_compiles_and_reads_the_service(typescript, service):
    run(typescript, MODULES / ".bin/tsc", "--project", ".")
    run(typescript, "node", "client.js", service.base)
