"""Connections to the database that are cut at every byte of what is said on them"""
import time

from load import Pipeline, Poster
from proxy import DOWN, UP
from service import until


class Batch(Pipeline):
    """Some requests at once, the same each time, that have to be asked of the database and are answered in few bytes."""

    def batch(self):
        return self.scene.truth.small


def measure(proxy, ask):
    """How many bytes a request takes in each direction, where nothing is cut."""
    before = dict(proxy.passed)
    ask()
    return {direction: proxy.passed[direction] - before[direction] for direction in (UP, DOWN)}


def quiet(stage):
    """Waits until the service has all its connections and says nothing on them."""
    stage.service.answers()
    def still():
        before = dict(stage.proxy.passed)
        time.sleep(0.01)
        return stage.proxy.passed == before
    until(still, 10, "nothing is said between the service and its database")


def at_every_byte(stage, ask):
    """Asks as often as there are bytes, with the connection cut one later each time, in both directions."""
    ask()
    quiet(stage)
    sizes = measure(stage.proxy, ask)
    for direction, size in sizes.items():
        assert size > 100, f"nothing is asked of the database: {sizes}"
        cut = sum(is_cut_at(stage.proxy, direction, place, ask) for place in range(size))
        print(f"{direction}: {cut} cuts of {size}", flush=True)
        assert cut > 0.8 * size, f"{direction}: {cut} cuts of {size}"


def is_cut_at(proxy, direction, place, ask):
    """Whether what was asked took as many bytes as that, so that there was something to cut."""
    cuts = proxy.cuts
    proxy.cut(direction, place)
    ask()
    proxy.mend()
    return proxy.cuts > cuts


def cut_connections(stage):
    """In the middle of a pipeline of reads."""
    client = Batch(stage.scene)
    at_every_byte(stage, client.turn)


class Namer(Poster):
    """Creates things of one row each, which takes the fewest bytes."""

    def document(self):
        return self.subject(f"Post {self.mark}-{self.number}")


def cut_transactions(stage):
    """In the middle of a transaction that writes; the request is sent until it is acknowledged."""
    client = Namer(stage.scene, "cut")
    stage.scene.clients.append(client)

    def post():
        number = client.number
        until(lambda: client.turn() or client.number > number, 10, "a write is acknowledged")
    at_every_byte(stage, post)


def cut_openings(stage):
    """While the connection that reads is opened: it is ended, the one that replaces it is cut, and the next one is let through."""
    client = Batch(stage.scene)

    def reopen():
        stage.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'claimd%' AND query NOT SIMILAR TO '%(LISTEN|data_state)%'")
        until(lambda: client.turn() or stage.scene.tally.notes[-1].outcome == "right", 10, "requests are answered right again")
    at_every_byte(stage, reopen)
