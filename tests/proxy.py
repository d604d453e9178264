"""A proxy before a PostgreSQL's socket, that cuts connections after so many bytes, or says something of its own, or something else"""
import pathlib
import shutil
import socket
import tempfile
import threading

UP, DOWN = "up", "down"  # towards the database, and from it


class Proxy:
    """One at a socket of its own, until the end of the with block. `cut` bytes on, in one direction over all connections, it cuts the connection at hand."""

    def __init__(self, folder):
        self.target = f"{folder}/.s.PGSQL.5432"
        self.folder = tempfile.mkdtemp(prefix="claimd-proxy.")
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(f"{self.folder}/.s.PGSQL.5432")
        self._server.listen(64)
        self._lock = threading.Lock()
        self.left = {UP: None, DOWN: None}  # bytes until the cut; None: it does not come
        self.passed = {UP: 0, DOWN: 0}
        self.inserted = {UP: b"", DOWN: b""}
        self.swapped = {UP: (b"", b""), DOWN: (b"", b"")}
        self.cuts = 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        shutil.rmtree(pathlib.Path(self.folder))

    def cut(self, direction, after):
        """Lets so many bytes pass, and then ends the connection that has carried the last of them."""
        with self._lock:
            self.left[direction] = after

    def insert(self, direction, data):
        """Says this before what comes next in that direction, on whichever connection."""
        with self._lock:
            self.inserted[direction] = data

    def swap(self, direction, said, other):
        """Says the other thing where that is said next, within what comes at once, on whichever connection."""
        with self._lock:
            self.swapped[direction] = said, other

    def mend(self):
        with self._lock:
            self.left = {UP: None, DOWN: None}

    def _accept(self):
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            database = socket.socket(socket.AF_UNIX)
            try:
                database.connect(self.target)
            except OSError:
                client.close()
                continue
            for direction, source, sink in ((UP, client, database), (DOWN, database, client)):
                threading.Thread(target=self._carry, args=[direction, source, sink], daemon=True).start()

    def _admit(self, direction, data):
        """What of it may pass, and whether that was the last."""
        with self._lock:
            data, self.inserted[direction] = self.inserted[direction] + data, b""
            said, other = self.swapped[direction]
            if said and said in data:
                data, self.swapped[direction] = data.replace(said, other, 1), (b"", b"")
            left = self.left[direction]
            if left is None or left > len(data):
                self.left[direction] = None if left is None else left - len(data)
                self.passed[direction] += len(data)
                return data, False
            self.left[direction] = None
            self.cuts += 1
            return data[:left], True

    def _carry(self, direction, source, sink):
        try:
            while data := source.recv(65536):
                data, is_last = self._admit(direction, data)
                sink.sendall(data)
                if is_last:
                    break
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
