"""What claimd alone is measured for: memory, the time to the first answer, and the instructions of a cached answer"""
import contextlib
import http.client
import re
import time

import servers
import work

FEW, MANY = 64, 1_000                 # connections that are held open
COUNTED_FEW, COUNTED_MANY = 200, 1_200   # requests whose difference is counted


def ask_on(connection, target):
    connection.request("GET", target)
    return connection.getresponse().read()


def memory(bench):
    """Resident memory while clients keep their connections, each after an answer, and nothing is in the cache."""
    def sample():
        with contextlib.ExitStack() as stack:
            claimd = stack.enter_context(servers.claimd(database, bench.cores))
            targets = work.claim(claimd, bench.middle).targets
            held = {}
            for connections, opened in ((FEW, FEW), (MANY, MANY - FEW)):
                for target in targets[:opened]:
                    client = http.client.HTTPConnection("127.0.0.1", claimd.port)
                    stack.callback(client.close)
                    ask_on(client, target)
                held[connections] = claimd.resident()
        return {"resident": held[FEW] / 1e6, "connection": (held[MANY] - held[FEW]) / (MANY - FEW) / 1024}

    database = bench.database(bench.middle)
    return bench.alternate({"claimd": sample}, warm=False)


def start(bench):
    """From exec to the first answer of the database's data."""
    def sample():
        claimd = servers.claimd(database, bench.cores)
        claimd.ready = target
        began = time.monotonic()
        with claimd:
            return {"start": (time.monotonic() - began) * 1e3}

    database = bench.database(bench.middle)
    target = work.claim(None, bench.middle).targets[0]
    return bench.alternate({"claimd": sample}, warm=False)


def instructions(bench):
    """Instructions of claimd for one more cached answer: what so many more requests take, by callgrind."""
    def collected(count):
        wrapper = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
        with servers.claimd(database, 1, cached=True, wrapper=wrapper) as claimd:
            target = work.page_of_size(claimd, 2_000)
            client = http.client.HTTPConnection("127.0.0.1", claimd.port)
            with contextlib.closing(client):
                for _ in range(count):
                    ask_on(client, target)
            claimd.stop()
            return int(re.search(r"Collected : (\d+)", claimd.output())[1])

    def sample():
        return {"instructions": (collected(COUNTED_MANY) - collected(COUNTED_FEW)) / (COUNTED_MANY - COUNTED_FEW)}

    database = bench.database(bench.middle)
    return bench.alternate({"claimd": sample}, warm=False, rounds=1)
