"""What was measured as a page: the goals, met or not, and below them the medians of all samples"""
import datetime
import json
import pathlib
import platform
import re
import statistics
import subprocess
from typing import NamedTuple

import claims
import servers
from goals import CONTESTS, GOALS, METRICS, Goal

PICTURE = "results.svg"
README = pathlib.Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- by make bench -->\n", "<!-- to here -->\n"

HOW = """\
Each row is one contest in one run: the contenders stand side by side on the same data and take turns, {turns} of {seconds} s each{warm}.
A ratio is that of one round; *measured* is their median, *from – to* their least and greatest. Where a peer has several forms, the ratio
is to the best of them.

**Closed loop**, all but the two named open: wrk with one thread keeps {connections} connections, or as many as the row says, each of
which asks again as soon as it was answered. So a slow server is asked less, and its tail looks better than users would find it. h2load
asks for the 304s, whose heads wrk misreads; a client that waits for every answer, for what may take long.
**Open loop**: h2load asks at a constant rate, however long answers take. A connection asks so seldom that its own last answer does not
make it late (*asked late* counts where it did), and the tail is honest.

Claims and pages are drawn at random from all that there are, the same for all contenders. Before it is measured, Fastify's answers are
compared with claimd's, and nginx and the bare loop have their bytes from it; PostGraphile's differ, which is why it has no goal.
pgbench runs the very statement that claimd's request made the database execute, read from the database's log, in sessions of the same
settings. Processor time is that of all processes of a server, and of the database, for each answer."""


class Outcome(NamedTuple):
    """What became of a goal."""
    work: str
    peer: str
    limit: str
    measured: str
    spread: str
    score: float   # how much better than the goal; none without a goal
    goal: Goal

    def missed(self):
        return self.score is not None and self.score < 1


def median_of(samples, metric):
    return statistics.median(sample[metric] for sample in samples)


def best_of(samples, metric, peers):
    """The peer that does best by the median."""
    better = max if METRICS[metric].more else min
    return better(peers, key=lambda peer: median_of(samples[peer], metric))


def number(value):
    """Three digits, or all of a whole number."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def outcome(goal, samples, words):
    metric = METRICS[goal.metric]
    peer = best_of(samples, goal.metric, goal.peers) if goal.peers else ""
    measured = [sample[goal.metric] for sample in samples[goal.who]]
    if peer:
        measured = [value / sample[goal.metric] for value, sample in zip(measured, samples[peer])]
    unit = "" if peer else metric.unit
    value = statistics.median(measured)
    score = goal.limit and (value / goal.limit if metric.more else goal.limit / value)
    return Outcome(goal.work.format(**words), peer, f"{'≥' if metric.more else '≤'} {goal.limit:g}{unit}" if goal.limit else "",
                   f"{number(value)}{unit}", f"{number(min(measured))} – {number(max(measured))}", score, goal)


def outcomes(results, bench):
    words = {"small": f"{bench.small:,}", "large": f"{bench.large:,}", "figures": f"{claims.compared_figures(bench.middle):,}"}
    return [outcome(goal, results[goal.contest], words) for goal in GOALS if goal.contest in results]


def table(head, rows, left):
    """A Markdown table whose first columns are text."""
    lines = [head, ["---" if place < left else "---:" for place in range(len(head))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def verdict(each):
    return "" if each.score is None else "**not met**" if each.missed() else "met"


def goals_table(reached, columns):
    """Goals and the first so many columns of what became of them."""
    head = ["work", "peer", "goal", "measured", "from – to"]
    return table([*head[:columns], ""], [[*each[:columns], verdict(each)] for each in reached], left=2)


def reasons(reached):
    """Why goals are not met, those of one reason together."""
    missed = {}
    for each in reached:
        if each.missed() and each.goal.why:
            missed.setdefault(each.goal.why, []).append(f"{each.work}: {each.measured}, asked {each.limit}")
    lines = [f"- **{'; '.join(goals)}.** {why}" for why, goals in missed.items()]
    return ["### What is not met, and why", "\n".join(lines)] if lines else []


def write_readme(reached):
    """The short form of the goals, between the README's marks."""
    short = goals_table([each for each in reached if each.goal.short], columns=4)
    before, rest = README.read_text().split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{short}\n\n{END}{rest.split(END)[1]}")


def samples_table(samples):
    metrics = [metric for metric in METRICS if any(metric in each[0] for each in samples.values())]
    rows = [[name, *(number(median_of(each, metric)) if metric in each[0] else "" for metric in metrics)] for name, each in samples.items()]
    return table(["", *(METRICS[metric].title for metric in metrics)], rows, left=1)


def contest_part(name, samples):
    """A contest's name, what it is about in its own words, and the medians of its contenders."""
    contest, arguments = CONTESTS[name]
    about = [contest.__doc__] + [value.__doc__ for value in arguments.values() if callable(value)]
    others = ", ".join(f"{key} {value}" for key, value in arguments.items() if not callable(value) and value is not True)
    return f"### {name}\n\n{' '.join(' '.join(about).split())}{f' ({others})' if others else ''}\n\n{samples_table(samples)}"


def said_by(*command):
    """The version that a program names."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return re.search(r"\d+\.[\d.]*\d", done.stdout)[0]


def versions(database):
    packages = json.loads((servers.PEERS / "package.json").read_text())["dependencies"]
    return {"claimd": said_by(servers.CLAIMD, "version"), "PostgreSQL": database.ask("SHOW server_version").split()[0],
            "libmicrohttpd": said_by("pkg-config", "--modversion", "libmicrohttpd"), "nginx": said_by("nginx", "-v"),
            "wrk": said_by("wrk", "-v"), "h2load": said_by("h2load", "--version"), "valgrind": said_by("valgrind", "--version"),
            "Node.js": said_by("node", "--version"), **packages}


def machine(cores):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / 2 ** 20
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{model[1] if model else platform.machine()}, {cores} cores, {memory:.0f} GB, Linux {kernel}"


def commit():
    done = subprocess.run(["git", "-C", str(servers.HERE), "describe", "--always", "--dirty"], text=True, stdout=subprocess.PIPE, check=False)
    return done.stdout.strip()


def how(bench):
    return HOW.format(turns="one" if bench.rounds == 1 else bench.rounds, warm=" after one that does not count" if bench.warm else "",
                      seconds=bench.seconds, connections=bench.connections)


def page(results, reached, bench, database):
    parts = [
        "# claimd beside its peers",
        f"{datetime.date.today()}, commit {commit()}. {machine(bench.cores)}; load, servers and database share it. "
        f"PostgreSQL with shared_buffers of {database.ask('SHOW shared_buffers')}. "
        + ", ".join(f"{name} {version}" for name, version in versions(database).items()) + ".",
        "## Goals", goals_table(reached, columns=5), *reasons(reached), f"![How much better than its goal each measurement is]({PICTURE})",
        "## How", how(bench), " ".join(bench.notes),
        "## All contests", "Medians.", *(contest_part(name, samples) for name, samples in results.items())]
    return "\n\n".join(part for part in parts if part) + "\n"
