"""A PostgreSQL cluster of a test's own, that can be stopped, killed, frozen, failed over and brought back"""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import database
import psycopg2

from contract import TREE
from service import claimd, until

SCRIPT = str(TREE / "scripts/cluster")


def runs(process):
    """Whether it does: one that has ended may wait a while for whoever began it to take note."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(parent):
    """The processes that a process has begun and that are still there."""
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except FileNotFoundError:
        return []


class Cluster:
    """A private server until the end of the with block. What is committed has been written, though not to the disk: it outlives a kill of any process.

    `home`: a folder for it, whose data may be there already; removed by whoever made it. Settings are those of postgresql.conf, and hold from the next start.
    """

    def __init__(self, home=None, **settings):
        self._folder = None
        if home is None:
            self._folder = pathlib.Path(tempfile.mkdtemp(prefix="claimd-cluster."))
            self._folder.chmod(0o711)
            home = self._folder / "cluster"
        self.home = pathlib.Path(home)
        self.data = self.home / "data"
        self.settings = {"synchronous_commit": "on", **settings}
        self.url = self._run("url", str(self.home))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.thaw()
        self.stop("immediate")
        if self._folder:
            shutil.rmtree(self._folder)

    @staticmethod
    def _run(*arguments):
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.run([SCRIPT, *arguments], check=True, stdout=subprocess.PIPE, text=True, timeout=120, env=kept).stdout.strip()

    @property
    def socket(self):
        """The folder of its socket."""
        return self.url.partition("?host=")[2]

    @property
    def postmaster(self):
        """The process that all others of the server come from, as its file says: it may be gone."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def processes(self):
        """All of the server, the postmaster first; none where it is not running."""
        try:
            postmaster = self.postmaster
        except (FileNotFoundError, IndexError):
            return []
        return [postmaster, *descendants(postmaster)] if runs(postmaster) else []

    def start(self):
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self._run("start", *settings, str(self.home))
        return self

    def stop(self, mode="fast"):
        """In good order (fast), or at once (immediate), which leaves recovery to the next start."""
        self._run("stop", str(self.home), mode)

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def kill(self):
        """SIGKILL to the postmaster: the others notice, and end. Until then they serve whoever is connected."""
        processes = self.processes()
        os.kill(self.postmaster, signal.SIGKILL)
        until(lambda: not any(map(runs, processes)), 10, "the end of the server")

    def _signal(self, processes, number):
        for process in processes:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass  # it has just ended

    def freeze(self):
        """Nothing moves, and nothing is closed: as a machine that hangs. The postmaster first, so that nobody joins meanwhile."""
        self._signal(self.processes(), signal.SIGSTOP)

    def thaw(self):
        self._signal(reversed(self.processes()), signal.SIGCONT)

    def lose(self):
        """As a machine that is gone: nothing of it takes one step more. (What notices the end of the postmaster shows for a moment what no standby has.)"""
        self.freeze()
        processes = self.processes()
        self._signal(processes, signal.SIGKILL)
        until(lambda: not any(map(runs, processes)), 10, "the end of the server")

    def is_up(self):
        """Whether it lets somebody in."""
        try:
            database.connect(self.url).close()
        except psycopg2.OperationalError:
            return False
        return True

    def database(self, name, migrated=True):
        """The URL of a new database, with the service's schema and seed."""
        database.execute(self.url, f"CREATE DATABASE {name}")
        url = database.with_name(self.url, name)
        if migrated:
            done = claimd("migrate", "up", timeout=120, DATABASE_URL=url)
            assert done.returncode == 0, done.stderr
            database.execute(url, "ANALYZE")
        return url

    def standby(self, **settings):
        """A streaming copy of it, not started yet; for a with block within this one's."""
        assert self._folder, "a standby needs a folder beside that of its primary"
        home = self._folder / f"standby-{len(list(self._folder.iterdir()))}"
        owner = self.data.stat()
        home.mkdir(mode=0o700)
        os.chown(home, owner.st_uid, owner.st_gid)
        drop = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run(["pg_basebackup", "-h", self.socket, "-U", "postgres", "-D", str(home / "data"), "-R", "-c", "fast", "-X", "stream", "--no-sync"],
                       check=True, timeout=120, cwd="/", **drop)
        return Cluster(home, **{**self.settings, **settings})

    def promote(self):
        """Makes a primary of a standby."""
        database.execute(self.url, "SELECT pg_promote()")
