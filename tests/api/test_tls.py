"""TLS: what is spoken and what is not, certificates renewed under load, and HTTP over it as without it"""
import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from busy import Busy
from service import Service, claimd, free_port, until
from wire import Wire


def make(folder, name, *options, kind="rsa:2048"):
    """A certificate of its own issuing and its key, as files."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", *kind.split(" "), "-nodes", "-keyout", key, "-out", certificate, "-days", "30",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", *options], check=True, capture_output=True)
    return certificate, key


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def first(folder):
    return make(folder, "first")


@pytest.fixture(scope="module")
def second(folder):
    return make(folder, "second")


def trusting(*certificates, version=None):
    context = ssl.create_default_context()
    for certificate in certificates:
        context.load_verify_locations(certificate)
    if version:
        context.minimum_version = context.maximum_version = version
    return context


class Safe(Service):
    """A service that speaks TLS with copies of these files, which can be replaced."""

    def __init__(self, database_url, folder, pair, *flags, **settings):
        self.certificate, self.key = folder / f"shown-{id(self)}.pem", folder / f"shown-{id(self)}.key"
        self.show(*pair)
        super().__init__(database_url, "--tls-certificate", str(self.certificate), "--tls-key", str(self.key), *flags, **settings)
        self.base = self.base.replace("http:", "https:")

    def show(self, certificate, key):
        """Replaces both files, each at once, as who renews certificates does."""
        for source, target in (certificate, self.certificate), (key, self.key):
            beside = target.with_suffix(".new")
            beside.write_bytes(source.read_bytes())
            beside.rename(target)

    def status(self, path):
        done = subprocess.run(["curl", "-sk", "--max-time", "5", "-o", "/dev/null", "-w", "%{http_code}", self.base + path],
                              stdout=subprocess.PIPE, text=True, check=False)
        return int(done.stdout) or None

    def curl(self, path, *arguments):
        return subprocess.run(["curl", "-sS", "--max-time", "30", "--cacert", self.certificate, *arguments, self.base + path],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def wire(self, timeout=10, window=None, context=None):
        wire = Wire(self.port, timeout, window)
        wire.socket = (context or trusting(self.certificate)).wrap_socket(wire.socket, server_hostname="localhost")
        return wire

    def reload(self):
        before = len(self.events())
        self.process.send_signal(signal.SIGHUP)

        def done():
            return [event for event in self.events()[before:] if event["event"] in ("reloaded", "reload-refused")]
        until(done, 10, "the reload is logged")
        return done()[0]

    def shown_to(self, context):
        with self.wire(context=context) as wire:
            return dict(pair for names in wire.socket.getpeercert()["subject"] for pair in names)["commonName"]


@pytest.fixture(scope="module")
def safe(database_url, folder, first):
    with Safe(database_url, folder, first, "--threads", "2") as service:
        yield service.answers()


# What is spoken ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_version_is_spoken(safe, version):
    with safe.wire(context=trusting(safe.certificate, version=version)) as wire:
        wire.get("/v1/claims?limit=1")
        assert json.loads(wire.answer().body)["items"]
        assert wire.socket.version() == version.name.replace("v1_", "v1.")


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_older_version_is_refused(safe, version):
    context = trusting(safe.certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    with pytest.raises(ssl.SSLError, match="EOF|ALERT"):
        safe.wire(context=context)


@pytest.mark.parametrize("ciphers", ["AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"])
def test_weak_key_exchange_and_mac_are_refused(safe, ciphers):
    """No forward secrecy, no authenticated encryption, or a group of the server's making."""
    context = trusting(safe.certificate, version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(ciphers + ":@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        safe.wire(context=context)


@pytest.mark.parametrize("offered, taken", [(["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"), ([], None)])
def test_alpn(safe, offered, taken):
    context = trusting(safe.certificate)
    if offered:
        context.set_alpn_protocols(offered)
    with safe.wire(context=context) as wire:
        assert wire.socket.selected_alpn_protocol() == taken
        wire.get("/healthz")
        assert wire.answer().status == 200


@pytest.mark.parametrize("name", ["localhost", "another.example", None])
def test_name_asked_for_changes_nothing(safe, name):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.closing(context.wrap_socket(socket.create_connection(("127.0.0.1", safe.port)), server_hostname=name)) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_priorities_can_be_told_but_nothing_below_1_2(database_url, folder, first):
    with Safe(database_url, folder, first, "--tls-priorities", "NORMAL:-VERS-TLS1.3:+VERS-TLS1.1:+VERS-TLS1.0") as service:
        service.answers("/healthz")
        with service.wire() as wire:
            assert wire.socket.version() == "TLSv1.2"
        context = trusting(first[0])
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(ssl.SSLError):
            service.wire(context=context)


@pytest.mark.parametrize("kind", ["ec -pkeyopt ec_paramgen_curve:prime256v1", "ed25519", "rsa:3072"])
def test_kinds_of_keys(database_url, folder, kind):
    with Safe(database_url, folder, make(folder, "kind", kind=kind)) as service:
        service.answers("/healthz")
        assert service.curl("/healthz").returncode == 0


def test_chain_is_sent_whole(database_url, folder):
    root, root_key = make(folder, "root")
    for name, issuer, issuer_key, extra in (("middle", root, root_key, "basicConstraints=critical,CA:TRUE"),
                                            ("leaf", folder / "middle.pem", folder / "middle.key", "subjectAltName=DNS:localhost,IP:127.0.0.1")):
        subprocess.run(["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr",
                        "-subj", f"/CN={name}"], check=True, capture_output=True)
        (folder / f"{name}.ext").write_text(extra)
        subprocess.run(["openssl", "x509", "-req", "-in", folder / f"{name}.csr", "-CA", issuer, "-CAkey", issuer_key, "-CAcreateserial", "-days", "9",
                        "-extfile", folder / f"{name}.ext", "-out", folder / f"{name}.pem"], check=True, capture_output=True)
    chain = folder / "chain.pem"
    chain.write_bytes((folder / "leaf.pem").read_bytes() + (folder / "middle.pem").read_bytes())
    with Safe(database_url, folder, (chain, folder / "leaf.key")) as service:
        service.answers("/healthz")
        assert service.shown_to(trusting(root)) == "leaf"


# What cannot be used ----------------------------------------------------------------------------


def refusal(certificate, key, *flags):
    given = [f"--tls-{name}={value}" for name, value in (("certificate", certificate), ("key", key)) if value]
    ended = claimd("serve", "--listen", f"127.0.0.1:{free_port()}", *given, *flags, DATABASE_URL="")
    sentence, = ended.stderr.splitlines()
    assert ended.returncode == 2 and re.fullmatch(r"claimd: .+\.", sentence), ended
    return sentence


def test_wrong_files_are_told_in_a_sentence(tmp_path, first, second):
    empty, nonsense, none = tmp_path / "empty", tmp_path / "nonsense", tmp_path / "none"
    empty.write_text("")
    nonsense.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for wrong in empty, nonsense, none, tmp_path, first[1]:
        assert f"certificate {wrong} " in refusal(wrong, first[1])
    for wrong in empty, nonsense, none, tmp_path, first[0]:
        assert f"key {wrong} " in refusal(first[0], wrong)
    assert str(second[1]) in refusal(first[0], second[1]) and str(first[0]) in refusal(first[0], second[1])


def test_what_cannot_be_used_leaves_no_socket_behind(tmp_path, first, second):
    where = tmp_path / "claimd.sock"
    assert refusal(first[0], second[1], "--listen", f"unix:{where}")
    assert not where.exists()


def test_key_behind_a_password_is_refused(tmp_path, first):
    locked = tmp_path / "locked.key"
    subprocess.run(["openssl", "pkey", "-in", first[1], "-aes256", "-passout", "pass:x", "-out", locked], check=True)
    assert str(locked) in refusal(first[0], locked)


def test_one_needs_the_other(first):
    assert "--tls-key" in refusal(first[0], None)
    assert "--tls-certificate" in refusal(None, first[1])


def test_wrong_priorities(first):
    assert "NONSENSE" in refusal(*first, "--tls-priorities", "NONSENSE")


# Renewal ----------------------------------------------------------------------------------------


def test_certificate_is_renewed_and_old_sessions_go_on(database_url, folder, first, second):
    both = trusting(first[0], second[0])
    with Safe(database_url, folder, first, "--threads", "2") as service:
        service.answers()
        with service.wire(context=both) as old:
            service.show(*second)
            assert service.shown_to(both) == "first"
            assert service.reload()["event"] == "reloaded"
            assert {service.shown_to(both) for _ in range(20)} == {"second"}
            assert service.event("certificate")["days_left"] in (29, 30)
            for _ in range(3):
                old.get("/v1/claims?limit=1")
                assert old.answer().status == 200


def test_handshake_that_began_before_a_renewal_ends_well(database_url, folder, first, second):
    both = trusting(first[0], second[0])
    both.maximum_version = ssl.TLSVersion.TLSv1_2 # where the server waits in the middle for the client
    with Safe(database_url, folder, first, "--threads", "1") as service:
        service.answers("/healthz")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = both.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as client:
            with pytest.raises(ssl.SSLWantReadError):
                session.do_handshake()
            client.sendall(outgoing.read())
            incoming.write(client.recv(65536))
            service.show(*second)
            assert service.reload()["event"] == "reloaded"
            while True:
                try:
                    session.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    client.sendall(outgoing.read())
                    incoming.write(client.recv(65536))
            assert dict(pair for names in session.getpeercert()["subject"] for pair in names)["commonName"] == "first"
            session.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            client.sendall(outgoing.read())
            incoming.write(client.recv(65536))
            assert session.read(100).startswith(b"HTTP/1.1 200")


def test_a_reload_without_another_certificate_changes_nothing(database_url, folder, first):
    with Safe(database_url, folder, first) as service:
        service.answers("/healthz")
        for _ in range(3):
            service.show(*first)
            told = service.reload()
            assert (told["event"], told["changed"]) == ("reloaded", 0)
            assert service.shown_to(trusting(first[0])) == "first"


def test_wrong_renewal_is_logged_and_the_old_certificate_stays(database_url, folder, first, second):
    both = trusting(first[0], second[0])
    with Safe(database_url, folder, first) as service:
        service.answers("/healthz")
        service.show(first[0], second[1])
        refused = service.reload()
        assert refused["event"] == "reload-refused" and str(service.key) in refused["reason"]
        service.certificate.unlink()
        assert str(service.certificate) in service.reload()["reason"]
        assert service.shown_to(both) == "first"
        service.show(*second)
        assert service.reload()["event"] == "reloaded"
        assert service.shown_to(both) == "second"


def test_no_request_fails_while_certificates_change(database_url, folder, first, second):
    both = trusting(first[0], second[0])
    with Safe(database_url, folder, first, "--threads", "2") as service:
        service.answers()
        seen = set()

        def keep():
            with service.wire(context=both) as wire:
                while True:
                    wire.get("/v1/claims?limit=3")
                    assert wire.answer().status == 200
                    yield

        def come_and_go():
            while True:
                with service.wire(context=both) as wire:
                    seen.add(str(wire.socket.getpeercert()["subject"]))
                    wire.get("/healthz")
                    assert wire.answer().status == 200
                    yield
        with Busy(keep(), keep(), come_and_go(), come_and_go()) as clients:
            for number in range(40):
                service.show(*(second, first)[number % 2])
                assert service.reload()["event"] == "reloaded"
        assert not clients.faults and len(seen) == 2, clients.faults[:3]


# HTTP over it -----------------------------------------------------------------------------------


def test_health_asks_over_tls(safe):
    asked = {"CLAIMD_LISTEN": f"127.0.0.1:{safe.port}", "CLAIMD_TLS_CERTIFICATE": str(safe.certificate), "CLAIMD_TLS_KEY": str(safe.key)}
    until(lambda: claimd("health", "--ready", **asked).returncode == 0, 10, "all threads are ready")
    nobody = claimd("health", **{**asked, "CLAIMD_LISTEN": f"127.0.0.1:{free_port()}"})
    assert nobody.returncode == 1 and "no server answers" in nobody.stderr


def test_over_a_unix_socket_too(database_url, folder, first, tmp_path):
    where = str(tmp_path / "tls.sock")
    with Safe(database_url, folder, first, "--listen", f"unix:{where}") as service:
        until(lambda: os.path.exists(where), 10, "it listens")
        done = subprocess.run(["curl", "-sS", "--unix-socket", where, "--cacert", first[0], "https://localhost/healthz"], stdout=subprocess.PIPE, check=True)
        assert done.stdout == b'{"status":"ok"}'
        assert service.process.poll() is None


def test_client_that_speaks_plainly_is_turned_away(safe):
    with Wire(safe.port) as wire:
        wire.get("/healthz")
        assert b"HTTP/1.1 200" not in wire.rest()
    assert safe.status("/healthz") == 200


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01", b"\x16\x03\x01\xff\xff" + b"\0" * 500, os.urandom(5000), b"\0" * 70000],
                         ids=["nothing", "a beginning", "too long a record", "noise", "zeros"])
def test_handshakes_that_stand_still_hold_up_nobody(database_url, folder, first, sent):
    with Safe(database_url, folder, first, "--threads", "1", "--head-timeout", "2") as service:
        service.answers("/healthz")
        with contextlib.ExitStack() as stack:
            wires = [stack.enter_context(Wire(service.port)) for _ in range(50)]
            for wire in wires:
                with contextlib.suppress(ConnectionError):
                    wire.send(sent)
            for _ in range(5):
                assert service.status("/healthz") == 200
            for wire in wires: # and are cut off
                wire.rest(within=10)


def test_big_answers(safe):
    plain = safe.curl("/openapi.yaml")
    assert plain.returncode == 0 and len(plain.stdout) > 200_000
    for version in "--tlsv1.2", "--tlsv1.3":
        again = safe.curl("/openapi.yaml", version, "--tls-max", version[-3:])
        assert again.stdout == plain.stdout


def test_big_body(safe):
    """As large as may be, in one go and in trickles; the answer says that all of it was read."""
    text = json.dumps({"text": "5 Millionen Dollar " + "x" * 900, "language": "de"})
    with safe.wire(timeout=30) as wire:
        for piece in 10_000, 16_384, 7:
            body = (text + " " * 200_000).encode()
            wire.send(f"POST /v1/figures/parse HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
            for at in range(0, len(body) if piece > 7 else 700, piece):
                wire.send(body[at:at + piece])
            if piece == 7:
                wire.send(body[700:])
            assert wire.answer().status in (200, 400), piece


def test_stream(safe):
    plain = safe.curl("/v1/claims?format=ndjson")
    lines = plain.stdout.splitlines()
    assert plain.returncode == 0 and len(lines) > 100 and all(json.loads(line)["id"] for line in lines)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("count", [1, 10, 200])
def test_pipelines(safe, version, count):
    """Requests that come in one record, of which the socket says nothing any more once it was read: none is forgotten."""
    with safe.wire(context=trusting(safe.certificate, version=version), timeout=20) as wire:
        for path in "/healthz", "/v1/claims?limit=1", "/openapi.json":
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"
            sender = threading.Thread(target=wire.send, args=(request * count,)) if count < 50 else None
            if sender: # both ways at once is more than one SSL object can do for long
                sender.start()
                sender.join()
            else:
                wire.send(request * count)
            for _ in range(count):
                assert wire.answer().status == 200


def test_two_requests_in_one_record_the_last_byte_later(safe):
    with safe.wire() as wire:
        wire.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r")
        assert wire.answer().status == 200
        time.sleep(0.2)
        wire.send("\n")
        assert wire.answer().status == 200


def test_long_wait_over_tls(safe):
    """A client that waits for what changes keeps its connection, and others are served meanwhile."""
    with safe.wire(timeout=30) as wire:
        wire.get("/v1/changes", "Accept: text/event-stream")
        assert wire.head().status == 200
        for _ in range(10):
            assert safe.status("/readyz") == 200


def test_browsers_are_told_to_come_by_tls_only_where_that_is_wanted(database_url, folder, first, safe):
    with safe.wire() as wire:
        wire.get("/healthz")
        assert "Strict-Transport-Security" not in wire.answer().headers
    with Safe(database_url, folder, first, "--hsts", "31536000") as service:
        service.answers()
        with service.wire() as wire:
            for path in "/healthz", "/v1/claims?limit=1", "/v1/claims?limit=1", "/none":
                wire.get(path)
                assert wire.answer().headers["Strict-Transport-Security"] == "max-age=31536000"
    with Service(database_url, "--hsts", "31536000") as service:
        service.answers()
        with service.wire() as wire:
            wire.get("/healthz")
            assert "Strict-Transport-Security" not in wire.answer().headers


def test_ends_in_good_order(database_url, folder, first):
    """At the end an idle client is told so by TLS, too."""
    with Safe(database_url, folder, first) as service:
        service.answers()
        with service.wire() as wire:
            wire.get("/healthz")
            wire.answer()
            service.stop()
            assert wire.rest() == b""


def test_memory_of_connections(database_url, folder, first):
    """A connection costs what it costs, and gives it back."""
    with Safe(database_url, folder, first, "--threads", "1") as service:
        service.answers()
        context = trusting(first[0])

        def crowd(size):
            with contextlib.ExitStack() as stack:
                for wire in [stack.enter_context(service.wire(context=context)) for _ in range(size)]:
                    wire.get("/healthz")
                    assert wire.answer().status == 200
                return service.memory()
        crowd(100)
        before = crowd(100)
        for _ in range(4):
            after = crowd(100)
        assert after - before < 1_000_000, (before, after)
