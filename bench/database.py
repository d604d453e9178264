"""The databases that are measured: made from the migrated one, filled with generated claims, watched while claimd asks them"""
import hashlib
import os
import pathlib
import re
from urllib.parse import parse_qs, urlsplit, urlunsplit

import loading

HERE = pathlib.Path(__file__).parent

EXECUTED = re.compile(r"execute \S+: (?P<sql>(?s:.*?))(?=\n\S)(?:\n.*DETAIL:  parameters: (?P<arguments>.*))?")
ARGUMENT = re.compile(r"\$\d+ = (?:'((?:[^']|'')*)'|NULL)")
SETTING = re.compile(r"set_config\('(\w+)', '([^']*)'")


class Database:
    """One database of the cluster that DATABASE_URL names; without a name the one that it names itself."""

    def __init__(self, name=None):
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.name = name or parts.path[1:]
        self.url = urlunsplit(parts._replace(path=f"/{self.name}"))

    def environment(self):
        """The database for programs that know libpq's variables, but not its URLs without a host."""
        parts = urlsplit(self.url)
        values = {"PGHOST": parts.hostname or parse_qs(parts.query).get("host", [""])[0], "PGPORT": str(parts.port or ""),
                  "PGUSER": parts.username or "", "PGPASSWORD": parts.password or "", "PGDATABASE": self.name}
        return {name: value for name, value in values.items() if value}

    def ask(self, sql):
        return loading.psql(self.url, "-c", sql)

    def server_pid(self):
        return int((self._folder() / "postmaster.pid").read_text().split()[0])

    def _folder(self):
        return pathlib.Path(self.ask("SHOW data_directory"))

    def executed(self, requests):
        """The SQL and the arguments of each statement that requests() had new sessions execute, by the server's own log."""
        log = self._folder().parent / "log"
        self.ask(f"ALTER DATABASE {self.name} SET log_statement = 'all'")
        try:
            before = log.stat().st_size
            requests()
        finally:
            self.ask(f"ALTER DATABASE {self.name} RESET log_statement")
        with log.open("rb") as lines:
            lines.seek(before)
            return [(found["sql"].replace("\n\t", "\n"), arguments_of(found["arguments"] or ""))
                    for found in EXECUTED.finditer(lines.read().decode())]


def arguments_of(detail):
    """The values in a detail of the log."""
    return [value.replace("''", "'") for value in ARGUMENT.findall(detail)]


def loaded(count):
    """The database of as many claims, which is kept until the cluster is removed or what it is made by changes."""
    migrated = Database()
    database = Database(f"bench_{count}")
    mark = made_by(migrated)
    known = migrated.ask(f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{database.name}'")
    if known != mark:
        migrated.ask(f"DROP DATABASE IF EXISTS {database.name}")
        migrated.ask(f"CREATE DATABASE {database.name} TEMPLATE {migrated.name}")
        loading.load(database.url, count)
        migrated.ask(f"COMMENT ON DATABASE {database.name} IS '{mark}'")
    return database


def made_by(migrated):
    """A mark of the schema and of the programs that fill it."""
    schema = migrated.ask("SELECT string_agg(version, ',' ORDER BY version) FROM schema_migrations")
    files = [(HERE / name).read_text() for name in ("claims.py", "loading.py", "before.sql", "after.sql")]
    return hashlib.sha256("\n".join([schema, *files]).encode()).hexdigest()


def settings_of(statements):
    """The settings that the sessions of those statements gave themselves."""
    return dict(SETTING.findall("\n".join(sql for sql, _ in statements)))
