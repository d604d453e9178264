"""What tests of outages have in common: how a database goes away, and what its service says meanwhile"""
import contextlib
import re
import time

import database
import requests

from cluster import Cluster
from desk import DOCUMENTS, path_of, problem
from service import Service, until

FROZEN = 3  # seconds that an answer may take while the database is silent: half as long again is a request's time
BACK = 2  # seconds within which answers are fresh again
STATUS = re.compile(r"claimd; hit; ttl=-(\d+); detail=([a-z-]+)")

ONE, LIST = "/v1/claims/r1-under-300000-03-training-cost-294000", "/v1/claims?limit=30"
PAGE = "/comparisons/what-training-r1-cost"
NAMED = [{**DOCUMENTS["scope"][0], "name": f"Some {number}"} for number in range(3)]
SCOPE = path_of("scope", "outage-scope")
AWAY = {"stopped": (Cluster.stop, Cluster.start), "killed": (Cluster.kill, Cluster.start), "frozen": (Cluster.freeze, Cluster.thaw)}


@contextlib.contextmanager
def away(cluster, how):
    leave, back = AWAY[how]
    leave(cluster)
    try:
        yield
    finally:
        back(cluster)


def ask(service, target, method="GET", timeout=20, **fields):
    """An answer on a connection of its own, so that each thread has its turn."""
    names = {name.replace("_", "-"): value for name, value in fields.items()}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, service.base + target, headers={"Accept-Encoding": "identity", **names}, timeout=timeout, allow_redirects=False)


def reader(url, *flags, threads=1, **settings):
    return Service(url, "--threads", str(threads), *flags, **settings)


def age_of(answer):
    """Seconds since a stale answer was last known to be right, and why it was given; None, None of a fresh one."""
    assert ("Age" in answer.headers) == ("Cache-Status" in answer.headers), answer.headers
    if "Age" not in answer.headers:
        return None, None
    seconds, why = STATUS.fullmatch(answer.headers["Cache-Status"]).groups()
    assert answer.headers["Age"] == seconds and int(seconds) > 0
    return int(seconds), why


def assert_stale(answer, why="database-unavailable", status=200):
    age, told = age_of(answer)
    assert (answer.status_code, told) == (status, why), (answer.status_code, answer.headers, answer.text[:500])
    return age


def assert_fresh(answer, status=200):
    assert (answer.status_code, age_of(answer)) == (status, (None, None)), (answer.status_code, answer.headers, answer.text[:500])
    return answer


def assert_nothing(answer):
    """The database cannot be reached, and there is nothing to be given instead."""
    problem(answer, 503, "database-unavailable")
    assert answer.headers["Retry-After"] == "1" and age_of(answer) == (None, None)


def back(service, target=ONE, within=BACK):
    """Waits until each thread gives fresh answers; how long that took."""
    def fresh():
        answer = ask(service, target)
        return answer.status_code == 200 and "Age" not in answer.headers
    return until(lambda: all(fresh() for _ in range(12)), within, "fresh answers")


def settled(service, target=ONE, **fields):
    """Waits until an answer is kept and the second of the last change is over, so that nothing makes it once more."""
    def kept():
        answer = ask(service, target, **fields)
        return "Server-Timing" not in answer.headers and "Last-Modified" in answer.headers
    until(kept, 10, "a settled answer")


def lost(service):
    """Waits until the service knows that the database is away."""
    until(lambda: ask(service, "/readyz").status_code in (503, 504), 15, "an outage that is known")


def noticed(service, target):
    """The same of each thread, by an answer that it keeps; nobody waits for that as long as a request may take."""
    def stale():
        asked = time.monotonic()
        answer = ask(service, target)
        assert answer.status_code == 200 and time.monotonic() - asked < FROZEN, answer.text
        return "Age" in answer.headers
    until(lambda: all(stale() for _ in range(24)), 15, "an outage that each thread knows of")


def write(client, document):
    """Creates or replaces the scope; it is acknowledged."""
    fields = {"If-Match": "*"} if client.send("GET", SCOPE).ok else {}
    answer = client.send("PUT", SCOPE, document, fields)
    assert answer.status_code in (200, 201), answer.text


@contextlib.contextmanager
def locked(url, *tables):
    """Whoever asks these tables waits."""
    connection = database.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
    yield
    connection.rollback()
    connection.close()
