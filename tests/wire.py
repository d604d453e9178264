"""HTTP byte by byte: for requests that no HTTP library would send"""
import dataclasses
import gzip
import re
import socket
import struct
import subprocess
import time

from requests.structures import CaseInsensitiveDict


# By other programs than the service's libraries.
DECODE = {"gzip": gzip.decompress,
          "br": lambda body: subprocess.run(["brotli", "-dc"], input=body, stdout=subprocess.PIPE, check=True).stdout}


@dataclasses.dataclass
class Answer:
    status: int
    headers: CaseInsensitiveDict
    body: bytes


class Wire:
    """One TCP connection to the service."""

    def __init__(self, port, timeout=10, window=None, source=None):
        """`window`: how many bytes the service may send ahead, where it is not the system's choice; `source`: the address that it comes from."""
        self.socket = socket.socket()
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(timeout)
        if window:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.socket.connect(("127.0.0.1", port))
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

    def _until(self, end):
        """The bytes before the next such end."""
        while end not in self._rest:
            self._more()
        return self._take(self._rest.index(end) + len(end))[:-len(end)]

    def raw_head(self):
        """The bytes of the next answer up to the empty line before its body; EOFError if the connection is closed instead."""
        return self._until(b"\r\n\r\n")

    def head(self):
        """The next answer up to its body; EOFError if the connection is closed instead."""
        status, *fields = self.raw_head().decode("latin-1").split("\r\n")
        headers = CaseInsensitiveDict(field.split(": ", 1) for field in fields)
        return Answer(int(status.split(" ")[1]), headers, b"")

    def answer(self, method="GET"):
        """The next answer; EOFError if the connection is closed instead."""
        return self.whole(self.head(), method)

    def whole(self, answer, method="GET"):
        """An answer of which the head was read, with its body."""
        bare = method == "HEAD" or answer.status in (204, 304)
        if answer.headers.get("Transfer-Encoding") == "chunked" and not bare:
            return dataclasses.replace(answer, body=b"".join(self.chunks()))
        size = 0 if bare else int(answer.headers.get("Content-Length", 0))
        return dataclasses.replace(answer, body=self._take(size))

    def chunks(self):
        """The chunks of a body up to the last one (RFC 9112, section 7.1); EOFError if the connection is closed before."""
        size = None
        while size != 0:
            line = self._until(b"\r\n")
            assert re.fullmatch(rb"[0-9A-Fa-f]{1,8}", line), line
            size = int(line, 16)
            chunk = self._take(size)
            assert self._take(2) == b"\r\n", "a chunk is longer than it says"
            yield chunk

    def to_the_end(self):
        """All that still comes until the service closes the connection in good order; ConnectionError if it breaks off."""
        parts = [self._rest]
        while parts[-1] or len(parts) == 1:
            parts.append(self.socket.recv(65536))
        return b"".join(parts)

    def trickle(self, size, pause, seconds):
        """Reads slowly, so many bytes at a time, for later."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            self._rest += self.socket.recv(size)
            time.sleep(pause)

    def reset(self):
        """Goes away without a farewell: the service gets an RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

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
