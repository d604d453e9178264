"""The README: every `$ curl` is run against the server, `$ claimd` without one, and answers what the README shows;
what judges in tests is installed; each feature has its test"""
import pathlib
import re
import subprocess

import pytest
from service import BINARY

README = pathlib.Path(__file__).parents[2] / "README.md"
EXAMPLE = re.compile(r"^```console\n\$ ((?:curl|claimd) .*)\n((?:.*\n)*?)```$", re.MULTILINE)
EXAMPLES = EXAMPLE.findall(README.read_text())


def test_readme_has_six_examples():
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize("command, answer", EXAMPLES, ids=[command[9:60] for command, _ in EXAMPLES])
def test_readme_example(command, answer, service):
    here = command.replace("localhost:8080", f"127.0.0.1:{service.port}").replace("claimd figure", f"{BINARY} figure")
    run = subprocess.run(["bash", "-c", here], capture_output=True, text=True, timeout=10, check=True)
    assert run.stdout == answer


WRITING = re.compile(r"^```sh\nclaimd\(\) .*\n((?:.*\n)*?)```$", re.MULTILINE)


def test_readme_writes(desk, url):
    """Who follows it has made a thing and changed it; `claimd` is the program over this database."""
    [commands] = WRITING.findall(README.read_text())
    script = f'claimd() {{ DATABASE_URL="{url}" {BINARY} "$@"; }}\n' + commands.replace("localhost:8080", f"127.0.0.1:{desk.service.port}")
    subprocess.run(["bash", "-euc", script], capture_output=True, timeout=20, check=True)
    assert desk.get("/v1/subjects/modell-x").json()["description"] == "A model of theirs."
    assert [revision["action"] for revision in desk.revisions("subject", "modell-x")] == ["created", "changed"]


def test_readme_shows_every_picture():
    shown = set(re.findall(r'<img src="(docs/img/[\w-]+\.png)"', README.read_text()))
    assert shown == {f"docs/img/{picture.name}" for picture in (README.parent / "docs/img").iterdir()}


@pytest.mark.parametrize("judge", ["prometheus", "kubernetes-client", "docker-compose"])
def test_the_package_of_a_judge_is_installed_for_tests(judge):
    assert re.search(rf"^test=\([^)]*\b{judge}\b", (README.parent / "scripts/prepare").read_text(), re.MULTILINE)


FEATURES = re.findall(r"`(test_\w+\.py)::(test_\w+)`", (README.parent / "docs/features.md").read_text())


def test_features_are_many():
    assert len(FEATURES) > 30


@pytest.mark.parametrize("file, test", FEATURES)
def test_feature_has_its_test(file, test):
    [module] = (README.parent / "tests").rglob(file)
    assert f"\ndef {test}(" in module.read_text()
