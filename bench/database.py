"""The databases that are measured: made from the migrated one, filled with generated claims, and asked what a request asks of them"""
import hashlib
import os
import pathlib
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit, urlunsplit

import claims

HERE = pathlib.Path(__file__).parent

# In an order that foreign keys accept; what stands together is loaded together.
# Attribution comes before claims, which are found by the names of those whom they are attributed to.
TABLES = [["dimension"], ["unit"], ["quantity", "scope"], ["subject", "agent"], ["source", "proposition"],
          ["agent.voices", "source_relation", "attribution"], ["claim.1", "claim.2"], ["multiple_operand", "comparison"],
          ["comparison_claim"]]

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

    def psql(self, *arguments, **details):
        """Runs psql and gives what it printed: rows alone."""
        environment = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning -c maintenance_work_mem=512MB"}
        return subprocess.run(["psql", self.url, "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments], check=True, text=True,
                              env=environment, stdout=subprocess.PIPE, **details).stdout.strip()

    def ask(self, sql):
        return self.psql("-c", sql)

    def copy(self, file, role):
        """Loads one of the generator's files, whose first line names its columns, in a session of that replication role."""
        with file.open("rb") as rows:
            columns = rows.readline().decode().strip().replace("\t", ", ")
            os.lseek(rows.fileno(), 0, os.SEEK_SET)
            self.psql("-c", f"SET session_replication_role = {role}",
                      "-c", f"COPY {file.name.split('.')[0]} ({columns}) FROM STDIN WITH (HEADER)", stdin=rows)

    def load(self, count):
        """Fills the database with as many claims."""
        self.psql("-f", str(HERE / "before.sql"))
        with tempfile.TemporaryDirectory(prefix="claimd-bench-") as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
            claims.generate(count, pathlib.Path(folder))
            for together in TABLES:
                list(pool.map(lambda name: self.copy(pathlib.Path(folder, name), "replica"), together))
            list(pool.map(self.ask, self.ask("SELECT definition FROM bench_index ORDER BY definition ~ 'gin' DESC").splitlines()))
        self.psql("-f", str(HERE / "after.sql"))

    def server_pid(self):
        return int((self._folder() / "postmaster.pid").read_text().split()[0])

    def _folder(self):
        return pathlib.Path(self.ask("SHOW data_directory"))

    def statements(self, requests):
        """What the server executed while requests() ran in new sessions: (SQL, arguments) of each, by the server's own log."""
        log = self._folder().parent / "log"
        self.ask(f"ALTER DATABASE {self.name} SET log_statement = 'all'")
        try:
            before = log.stat().st_size
            requests()
        finally:
            self.ask(f"ALTER DATABASE {self.name} RESET log_statement")
        with log.open("rb") as lines:
            lines.seek(before)
            return [(found["sql"].replace("\n\t", "\n"), [value.replace("''", "'") for value in ARGUMENT.findall(found["arguments"] or "")])
                    for found in EXECUTED.finditer(lines.read().decode())]


def loaded(count):
    """The database of as many claims, which is kept until the cluster is removed or how it is made changes."""
    migrated = Database()
    made_by = "\n".join([migrated.ask("SELECT string_agg(version, ',' ORDER BY version) FROM schema_migrations"),
                         *((HERE / name).read_text() for name in ("claims.py", "before.sql", "after.sql"))])
    database = Database(f"bench_{count}")
    mark = hashlib.sha256(made_by.encode()).hexdigest()
    if migrated.ask(f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{database.name}'") != mark:
        migrated.psql("-c", f"DROP DATABASE IF EXISTS {database.name}", "-c", f"CREATE DATABASE {database.name} TEMPLATE {migrated.name}")
        database.load(count)
        migrated.ask(f"COMMENT ON DATABASE {database.name} IS '{mark}'")
    return database


def settings_of(statements):
    """The settings that the sessions of those statements gave themselves."""
    return dict(SETTING.findall("\n".join(sql for sql, _ in statements)))
