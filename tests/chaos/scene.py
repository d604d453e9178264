"""A service with its database and its clients, while something breaks; what was lost of what it acknowledged"""
import threading
import time

from load import KINDS, Counter, Follower, Outsider, Poster, Tally
from desk import Client as Desk, Tables, create_token, furnish
from service import Service
from truth import Truth, lay

# Two seconds are long enough for any request here, and a service that gives up after them shows more in the time that there is.
FLAGS = ("--threads", "2", "--request-timeout", "2000", "--cache-bytes", "8000000")
WARM = 10      # seconds for each kind of client to be answered right before something breaks
RECOVERY = 2   # seconds: what the service is given
MOST = 10      # seconds: how long is looked whether it does, so that the table can say how late it was


class Ground:
    """A database with all that the clients ask for, and what is right of it."""

    def __init__(self, url):
        self.url = url
        lay(url)
        self.token = create_token(url, "chaos", "admin")
        with Service(url, *FLAGS) as service:
            furnish(Desk(service.answers(), self.token))
            self.truth = Truth(service.port)


class Scene:
    """The clients of a service at a port, until the end of the with block."""

    count = 0

    def __init__(self, ground, port, url=None, grace=0, kinds=None):
        """`url`: that of the database as it is reached past all that breaks; `grace`: seconds that one service may be behind another."""
        Scene.count += 1
        self.mark = f"{time.time_ns() // 1000000 % 10**9}-{Scene.count}"
        self.url, self.token, self.truth, self.port, self.grace = url or ground.url, ground.token, ground.truth, port, grace
        self.tally, self.over, self.counted = Tally(), threading.Event(), {}
        with Tables(self.url) as tables:
            self.place = tables.value("SELECT max(seq) FROM revision")
            self.outside = int(tables.value("SELECT description FROM subject WHERE id = 'outside'").split()[1])
        self.clients = [kind(self, number) for number, kind in enumerate(KINDS if kinds is None else kinds)]
        self.outsider = Outsider(self)

    def of(self, kind):
        return [client for client in self.clients if isinstance(client, kind)]

    @property
    def kinds(self):
        return [client.kind for client in self.clients]

    def rest(self, seconds):
        self.over.wait(seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        for client in [self.outsider, *self.clients]:
            client.start()
        return self

    def warm(self):
        """Waits until all are answered right, before anything breaks."""
        began = time.monotonic()
        while not self.tally.is_right_since(began, self.kinds):
            slow = [kind for kind in self.kinds if not self.tally.is_right_since(began, [kind])]
            assert time.monotonic() < began + WARM, f"before anything breaks {slow} get no right answers: {self.tally.faults[:3]} {dict(self.tally.counts)}"
            time.sleep(0.02)

    def recover(self, ended):
        """Lets the load go on until all are answered right again, and some time more; seconds that this took."""
        while time.monotonic() < ended + MOST and not (time.monotonic() > ended + 1 and self.tally.is_right_since(ended, self.kinds)):
            time.sleep(0.05)
        return self.tally.recovery(ended, self.kinds)

    def stop(self):
        self.over.set()
        for client in self.of(Follower):
            client.hang_up()
        for client in [self.outsider, *self.clients]:
            if client.ident:
                client.join(30)
                assert not client.is_alive(), f"{client} does not end"

    def lost(self):
        """What is not as it was acknowledged, a line each; to be asked when nobody writes any more."""
        with Tables(self.url) as tables:
            posts = [line for client in self.of(Poster) for line in lost_posts(tables, client)]
            counts = [line for client in self.of(Counter) for line in lost_counts(tables, client)]
            return posts + counts + [line for client in self.of(Follower) for line in missed(tables, client, self.place)]


def lost_posts(tables, client):
    there = dict(tables.run("SELECT description, array_agg(id::text) FROM subject WHERE starts_with(description, %s) GROUP BY 1 UNION ALL"
                            " SELECT statement, array_agg(claim.id::text) FROM claim WHERE starts_with(statement, %s) AND (SELECT count(*) FROM attribution WHERE claim_id = claim.id) = 2 GROUP BY 1",
                            *[f"Post {client.mark}-"] * 2))
    for text, id in client.acknowledged.items():
        if there.get(text) != [id]:
            yield f"{text} was acknowledged as {id}, and {there.get(text)} is there"
    for text, ids in there.items():
        if text not in client.sent or len(ids) != 1:
            yield f"{text} is there as {ids}"


def lost_counts(tables, client):
    rows = tables.run("SELECT description FROM subject WHERE id = %s", client.target.rpartition("/")[2])
    count = int(rows[0][0].split()[1]) if rows else -1
    if not client.acknowledged[-1][1] <= count <= client.tried:
        yield f"{client.target} is at {count}, {client.acknowledged[-1][1]} was acknowledged and {client.tried} tried"


def missed(tables, client, place):
    """Up to where the follower came, which is seen to be no long way from the end."""
    wanted = tables.run("SELECT seq, kind, id, action FROM revision WHERE seq > %s AND seq <= %s ORDER BY seq", place, client.since)
    if client.seen != wanted:
        missing = [row for row in wanted if row not in client.seen]
        yield f"the feed told {len(client.seen)} revisions of {len(wanted)}; of those missing the first are {missing[:3]}"

