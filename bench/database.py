"""The databases that are measured: made from the migrated one, filled with generated claims, and asked what they were asked"""
import os
import pathlib
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

HERE = pathlib.Path(__file__).parent

# In the order in which foreign keys want them; what stands together is loaded together.
# Attribution comes before claims, which are found by the names of those whom they are attributed to.
TABLES = [["dimension"], ["unit"], ["quantity", "scope", "subject"], ["agent"], ["source"], ["agent.voices"], ["source_relation"],
          ["proposition"], ["attribution"], ["claim.1", "claim.2"], ["multiple_operand"], ["comparison"], ["comparison_claim"]]


class Database:
    """One database of the cluster that DATABASE_URL names."""

    def __init__(self, name=None):
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.name = name or parts.path[1:]
        self.url = urlunsplit(parts._replace(path=f"/{self.name}"))

    def psql(self, *arguments, **details):
        """Runs psql; what it printed, rows alone. Only errors are worth a word of its own."""
        environment = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
        return subprocess.run(["psql", self.url, "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments], check=True, text=True,
                              env=environment, stdout=subprocess.PIPE, **details).stdout.strip()

    def ask(self, sql):
        return self.psql("-c", sql)

    def server_pid(self):
        return int((self._folder() / "postmaster.pid").read_text().split()[0])

    def _folder(self):
        return pathlib.Path(self.ask("SHOW data_directory"))

    def statement(self, request):
        """The last statement that serving a request runs in new sessions, and its arguments, both as the server's log has them."""
        self.ask(f"ALTER DATABASE {self.name} SET log_statement = 'all'")
        try:
            log = self._folder().parent / "log"
            before = request(log.stat().st_size)
        finally:
            self.ask(f"ALTER DATABASE {self.name} RESET log_statement")
        return before


def copy(database, file, role):
    """Loads one of the generator's files, whose first line names its columns."""
    with file.open() as rows:
        columns = rows.readline().strip().replace("\t", ", ")
        rows.seek(0)
        database.psql("-c", f"SET session_replication_role = {role}",
                      "-c", f"COPY {file.name.split('.')[0]} ({columns}) FROM STDIN WITH (HEADER)", stdin=os.open(file, os.O_RDONLY))
