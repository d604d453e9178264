"""A service with its address for operators, and what it tells there"""
import re
import subprocess
import types

import requests

from service import Service, free_port, until

SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def read(text):
    """The samples of a text in Prometheus' format: (name, its labels as pairs, sorted) to the number."""
    samples = {}
    for line in filter(lambda line: line and not line.startswith("#"), text.splitlines()):
        name, labels, value = SAMPLE.fullmatch(line).groups()
        key = (name, tuple(sorted(LABEL.findall(labels or ""))))
        assert key not in samples, f"told twice: {line}"
        samples[key] = float(value)
    return samples


class Samples(dict):
    """What was told at one moment."""

    def value(self, name, **labels):
        """That of the one sample of these labels; 0 where nothing was counted yet."""
        return self.get((name, tuple(sorted(labels.items()))), 0)

    def named(self, name):
        """All of that name: labels to value."""
        return {labels: value for (of, labels), value in self.items() if of == name}

    def total(self, name):
        return sum(self.named(name).values())


class Watched(Service):
    """A service whose operators listen."""

    def __init__(self, database_url, *flags, **settings):
        self.admin = f"http://127.0.0.1:{free_port()}"
        super().__init__(database_url, "--admin-listen", self.admin.removeprefix("http://"), *flags, **settings)

    def ask(self, path, method="GET", **details):
        """What operators are answered with."""
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.admin + path, timeout=5, **details)

    def metrics(self):
        got = self.ask("/metrics")
        assert (got.status_code, got.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        return Samples(read(got.text))

    def becomes(self, expected, name, within=10, **labels):
        """Waits until a number is so; all of them at that moment."""
        last = types.SimpleNamespace(samples=None)

        def arrived():
            last.samples = self.metrics()
            return last.samples.value(name, **labels) == expected
        until(arrived, within, f"{name}{labels} is {expected}")
        return last.samples


def promtool(*arguments, text=None):
    """Prometheus' own judge: what it says, and its exit status."""
    ended = subprocess.run(["promtool", *map(str, arguments)], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                           check=False)
    return ended.returncode, ended.stdout
