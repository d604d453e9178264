"""What puts servers and the database under load, and reads off how they did: wrk, h2load and pgbench"""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
from typing import NamedTuple

from servers import GRAPHQL

HERE = pathlib.Path(__file__).parent
PIPELINED = 8       # statements in a batch
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


def wrk(port, targets, connections, seconds, headers=(), template=None):
    """A closed loop: each connection asks again as soon as it was answered. One thread, so that the rest is the servers'."""
    with lines_file(targets) as file:
        output = run(["wrk", "-t", "1", "-c", str(connections), "-d", str(seconds), "--timeout", "60", "-s", str(HERE / "wrk.lua"),
                      *(part for header in headers for part in ("-H", header)), f"http://127.0.0.1:{port}{GRAPHQL if template else targets[0]}", "--", file,
                      *([template] if template else [])])
    sample = json.loads(output.splitlines()[-1])
    if sample.pop("failed") or not sample["answers"]:
        raise RuntimeError(f"requests failed: {output}")
    return {"rate": sample["answers"] / sample["seconds"], **sample}


def scripts(sql, arguments, pipelined):
    """pgbench's scripts, and its variables, for a statement whose arguments are fixed, spans, or lists of which a script has each one."""
    variants = max((len(argument) for argument in arguments if isinstance(argument, list)), default=1)
    variables = {}
    for variant in range(variants):
        text, drawn = sql, ""
        for place, argument in reversed(list(enumerate(arguments, 1))):
            name = f"a{place}" if not isinstance(argument, list) else f"a{place}_{variant}"
            text = text.replace(f"${place}", f":{name}")
            if isinstance(argument, Span):
                drawn += f"\\set {name} random({argument.low}, {argument.high})\n"
            else:
                variables[name] = argument[variant] if isinstance(argument, list) else argument
        statement = f"{drawn}{text};\n"
        yield f"\\startpipeline\n{statement * PIPELINED}\\endpipeline\n" if pipelined else statement
    yield variables


def pgbench(database, sql, arguments, settings, clients, seconds, pipelined=False, percentiles=False):
    """The same statement without any server before the database; percentiles cost it a line a transaction."""
    *texts, variables = scripts(sql, arguments, pipelined)
    with tempfile.TemporaryDirectory(prefix="claimd-bench-") as folder:
        files = [pathlib.Path(folder, f"{place}.sql") for place in range(len(texts))]
        for file, text in zip(files, texts):
            file.write_text(text)
        output = run(["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, os.cpu_count())), "-T", str(seconds),
                      *(part for name, value in variables.items() for part in ("-D", f"{name}={value}")),
                      *(part for file in files for part in ("-f", str(file))),
                      *(["-l", "--log-prefix", f"{folder}/log"] if percentiles else []), database.url],
                     env={**os.environ, "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in settings.items())})
        taken = [int(line.split()[2]) for log in pathlib.Path(folder).glob("log*") for line in log.read_text().splitlines()]
    rate = float(re.search(r"tps = ([\d.]+)", output)[1]) * (PIPELINED if pipelined else 1)
    return {"rate": rate, "answers": int(re.search(r"actually processed: (\d+)", output)[1]) * (PIPELINED if pipelined else 1),
            **(latencies(taken) if taken else {})}


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
    taken = [microseconds for _, _, microseconds in rows]
    return {"rate": len(rows) * 1e6 / (rows[-1][0] - rows[0][0]), "answers": len(rows),
            "late": sum(each > 1e6 / ASKS_A_SECOND for each in taken), **latencies(taken)}
