"""The compose files: docker-compose takes them, the program knows their settings, and Prometheus finds what it is to watch"""
import re
import shutil
import subprocess

import pytest
import yaml

from compose import SCALE, mounted
from contract import TREE
from service import claimd
from watched import promtool

FILES = ["compose.yaml", "compose.scale.yaml"]
WATCHING = mounted("prometheus")["/operations"] / "prometheus.yml"


def judged(path):
    """What docker-compose finds wrong with a file; it asks no daemon for that."""
    done = subprocess.run(["docker-compose", "-f", str(path), "config", "-q"], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode == 0) == (not done.stderr), done.stderr
    return done.stderr


@pytest.mark.parametrize("name", FILES)
def test_the_compose_file_is_one(name):
    assert judged(TREE / name) == ""


WRONG = {
    "a key that is none": lambda services: services["claimd"].update(read_onlyy=True),
    "a service that is none": lambda services: services["claimd"]["depends_on"].update(database={"condition": "service_healthy"}),
    "a volume that is none": lambda services: services["db"].update(volumes=["elsewhere:/var/lib/postgresql/data"]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_faults_are_found(wrong, tmp_path):
    document = yaml.safe_load((TREE / "compose.yaml").read_text())
    WRONG[wrong](document["services"])
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(document))
    assert judged(tmp_path / "compose.yaml")


@pytest.mark.parametrize("name", FILES)
def test_settings_are_those_of_the_program(name):
    known = set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", claimd("settings").stdout))
    built = [service for service in yaml.safe_load((TREE / name).read_text())["services"].values() if service.get("build") == "."]
    assert built and all(set(service["environment"]) <= known for service in built)


def test_the_address_of_the_balancer_is_not_limited():
    """All clients have it."""
    built = [service["environment"] for service in SCALE["services"].values() if service.get("build") == "."]
    assert len(built) == 3 and all(settings.get("CLAIMD_ADDRESS_CONNECTIONS") == "0" or settings.get("CLAIMD_TRUSTED_PROXIES") for settings in built)


def test_what_is_mounted_is_there():
    assert [place for service in SCALE["services"] for place in mounted(service).values() if not place.is_dir()] == []


def test_prometheus_watches_every_service():
    job, = (job for job in yaml.safe_load(WATCHING.read_text())["scrape_configs"] if job["job_name"] == "claimd")
    watched = {target for each in job["static_configs"] for target in each["targets"]}
    listening = {name: service["environment"]["CLAIMD_ADMIN_LISTEN"] for name, service in SCALE["services"].items() if service.get("build") == "."}
    assert watched == {address.replace("0.0.0.0", name) for name, address in listening.items()} and len(listening) == 3


def test_prometheus_takes_what_it_is_told(tmp_path):
    """By the files that its container has: the places of the mounts are those of copies here."""
    text = WATCHING.read_text()
    for place, folder in mounted("prometheus").items():
        shutil.copytree(folder, tmp_path / place.strip("/"))
        text = text.replace(f"{place}/", f"{tmp_path}{place}/")
    (tmp_path / "prometheus.yml").write_text(text)
    status, said = promtool("check", "config", tmp_path / "prometheus.yml")
    assert status == 0 and "FAILED" not in said and re.search(r"\d+ rules found", said), said
