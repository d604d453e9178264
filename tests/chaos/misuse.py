"""Clients that make trouble: slow, silent, half-closed, resetting, and cut off at any byte"""
import contextlib
import socket
import time

from wire import Wire

LARGE = "/openapi.json"


def request(target):
    return f"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n".encode()


def slow(stage, over):
    """Sends a request a byte at a time, and reads the answer so."""
    while not over.is_set():
        with contextlib.suppress(OSError, EOFError), Wire(stage.port, 2, 2048) as wire:
            for byte in request("/v1/claims/still-1"):
                wire.send(bytes([byte]))
                over.wait(0.01)
            while not over.is_set() and wire.socket.recv(7):
                over.wait(0.002)


def silent(stage, over):
    """Asks for much, and takes nothing of it."""
    with contextlib.suppress(OSError), Wire(stage.port, 2, 2048) as wire:
        wire.send(request(LARGE) * 50)
        over.wait()


def half_closed(stage, over):
    """Sends its request and the end of it, and still wants its answer."""
    while not over.is_set():
        with contextlib.suppress(OSError, EOFError), Wire(stage.port, 2) as wire:
            wire.send(request("/v1/claims/still-2"))
            wire.socket.shutdown(socket.SHUT_WR)
            wire.rest(2)


def resetting(stage, over):
    """Goes away in the middle of a request, or of an answer, with a reset."""
    turn = 0
    while not over.is_set():
        turn += 1
        with contextlib.suppress(OSError):
            wire = Wire(stage.port, 2)
            wire.send(request(f"/v1/claims/still-{turn % 600 + 1}")[:turn % 80 or None])
            if turn % 3 == 0:
                time.sleep(0.002)
            wire.reset()
        over.wait(0.002)


CLIENTS = [slow, silent, half_closed, resetting]


def leave(wire, place):
    """In good order and not, in turn."""
    if place % 2:
        wire.reset()
    else:
        wire.socket.close()


def cut_requests(port, known):
    data = request(known.target)
    for place in range(len(data) + 1):
        wire = Wire(port)
        wire.send(data[:place])
        leave(wire, place)


def cut_answers(port, known):
    """As far as the longest of them goes: one from memory has fewer header fields."""
    place, is_whole = 0, False
    while not is_whole:
        wire = Wire(port, window=2048)
        wire.send(request(known.target))
        is_whole = len(read(wire, place, known.body)) < place
        leave(wire, place)
        place += 1


def read(wire, size, body):
    """So many bytes of an answer with that body, or all of it."""
    got = b""
    while len(got) < size and not got.endswith(b"\r\n\r\n" + body):
        part = wire.socket.recv(size - len(got))
        assert part, f"an answer ends behind {got!r}"
        got += part
    return got
