"""Two versions of the service on one database behind a balancer, from the older one to the newer: under load, migration included, not one request fails

CLAIMD_BEFORE names the older program; `make test-upgrade` builds it.
"""
import itertools
import json
import os
import subprocess
from collections import Counter

from balancer import Balancer
from busy import Busy
from cluster import Cluster
from desk import Client, Tables, create_token
from service import Service, claimd, environment, until

BEFORE = os.environ["CLAIMD_BEFORE"]
ENOUGH = 400  # answers in each state of things, and of each service that should get some
READ = ["/v1/claims?subject=deepseek-r1", "/v1/claims?q=Millionen", "/v1/comparisons", "/v1/comparisons/what-training-r1-cost", "/v1/sources/markets-misled-de",
        "/v1/compare?subject=deepseek-r1&quantity=training-cost", "/v1/comparisons/what-training-r1-cost?format=svg", "/v1/claims?format=csv", "/v1/changes", "/", "/healthz"]


class Before(Service):
    command = (BEFORE, "serve")


def run(program, *arguments, url):
    return subprocess.run([program, *arguments], env=environment(DATABASE_URL=url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=False)


class Load(Busy):
    """Readers, writers and those who walk through pages, each request on a connection of its own; what was answered."""

    def __init__(self, entry, token):
        self.written = {f"upgrade-{number}": 0 for number in range(2)}
        super().__init__(self.read(), self.read(), self.walk(), *map(self.write, self.written))
        self.client = Client(entry, token)
        self.answers, self.begun_anew = Counter(), 0

    def ask(self, method, target, body=None, headers=None):
        answer = self.client.send(method, target, body, {"Connection": "close", **(headers or {})}, timeout=30)
        self.answers[answer.status_code] += 1
        return answer

    def good(self, answer, method, target):
        assert answer.status_code in (200, 201), f"{method} {target}: {answer.status_code} {answer.text[:300]}"
        return answer

    def read(self):
        for target in itertools.cycle(READ):
            yield self.good(self.ask("GET", target), "GET", target)

    def walk(self):
        while True:
            seen = []
            yield from self.pages(seen)
            assert len(seen) == len(set(seen)), "a walk has rows twice"

    def pages(self, seen):
        """All claims, page by page. A cursor that the other version does not know is where a walk begins anew, as the contract says that it may."""
        target = "/v1/claims?limit=20"
        while target:
            answer = self.ask("GET", target)
            if answer.status_code == 400 and "cursor" in target:
                self.answers[400] -= 1
                self.begun_anew += 1
                return
            page = self.good(answer, "GET", target).json()
            seen += [item["id"] for item in page["items"]]
            target = page["next"]
            yield

    def write(self, id):
        """Counts up; what was acknowledged is what the next one finds."""
        for count in itertools.count(1):
            state = {"If-Match": "*"} if count > 1 else {"If-None-Match": "*"}
            target, document = f"/v1/subjects/{id}", {"name": f"Count {count}", "kind": "model", "description": f"Count {count}"}
            self.good(self.ask("PUT", target, document, state), "PUT", target)
            self.written[id] = count
            yield

    def count(self):
        return sum(self.answers.values())

    def enough(self, state, *services):
        """Waits until there were enough answers, of each of the services."""
        before, counts = self.count(), [requests_of(service) for service in services]
        until(lambda: self.faults or (self.count() >= before + ENOUGH
                                        and all(requests_of(service) >= count + ENOUGH / 5 for service, count in zip(services, counts))), 120, state)
        print(f"{state:<42} {self.count() - before:>6} answers, {len(self.faults)} failures", flush=True)
        assert not self.faults, self.faults[:3]


def requests_of(service):
    return service.log().count('"event":"request"')


def sealed(url):
    """Whether the versions seal cursors by one key, and so take each other's: from the database as the older one has it."""
    with Tables(url) as tables:
        return tables.value("SELECT to_regclass('secret') IS NOT NULL")


def test_not_one_request_fails_from_one_version_to_the_next():
    settings = {"CLAIMD_LOG_REQUESTS": "1"}
    with Cluster() as cluster:
        url = cluster.database("upgraded", migrated=False)
        migrated = run(BEFORE, "migrate", "up", url=url)
        assert migrated.returncode == 0, migrated.stderr
        token, shared = create_token(url, "upgrade"), sealed(url)
        with Before(url, **settings) as old:
            old.answers()
            with Balancer([old.port]) as balancer, Load(balancer, token) as load:
                load.enough("the older version alone", old)
                with Service(url, **settings) as new:
                    pending = claimd("migrate", "status", DATABASE_URL=url).stdout.count("pending")
                    new.answers("/readyz", 503 if pending else 200)
                    load.enough("the newer one waits for its migrations", old)
                    migrated = claimd("migrate", "up", timeout=300, DATABASE_URL=url)
                    assert migrated.returncode == 0, migrated.stderr
                    assert [json.loads(line)["event"] for line in migrated.stderr.splitlines()].count("migrated") == pending
                    new.answers(within=30)
                    load.enough(f"{pending} migrations later, the older one alone", old)
                    assert old.status("/readyz") == 200
                    balancer.send_to([old.port, new.port])
                    load.enough("both", old, new)
                    balancer.send_to([new.port])
                    before = requests_of(old)
                    old.stop()
                    load.enough("the newer one alone, the older one stopped", new)
                    assert requests_of(old) == before
                    load.stop()
                    kept = {id: new_state(Client(new, token), id) for id in load.written}
        assert kept == {id: (count, count) for id, count in load.written.items()}, "acknowledged, and not there"
        assert not load.faults and set(+load.answers) <= {200, 201}, (load.faults[:3], load.answers)
        assert not (shared and load.begun_anew), "both seal cursors by one key, and one did not take the other's"
        print(f"{load.count()} answers, {sum(load.written.values())} writes, no failure; {load.begun_anew} walks began anew")


def new_state(client, id):
    """Up to what was counted, and how many revisions that made."""
    return int(client.get(f"/v1/subjects/{id}").json()["name"].split()[1]), len(client.revisions("subject", id))
