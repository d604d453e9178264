"""PgBouncer in front of a server of a test's own"""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import urllib.parse

import psycopg2

import database
from service import free_port, until

PROGRAM = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")


class Pooler:
    """One with few sessions, which it lends for a transaction each, until the end of the with block; `url`: the way through it to the same database."""

    def __init__(self, url, sessions=2):
        self.port = free_port()
        self._url = url
        self._sessions = sessions

    @property
    def url(self):
        name = urllib.parse.urlsplit(self._url).path
        return f"postgresql://postgres@127.0.0.1:{self.port}{name}"

    def _settings(self):
        parts = urllib.parse.urlsplit(self._url)
        name, socket = parts.path.strip("/"), urllib.parse.parse_qs(parts.query)["host"][0]
        return (f"[databases]\n{name} = host={socket} dbname={name} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\n"
                f"unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = {self._sessions}\nmax_client_conn = 200\n")

    def __enter__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="claimd-pooler."))
        file = self._file = self._folder / "pgbouncer.ini"
        file.write_text(self._settings())
        drop = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            drop = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            for path in (self._folder, file):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._log = open(self._folder / "log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([PROGRAM, "-q", str(file)], cwd="/", stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, **drop)
        until(self._answers, 10, f"PgBouncer is there: {self.log()}")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self._log.close()
        shutil.rmtree(self._folder)

    def lead_to(self, url):
        """From now on it leads to the database of that name on another server; whoever is connected stays so."""
        self._url = url
        self._file.write_text(self._settings())
        self.process.send_signal(signal.SIGHUP)
        until(lambda: database.folder(self.url) == database.folder(url), 10, f"PgBouncer leads to {url}")

    def _answers(self):
        assert self.process.poll() is None, self.log()
        try:
            database.connect(self.url).close()
        except psycopg2.OperationalError:
            return False
        return True

    def log(self):
        self._log.flush()
        return (self._folder / "log").read_text(encoding="utf-8")
