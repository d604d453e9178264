"""A run: all contests or some, on as many claims and for as long as it was asked for"""
import os
import pathlib
import resource
import sys

import contests
import database
import goals
import picture
import report
import servers

HERE = pathlib.Path(__file__).parent


class Bench:
    """How much is measured, and on what."""

    def __init__(self, quick):
        self.small, self.middle, self.large = (1_000, 1_000, 100_000) if quick else (1_000, 100_000, 1_000_000)
        self.warm, self.rounds, self.seconds = (False, 1, 1) if quick else (True, 5, 10)
        self.connections = contests.CONNECTIONS
        self.cores = os.cpu_count()
        self.notes = [] if servers.has_cache() else ["This claimd has no cache: what is called cached was asked of the database each time."]
        self._databases = {}

    def database(self, count):
        """The database of as many claims, made when it is first asked for."""
        if count not in self._databases:
            say(f"the database of {count:,} claims")
            self._databases[count] = database.loaded(count)
        return self._databases[count]

    def note(self, sentence):
        """Has the report say something, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def alternate(self, contenders, warm=True, rounds=None):
        """The samples of each contender, all of whom have their turn in every round, and in a first one that does not count."""
        if warm and self.warm:
            for contender in contenders.values():
                contender()
        samples = {name: [] for name in contenders}
        for _ in range(rounds or self.rounds):
            for name, contender in contenders.items():
                samples[name].append(contender())
        return samples


def say(what):
    print(f"bench: {what}", file=sys.stderr, flush=True)


def measured(bench, names):
    """The samples of contests by name."""
    results = {}
    for name in names:
        say(name)
        contest, arguments = goals.CONTESTS[name]
        results[name] = contest(bench, **arguments)
    return results


def main(quick, only):
    unknown = set(only or ()) - set(goals.CONTESTS)
    if unknown:
        sys.exit(f"bench: there is no {', '.join(unknown)}; there are {', '.join(goals.CONTESTS)}.")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    migrated = database.Database()
    servers.migrate(migrated)
    bench = Bench(quick)
    results = measured(bench, only or goals.CONTESTS)
    reached = report.outcomes(results, bench)
    page = report.page(results, reached, bench, migrated)
    print(page)
    if not only:
        folder = HERE.parent / "build/bench" if quick else HERE
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "RESULTS.md").write_text(page)
        picture.draw(reached, folder / report.PICTURE)
        if not quick:
            report.write_readme(reached)
