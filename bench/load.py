"""What puts servers and the database under load, and reads off how they did: wrk, h2load and pgbench"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
from typing import NamedTuple

from servers import GRAPHQL

HERE = pathlib.Path(__file__).parent
ASKS_A_SECOND = 5   # of a connection in the open loop


class Span(NamedTuple):
    """An argument that is any whole number of a span."""
    low: int
    high: int


def run(command, **details):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **details)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} …: {done.stderr[-2000:]}")
    return done.stdout


@contextlib.contextmanager
def lines_file(lines):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        yield file.name


def nearest(ordered, share):
    """The value of an ordered list that so large a share of it does not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def latencies(microseconds):
    """p50 and so on, in ms."""
    ordered = sorted(microseconds)
    return {name: nearest(ordered, share) / 1e3 for name, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999))}


def wrk(port, targets, connections, seconds, template=None):
    """A closed loop: each connection asks again as soon as it was answered. One thread, so that the rest is the servers'."""
    with lines_file(targets) as file:
        url = f"http://127.0.0.1:{port}{GRAPHQL if template else targets[0]}"
        output = run(["wrk", "-t", "1", "-c", str(connections), "-d", str(seconds), "--timeout", "60", "-s", str(HERE / "wrk.lua"), url,
                      "--", file, *([template] if template else [])])
    sample = json.loads(output.splitlines()[-1])
    if sample.pop("failed") or not sample["answers"]:
        raise RuntimeError(f"requests failed: {output}")
    return {"rate": sample["answers"] / sample["seconds"], **sample}


def alone(port, targets, seconds):
    """One client that asks for each target in turn, and waits for the last answer however long it takes, which wrk would leave out."""
    waits, began = [], time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    with contextlib.closing(connection):
        while time.monotonic() < began + seconds:
            asked = time.monotonic()
            connection.request("GET", next(targets))
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"status {response.status}")
            waits.append((time.monotonic() - asked) * 1e6)
    return {"rate": len(waits) / (time.monotonic() - began), "answers": len(waits), **latencies(waits)}


def variable(place, variant):
    return f"a{place}_{variant}"


def fixed(arguments, variant):
    """The values of a script's variables, spans aside."""
    return {variable(place, variant): argument[variant] if isinstance(argument, list) else argument
            for place, argument in enumerate(arguments, 1) if not isinstance(argument, Span)}


def script(sql, arguments, variant, times):
    """A statement for pgbench, which draws what is a span; several times as one batch."""
    drawn = "".join(f"\\set {variable(place, variant)} random({argument.low}, {argument.high})\n"
                    for place, argument in enumerate(arguments, 1) if isinstance(argument, Span))
    statement = drawn + re.sub(r"\$(\d+)", lambda found: f":{variable(found[1], variant)}", sql) + ";\n"
    return f"\\startpipeline\n{statement * times}\\endpipeline\n" if times > 1 else statement


def taken(folder):
    """The microseconds of each transaction in pgbench's logs."""
    return [int(line.split()[2]) for log in pathlib.Path(folder).glob("log*") for line in log.read_text().splitlines()]


def pgbench(database, statement, clients, seconds, times=1, percentiles=False):
    """The same statement without any server before the database, with any of the values of lists. Percentiles cost a line each time."""
    variants = max((len(argument) for argument in statement.arguments if isinstance(argument, list)), default=1)
    options = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, os.cpu_count())), "-T", str(seconds)]
    with tempfile.TemporaryDirectory(prefix="claimd-bench-") as folder:
        for variant in range(variants):
            file = pathlib.Path(folder, f"{variant}.sql")
            file.write_text(script(statement.sql, statement.arguments, variant, times))
            options += ["-f", str(file)]
            for name, value in fixed(statement.arguments, variant).items():
                options += ["-D", f"{name}={value}"]
        if percentiles:
            options += ["-l", "--log-prefix", f"{folder}/log"]
        settings = " ".join(f"-c {name}={value}" for name, value in statement.settings.items())
        output = run(["pgbench", *options, database.url], env={**os.environ, "PGOPTIONS": settings})
        tails = latencies(taken(folder)) if percentiles else {}
    return {"rate": float(re.search(r"tps = ([\d.]+)", output)[1]) * times,
            "answers": int(re.search(r"actually processed: (\d+)", output)[1]) * times, **tails}


def h2load(*arguments):
    return run(["h2load", "--h1", "-t", "1", *map(str, arguments)])


def not_modified(port, target, tag, connections, seconds):
    """A closed loop of requests that name the current ETag. wrk would wait for the body whose length a 304 may tell; h2load does not."""
    output = h2load("-c", connections, "-D", seconds, "-H", f"If-None-Match: {tag}", f"http://127.0.0.1:{port}{target}")
    answers = int(re.search(r"(\d+) 3xx", output)[1])
    if not answers or "0 2xx" not in output:
        raise RuntimeError(f"not all answers were 304: {output}")
    return {"rate": float(re.search(r", ([\d.]+) req/s", output)[1]), "answers": answers}


def constant(port, targets, rate, seconds):
    """An open loop: each request is due at its time, however long others take. A connection asks so seldom that it never waits for
    its own last answer, which would hide what the delay does to others; where one did, the sample says so."""
    connections = max(1, round(rate / ASKS_A_SECOND))
    period = max(1, round(1_000 / rate))   # in ms, the time between connections, so that they are due evenly
    with lines_file(targets) as file, tempfile.NamedTemporaryFile("r") as log:
        h2load("-c", connections, "-n", round(rate * seconds), "--rps", ASKS_A_SECOND,
               "-r", max(1, round(rate * period / 1_000)), "--rate-period", f"{period}ms",
               "-B", f"http://127.0.0.1:{port}", "-i", file, "--log-file", log.name)
        rows = [[int(field) for field in line.split("\t")] for line in log]
    if any(status >= 400 for _, status, _ in rows):
        raise RuntimeError("requests failed in the open loop")
    waits = [microseconds for _, _, microseconds in rows]
    return {"rate": len(rows) * 1e6 / (rows[-1][0] - rows[0][0]), "answers": len(rows),
            "late": sum(each > 1e6 / ASKS_A_SECOND for each in waits), **latencies(waits)}
