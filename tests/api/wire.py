"""HTTP byte by byte: for requests that no HTTP library would send"""
import dataclasses
import socket
import time

from requests.structures import CaseInsensitiveDict


@dataclasses.dataclass
class Answer:
    status: int
    headers: CaseInsensitiveDict
    body: bytes


class Wire:
    """One TCP connection to the service."""

    def __init__(self, port, timeout=10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self._rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *parts):
        self.socket.sendall(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts))

    def get(self, target, *fields, method="GET", version="1.1"):
        """Sends a request in good form, with header fields of your choice."""
        lines = [f"{method} {target} HTTP/{version}", "Host: test", *fields, "", ""]
        self.send("\r\n".join(lines))

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the connection was closed after {self._rest!r}")
        self._rest += data

    def _take(self, size):
        while len(self._rest) < size:
            self._more()
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def answer(self, method="GET"):
        """The next answer; EOFError if the connection is closed instead."""
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head = self._take(self._rest.index(b"\r\n\r\n") + 4).decode("latin-1")
        status, *fields = head.split("\r\n")[:-2]
        headers = CaseInsensitiveDict(field.split(": ", 1) for field in fields)
        size = 0 if method == "HEAD" else int(headers.get("Content-Length", 0))
        return Answer(int(status.split(" ")[1]), headers, self._take(size))

    def rest(self, within=5):
        """All that still comes until the service ends the connection, which it must do within so many seconds."""
        self.socket.settimeout(within)
        try:
            while True:
                self._more()
        except (EOFError, ConnectionError):
            return self._rest


def seconds_until_closed(wire, byte_each_second, limit):
    """Sends a byte a second, until the service ends the connection or the limit is over."""
    began = time.monotonic()
    wire.socket.settimeout(1)
    while time.monotonic() - began < limit:
        try:
            wire.send(byte_each_second)
            if wire.socket.recv(1) == b"":
                break
        except socket.timeout:
            continue
        except OSError:
            break
    return time.monotonic() - began
