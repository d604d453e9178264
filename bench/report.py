"""What was measured as a page: the goals, met or not, and all samples below"""
import datetime
import platform
import re
import statistics
import subprocess

from goals import GOALS, METRICS


def median_of(samples, metric):
    return statistics.median(sample[metric] for sample in samples)


def best_of(samples, metric, peers):
    """The peer that does best by the median."""
    better = max if METRICS[metric][1] else min
    return better(peers, key=lambda peer: median_of(samples[peer], metric))


def values(goal, samples):
    """What each round says of a goal: the value, or its ratio to the best peer's of the same round."""
    own = [sample[goal.metric] for sample in samples[goal.who]]
    if not goal.peers:
        return own
    peer = samples[best_of(samples, goal.metric, goal.peers)]
    return [value / sample[goal.metric] for value, sample in zip(own, peer)]


def number(value):
    """Three digits, or all of a whole number."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def goal_row(goal, samples, sizes):
    measured = values(goal, samples)
    value, more = statistics.median(measured), METRICS[goal.metric][1]
    unit = "" if goal.peers else f" {METRICS[goal.metric][0]}"
    limit = "" if goal.limit is None else f"{'≥' if more else '≤'} {goal.limit:g}{unit}"
    met = "" if goal.limit is None else "met" if (value >= goal.limit if more else value <= goal.limit) else "**not met**"
    peer = best_of(samples, goal.metric, goal.peers) if goal.peers else ""
    return [goal.work.format(**sizes), peer, limit, f"{number(value)}{unit}", f"{number(min(measured))} – {number(max(measured))}", met]


def table(head, rows, left=1):
    lines = [head, ["---" if place < left else "---:" for place in range(len(head))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals_table(results, sizes):
    rows = [goal_row(goal, results[goal.contest], sizes) for goal in GOALS if goal.contest in results]
    return table(["work", "peer", "goal", "measured", "from – to", ""], rows, left=2)


def samples_table(samples):
    metrics = [metric for metric in METRICS if any(metric in each[0] for each in samples.values())]
    rows = [[name, *(number(median_of(each, metric)) if metric in each[0] else "" for metric in metrics)] for name, each in samples.items()]
    return table(["", *(METRICS[metric][0] for metric in metrics)], rows)


def said_by(*command):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return next((line.strip() for line in done.stdout.splitlines() if re.search(r"\d\.\d", line)), "?")


def machine(cores):
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo", encoding="utf-8") as lines:
        memory = int(next(lines).split()[1]) / 2 ** 20
    return f"{model}, {cores} cores, {memory:.0f} GB, Linux {platform.release()}"


def page(results, bench):
    sizes = {"small": f"{bench.small:,}", "large": f"{bench.large:,}"}
    parts = ["# Measured", machine(bench.cores), goals_table(results, sizes)]
    for name, samples in results.items():
        parts += [f"## {name}", samples_table(samples)]
    return "\n\n".join(parts) + "\n"
