"""The files for operators: Prometheus takes them, every alert goes off when it should, and every expression asks for what there is"""
import json
import re
import subprocess
from contextlib import contextmanager

import pytest
import requests
import yaml

from contract import TREE
from service import free_port, until
from watched import Watched, promtool

FOLDER = TREE / "operations"
RULES, TESTS, CONFIG = (FOLDER / "prometheus" / name for name in ("rules.yaml", "rules.test.yaml", "prometheus.yaml"))
ALERTS = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
BOARD = json.loads((FOLDER / "grafana/claimd.json").read_text())
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
SHOWN = [target["expr"] for panel in PANELS for target in panel["targets"]] + [note["expr"] for note in BOARD["annotations"]["list"]]
METRIC = re.compile(r"\b(?:claimd|process)_\w+")
DOCUMENT = (TREE / "docs/operations.md").read_text()


@pytest.fixture(scope="module")
def watched(database_url):
    """The database stands for a standby of itself, so that all there is is told."""
    with Watched(database_url, "--database-read-url", database_url, "--threads", "2") as service:
        service.answers().becomes(2, "claimd_threads_informed")
        for target in ("/v1/claims", "/v1/claims", "/nowhere"):
            service.status(target)
        yield service


@pytest.fixture(scope="module")
def told(watched):
    """The names of all samples, and of the families that they are of."""
    text = watched.ask("/metrics").text
    return {name for name, _ in watched.metrics()} | set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))


# Prometheus' own judge --------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("check", "rules", RULES), ("test", "rules", TESTS), ("check", "config", CONFIG)], ids=lambda words: " ".join(map(str, words[:2])))
def test_prometheus_takes(arguments):
    status, said = promtool(*arguments)
    assert status == 0 and "FAILED" not in said, said


def test_every_alert_is_tested_in_trouble_and_in_good_order():
    cases = {(case["alertname"], bool(case["exp_alerts"])) for test in yaml.safe_load(TESTS.read_text())["tests"] for case in test["alert_rule_test"]}
    assert sorted(cases) == sorted((rule["alert"], goes_off) for rule in ALERTS for goes_off in (False, True))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_that_never_goes_off_is_found(rule, tmp_path):
    """The tests of an alert are not ones that any expression passes."""
    broken, tests = yaml.safe_load(RULES.read_text()), yaml.safe_load(TESTS.read_text())
    tests["tests"] = [test for test in tests["tests"] if test["alert_rule_test"][0]["alertname"] == rule["alert"]]
    for each in broken["groups"][0]["rules"]:
        if each["alert"] == rule["alert"]:
            each["expr"] = f"({each['expr']}) < -1"
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(broken))
    (tmp_path / "rules.test.yaml").write_text(yaml.safe_dump(tests))
    status, said = promtool("test", "rules", tmp_path / "rules.test.yaml")
    assert status != 0 and rule["alert"] in said


# What is asked for ------------------------------------------------------------------------------


@pytest.mark.parametrize("expression", [rule["expr"] for rule in ALERTS] + SHOWN)
def test_what_is_asked_for_is_there(told, expression):
    names = set(METRIC.findall(expression))
    assert names <= told and (names or 'up{job="claimd"}' in expression), names - told


@pytest.mark.parametrize("expression", [expression for expression in [rule["expr"] for rule in ALERTS] + SHOWN if re.search(r"claimd_request(s_total|_duration)", expression)])
def test_probes_are_not_counted_among_requests(expression):
    """Balancers ask often, and are answered well and at once: among these the failures of everybody else would not show."""
    counted = re.findall(r"claimd_request(?:s_total|_duration_seconds_bucket)(\{[^}]*\})?", expression)
    assert re.search(r"by \((le, )?route\)", expression) or all(re.search(r'route!~"/healthz\|/readyz[|"]', labels) for labels in counted)


def test_all_that_is_told_is_shown(told):
    """A number that nobody looks at need not be counted."""
    shown = {name for expression in SHOWN for name in METRIC.findall(expression)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told}
    assert families == {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}


def test_panels_do_not_overlap():
    taken = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + column, place["y"] + line) for column in range(place["w"]) for line in range(place["h"])}
        assert not cells & taken and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


# The real Prometheus ----------------------------------------------------------------------------


@contextmanager
def prometheus(target, folder):
    """One that reads the service each second, by the files that operators are given."""
    config = yaml.safe_load(CONFIG.read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [target]
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    (folder / "rules.yaml").write_text(RULES.read_text())
    base = f"http://127.0.0.1:{free_port()}"
    with open(folder / "log", "w", encoding="utf-8") as log, requests.Session() as session:
        session.trust_env = False
        process = subprocess.Popen(["prometheus", f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/data",
                                    f"--web.listen-address={base.removeprefix('http://')}"], stdout=log, stderr=log)

        def ask(path, **query):
            try:
                return session.get(base + path, params=query, timeout=10).json()
            except (requests.ConnectionError, ValueError):  # it has begun to begin
                return {"status": "not yet"}
        try:
            yield ask
        finally:
            process.terminate()
            process.wait(20)


def test_a_real_prometheus_reads_all_of_it(watched, tmp_path):
    with prometheus(watched.admin.removeprefix("http://"), tmp_path) as ask:
        def value(expression):
            got = ask("/api/v1/query", query=expression)
            return [float(sample["value"][1]) for sample in got["data"]["result"]] if got["status"] == "success" else []
        until(lambda: value('up{job="claimd"}') == [1], 30, "the service is read")
        before = value('sum(claimd_requests_total{route="/healthz"})') or [0]
        for _ in range(7):
            watched.status("/healthz")
        until(lambda: value('sum(claimd_requests_total{route="/healthz"})') == [before[0] + 7], 20, "seven requests more")
        for expression in SHOWN:
            asked = expression.replace("$instance", ".*").replace("$__rate_interval", "30s")
            got = ask("/api/v1/query", query=asked)
            assert got["status"] == "success", f"{asked}: {got}"
        groups = ask("/api/v1/rules")["data"]["groups"]
        assert {rule["name"] for group in groups for rule in group["rules"]} == {rule["alert"] for rule in ALERTS}
        until(lambda: all(rule["health"] == "ok" for group in ask("/api/v1/rules")["data"]["groups"] for rule in group["rules"]), 20, "every rule is evaluated")
        assert [alert["labels"]["alertname"] for alert in ask("/api/v1/alerts")["data"]["alerts"]] == []


# The runbook ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_has_its_place_in_the_runbook(rule):
    entry = re.search(rf"^#### {rule['alert']}\n+(.+?)(?=^#|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert entry and len(entry[1].split()) > 15
    assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
    assert rule["labels"]["severity"] in ("critical", "warning", "info")


def test_the_runbook_knows_no_other_alert():
    assert set(re.findall(r"^#### (Claimd\w+)$", DOCUMENT, re.MULTILINE)) == {rule["alert"] for rule in ALERTS}


def test_every_metric_is_explained(told):
    """By the table in docs/operations.md, and it has no other."""
    explained = set(re.findall(r"^\| `((?:claimd|process)_\w+)`", DOCUMENT, re.MULTILINE))
    assert explained == {re.sub(r"_(bucket|sum|count)$", "", name) for name in told}
