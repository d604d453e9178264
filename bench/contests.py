"""What is measured: each contest lets contenders do the same work in turn, and gives the samples of each"""
import contextlib
import itertools

import load
import servers
import single
import work

CONNECTIONS = 64        # of wrk, unless a contest says otherwise
CROWD = 1_000           # the connections of many clients
CROWD_SECONDS = 4       # at least, as so many clients take a while to get in
CLIENTS = 8             # of pgbench
BATCH = 8               # statements that pgbench pipelines
OPEN_RATE = 5_000       # requests a second at most, fewer where a contender could not answer twice as many
DRIVERS = ("pg", "postgres")


class Meter:
    """Adds to a sample what the server and the database spent on each answer meanwhile, and what the server holds."""

    def __init__(self, database, server=None):
        self.pids = {"database": database.server_pid(), **({"server": server.process.pid} if server else {})}
        self.server = server

    def __call__(self, measured):
        before = {name: servers.processor_seconds(pid) for name, pid in self.pids.items()}
        sample = measured()
        for name, pid in self.pids.items():
            sample[f"{name}_cpu"] = (servers.processor_seconds(pid) - before[name]) * 1e6 / sample["answers"]
        if self.server:
            sample["resident"] = self.server.resident() / 1e6
        return sample


def served(bench, database, server, targets, connections=CONNECTIONS, **details):
    """A contender: a server under wrk."""
    meter = Meter(database, server)
    seconds = max(bench.seconds, CROWD_SECONDS if connections >= CROWD else 0)
    return lambda: meter(lambda: load.wrk(server.port, targets, connections, seconds, **details))


def served_alone(bench, database, server, targets):
    """A contender: a server with one client, for answers that may take long."""
    meter, turns = Meter(database, server), itertools.cycle(targets)
    return lambda: meter(lambda: load.alone(server.port, turns, bench.seconds))


def validated(bench, database, server, target):
    """A contender: a server whose clients have the answer already."""
    meter = Meter(database, server)
    tag = server.get(target).headers["ETag"]
    return lambda: meter(lambda: load.not_modified(server.port, target, tag, CONNECTIONS, bench.seconds))


def bare(bench, database, asked, clients=CLIENTS, **details):
    """A contender: the same statement by pgbench."""
    meter = Meter(database)
    statement = work.statement(database, asked)
    return lambda: meter(lambda: load.pgbench(database, statement, clients, bench.seconds, **details))


def constant(bench, server, targets, rate):
    """A contender: a server that is asked at a constant rate."""
    return lambda: load.constant(server.port, targets, rate, bench.seconds)


# ---- from the cache ----

def cached(bench, size, workers, loop=False):
    """The same body from claimd's cache, from nginx as a file, and from a bare loop."""
    database = bench.database(bench.middle)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        claimd = enter(servers.claimd(database, workers, cached=True))
        target = work.page_of_size(claimd, size)
        body = claimd.get(target).body
        bench.note(f"The body of {size // 1_000} KB is that of `{target}`, {len(body):,} bytes.")
        contenders = {"claimd": served(bench, database, claimd, [target])}
        nginx = enter(servers.nginx(body, workers))
        contenders["nginx"] = served(bench, database, nginx, ["/body"])
        if loop:
            contenders["epoll loop"] = served(bench, database, enter(servers.epoll(claimd.bytes(target))), [target])
        return bench.alternate(contenders)


def not_modified(bench):
    """304 to whoever has the current ETag."""
    database = bench.database(bench.middle)
    with servers.claimd(database, 1, cached=True) as claimd:
        target = work.page_of_size(claimd, 2_000)
        with servers.nginx(claimd.get(target).body, 1) as nginx:
            return bench.alternate({"claimd": validated(bench, database, claimd, target),
                                    "nginx": validated(bench, database, nginx, "/body")})


# ---- from the database ----

def against_pgbench(bench, asked):
    """claimd on all cores against the database's own limits."""
    database = bench.database(bench.middle)
    with servers.claimd(database, bench.cores) as claimd:
        asked = asked(claimd, bench.middle)
        return bench.alternate({
            "claimd": served(bench, database, claimd, asked.targets),
            "pgbench": bare(bench, database, asked),
            "pgbench, pipelined": bare(bench, database, asked, times=BATCH)})


def against_node(bench, asked, processes, connections=CONNECTIONS, graphql=False):
    """claimd against Fastify with either driver, and perhaps against PostGraphile. All have connections for every core of the database."""
    database = bench.database(bench.middle)
    with contextlib.ExitStack() as stack:
        claimd = stack.enter_context(servers.claimd(database, processes, connections=max(1, bench.cores // processes)))
        asked = asked(claimd, bench.middle)
        contenders = {"claimd": served(bench, database, claimd, asked.targets, connections)}
        cursors = work.Cursors(claimd)
        for driver in DRIVERS:
            fastify = stack.enter_context(servers.fastify(database, driver, processes, cursors))
            work.check_same(claimd, fastify, asked.targets)
            contenders[f"Fastify, {driver}"] = served(bench, database, fastify, asked.targets, connections)
        if graphql:
            postgraphile = stack.enter_context(servers.postgraphile(database, processes))
            ids, template = work.graphql(postgraphile, asked)
            contenders["PostGraphile"] = served(bench, database, postgraphile, ids, connections, template=template)
        return bench.alternate(contenders)


# ---- size ----

def sizes(bench, asked):
    """One client's latency with the most claims and with the fewest."""
    with contextlib.ExitStack() as stack:
        contenders = {}
        for name, count in (("most", bench.large), ("fewest", bench.small)):
            database = bench.database(count)
            claimd = stack.enter_context(servers.claimd(database, 1))
            contenders[name] = served(bench, database, claimd, asked(claimd, count).targets, connections=1)
        return bench.alternate(contenders)


def against_sql(bench, asked, size):
    """One client's latency against that of the bare statement."""
    count = getattr(bench, size)
    database = bench.database(count)
    with servers.claimd(database, 1) as claimd:
        asked = asked(claimd, count)
        return bench.alternate({
            "claimd": served_alone(bench, database, claimd, asked.targets),
            "SQL": bare(bench, database, asked, clients=1, percentiles=True)})


# ---- open loop ----

def open_loop(bench, contenders):
    """All at the same constant rate, which half of the slowest one's own would allow."""
    slowest = min(load.wrk(server.port, targets, CONNECTIONS, bench.seconds)["rate"] for server, targets in contenders.values())
    rate = min(OPEN_RATE, int(slowest / 2))
    return bench.alternate({name: constant(bench, server, targets, rate) for name, (server, targets) in contenders.items()})


def open_cached(bench):
    """Answers of 2 KB from claimd's cache and from nginx, asked for at a constant rate."""
    database = bench.database(bench.middle)
    with servers.claimd(database, 1, cached=True) as claimd:
        target = work.page_of_size(claimd, 2_000)
        with servers.nginx(claimd.get(target).body, 1) as nginx:
            return open_loop(bench, {"claimd": (claimd, [target]), "nginx": (nginx, ["/body"])})


def open_claim(bench):
    """Claims from the database, asked for at a constant rate."""
    database = bench.database(bench.middle)
    with contextlib.ExitStack() as stack:
        claimd = stack.enter_context(servers.claimd(database, 1))
        targets = work.claim(claimd, bench.middle).targets
        contenders, cursors = {"claimd": (claimd, targets)}, work.Cursors(claimd)
        for driver in DRIVERS:
            fastify = stack.enter_context(servers.fastify(database, driver, 1, cursors))
            contenders[f"Fastify, {driver}"] = (fastify, targets)
        return open_loop(bench, contenders)
