"""THE table of goals, and that of the contests which measure them: what is not here is not measured"""
from typing import NamedTuple

import contests
import seen
import single
import work

FASTIFY = ("Fastify, pg", "Fastify, postgres")


class Goal(NamedTuple):
    """A limit for a value of a contest, or for its ratio to that of the best of its peers."""
    work: str
    contest: str
    metric: str               # of METRICS
    limit: float = None       # the least or the most, as the metric is; none: printed only
    peers: tuple = ()
    who: str = "claimd"
    short: bool = False       # whether the README has it, too
    why: str = ""             # what stands in the way, for a reader who finds it not met; the contests below have the figures


class Metric(NamedTuple):
    title: str    # of a column
    unit: str     # behind a value that stands alone
    more: bool    # whether more is better


METRICS = {
    "rate": Metric("answers/s", " answers/s", True),
    "p50": Metric("p50 ms", " ms", False),
    "p99": Metric("p99 ms", " ms", False),
    "p99.9": Metric("p99.9 ms", " ms", False),
    "late": Metric("asked late", "", False),
    "server_cpu": Metric("server µs", " µs", False),
    "database_cpu": Metric("database µs", " µs", False),
    "resident": Metric("resident MB", " MB", False),
    "connection": Metric("KB a connection", " KB", False),
    "start": Metric("ms", " ms", False),
    "instructions": Metric("instructions", "", False),
    "paint": Metric("first paint ms", " ms", False),
    "interaction": Metric("interaction ms", " ms", False),
    "shown": Metric("largest paint ms", " ms", False),
}

# Name: the function of contests or single, and its arguments.
CONTESTS = {
    "cached-2k": (contests.cached, {"size": 2_000, "workers": 1, "loop": True}),
    "cached-2k-2": (contests.cached, {"size": 2_000, "workers": 2}),
    "cached-20k": (contests.cached, {"size": 20_000, "workers": 1}),
    "cached-20k-2": (contests.cached, {"size": 20_000, "workers": 2}),
    "not-modified": (contests.not_modified, {}),
    "claim-pgbench": (contests.against_pgbench, {"asked": work.claim}),
    "claim": (contests.against_node, {"asked": work.claim, "processes": 1, "graphql": True}),
    "claim-2": (contests.against_node, {"asked": work.claim, "processes": 2}),
    "claim-crowd": (contests.against_node, {"asked": work.claim, "processes": 1, "connections": contests.CROWD}),
    "list-pgbench": (contests.against_pgbench, {"asked": work.claims_list}),
    "list": (contests.against_node, {"asked": work.claims_list, "processes": 1}),
    "list-2": (contests.against_node, {"asked": work.claims_list, "processes": 2}),
    "size-claim": (contests.sizes, {"asked": work.claim}),
    "size-list": (contests.sizes, {"asked": work.claims_list}),
    "size-filter": (contests.sizes, {"asked": work.filtered}),
    "size-deep": (contests.sizes, {"asked": work.deep}),
    "search": (contests.against_sql, {"asked": work.search, "size": "large"}),
    "comparison": (contests.against_sql, {"asked": work.comparison, "size": "middle"}),
    "memory": (single.memory, {}),
    "start": (single.start, {}),
    "instructions": (single.instructions, {}),
    "open-cached": (contests.open_cached, {}),
    "open-claim": (contests.open_claim, {}),
    "pages": (seen.seed, {}),
    "pages-many": (seen.many, {}),
}

# Why a goal may not be met: in words, as the tables of the contests have the figures.
NOISE = "Within the noise of cores that load, server and database share (from – to)."
COPIED = ("nginx hands the file's pages to the socket (sendfile) and copies nothing; claimd copies the body into it, a quarter of its time "
          "at this size by perf's count (_copy_from_iter). Bodies from files in memory were tried: libmicrohttpd sends the head by one call and "
          "the body by sendfile in another, and a client is woken twice, which costs more (28 µs an answer) than the copy (23 µs). Whoever "
          "takes gzip or brotli gets a fraction of the bytes.")
SHARED = ("Most of the time of an answer that is not in memory is the database's (database µs) and, of the server's own (server µs), half the "
          "kernel's, for sending above all: no server is spared that. That claims have the names of what they refer to made claimd more than "
          "twice as fast, and Fastify faster as well.")
BESIDE = ("pgbench only counts its answers; claimd reads requests, writes JSON and sends it by TCP (server µs) on the same cores, which is more "
          "than what pipelining saves the database (database µs against pgbench's, which waits for each answer).")
MEMORY = ("Plan and pages read are the same; the database takes longer for each (database µs), as the rows of a million claims and their "
          "counts are spread over a gigabyte that no cache of the processor holds.")
STATEMENT = "Nearly all of it is the statement's: asked for by itself it takes as long (the next row)."
LIBRARIES = ("Seven and a half of them are pages of the thirty libraries that libpq and libmicrohttpd bring, which other processes of the machine "
             "have as well (RssFile); some three are claimd's own, with the clients.")
START = ("Most of it is not claimd's: some 7 ms for the dynamic linker, as libpq and libmicrohttpd bring thirty libraries with them (claimd "
         "help takes 9 to 11 ms, /bin/true 2), a new process of the database, and its first look at a table with thirty indexes.")

GOALS = [
    Goal("cached GET, 2 KB, 1 worker, against nginx's static file", "cached-2k", "rate", 1.2, ("nginx",), short=True, why=NOISE),
    Goal("cached GET, 2 KB, 2 workers each, against nginx's static file", "cached-2k-2", "rate", 1.3, ("nginx",), why=NOISE),
    Goal("cached GET, 20 KB, 1 worker, against nginx's static file", "cached-20k", "rate", 1.0, ("nginx",), short=True, why=COPIED),
    Goal("cached GET, 20 KB, 2 workers each, against nginx's static file", "cached-20k-2", "rate", 1.0, ("nginx",), why=COPIED),
    Goal("304 against nginx's 304", "not-modified", "rate", 1.0, ("nginx",), short=True, why=NOISE),
    Goal("cached GET, 2 KB, against a bare epoll loop that writes the same bytes", "cached-2k", "rate", 0.9, ("epoll loop",), why=NOISE),
    Goal("uncached claim against pgbench, same SELECT, prepared, 8 clients", "claim-pgbench", "rate", 1.0, ("pgbench",), short=True, why=BESIDE),
    Goal("uncached claim against Fastify's best, 1 process", "claim", "rate", 5, FASTIFY, short=True, why=SHARED),
    Goal("uncached claim against Fastify's best, 2 processes", "claim-2", "rate", 3, FASTIFY, why=SHARED),
    Goal("uncached claim with 1,000 connections against Fastify's best, 1 process", "claim-crowd", "rate", 7, FASTIFY, why=SHARED),
    Goal("uncached list of 50, joined, against pgbench, same SELECT, 8 clients", "list-pgbench", "rate", 0.85, ("pgbench",), short=True, why=BESIDE),
    Goal("uncached list of 50 against Fastify's best, 1 process", "list", "rate", 3, FASTIFY, short=True, why=SHARED),
    Goal("uncached list of 50 against Fastify's best, 2 processes", "list-2", "rate", 2.5, FASTIFY, why=SHARED),
    Goal("{large} claims against {small}: uncached claim, median latency", "size-claim", "p50", 1.2, ("fewest",), "most", short=True, why=MEMORY),
    Goal("{large} claims against {small}: list of 50, median latency", "size-list", "p50", 1.2, ("fewest",), "most", why=MEMORY),
    Goal("{large} claims against {small}: filter and sort, median latency", "size-filter", "p50", 1.2, ("fewest",), "most", why=MEMORY),
    Goal("{large} claims against {small}: page 10,000 deep, median latency", "size-deep", "p50", 1.2, ("fewest",), "most", why=MEMORY),
    Goal("ranked search on {large}, p99", "search", "p99", 50, short=True, why=STATEMENT),
    Goal("ranked search on {large} against the bare SQL, p99", "search", "p99", 1.2, ("SQL",)),
    Goal("comparison of {figures} figures, uncached, against the bare SQL, median latency", "comparison", "p50", 1.5, ("SQL",), short=True),
    Goal("p99 at 64 connections against nginx, cached 2 KB", "cached-2k", "p99", 0.8, ("nginx",), why=NOISE),
    Goal("p99 at 64 connections against Fastify's best, uncached claim", "claim", "p99", 0.3, FASTIFY, why=SHARED),
    Goal("resident memory at 64 connections, empty cache", "memory", "resident", 10, short=True, why=LIBRARIES),
    Goal("memory of one of 1,000 connections", "memory", "connection", 8),
    Goal("from exec to the first answer, database up", "start", "start", 20, short=True, why=START),
    Goal("instructions of a cached answer", "instructions", "instructions"),
    Goal("the slowest page of the seed in a browser, first text", "pages", "paint", 300, short=True),
    Goal("a click or a key on a page, until it shows", "pages", "interaction", 100, short=True),
    Goal("claims page on {large}, filtered, sorted, searched, largest part", "pages-many", "shown", 500, short=True),
]
