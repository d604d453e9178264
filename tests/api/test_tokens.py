"""Tokens: the commands that make, list and revoke them, what each may do, and that none comes to stand anywhere"""
import hashlib
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import database
import psycopg2
import pytest

from contract import TREE
from desk import DOCUMENTS, Client, Tables, create_token, furnish, path_of, problem
from service import Service, claimd, until


@pytest.fixture(scope="module")
def service(url):
    with Service(url, "--threads", "4") as service:
        furnish(Client(service.answers(), create_token(url, "furnisher")))
        yield service


def token(url, *arguments):
    return claimd("token", *arguments, DATABASE_URL=url)


def refused(result, *words):
    assert result.returncode == 1 and result.stdout == "" and result.stderr.startswith("claimd: ") and result.stderr.count("\n") == 1, result
    assert all(word in result.stderr for word in words), result.stderr
    assert "SELECT" not in result.stderr and "INSERT" not in result.stderr


def may_write(service, secret):
    client = Client(service, secret)
    return client.send("PUT", path_of("scope", "may-write"), DOCUMENTS["scope"][0], {"If-Match": "*"} if client.send("GET", "/v1/scopes/may-write").ok else {})


# Commands -----------------------------------------------------------------------------------------


def test_token_is_printed_once_and_kept_as_its_digest(url):
    made = token(url, "create", "--name", "printed", "--scope", "write")
    assert made.returncode == 0 and made.stderr == "" and re.fullmatch(r"[!-~]{32,}\n", made.stdout)
    secret = made.stdout.strip()
    assert secret not in token(url, "list").stdout
    with Tables(url) as tables:
        assert bytes(tables.value("SELECT digest FROM token WHERE name = 'printed'")) == hashlib.sha256(secret.encode()).digest()
        for table, in tables.run("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'history')"):
            assert tables.value(f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE %s", f"%{secret[-20:]}%") == 0
    secrets = {create_token(url, f"printed-{number}") for number in range(8)}
    assert len(secrets) == 8 and not [one for one in secrets for other in secrets if one != other and one[:20] == other[:20]]


def test_list_shows_what_there_is_to_each(url):
    create_token(url, "listed", "read")
    create_token(url, "listed-until", "admin", "--expires", "2999-01-02T03:04:05Z")
    create_token(url, "listed-and-a-very-long-name-that-goes-on-and-on.and_on", "write")
    assert token(url, "revoke", "--name", "listed").returncode == 0
    lines = token(url, "list").stdout.splitlines()
    assert lines[0].split() == ["name", "scope", "created", "expires", "revoked"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    today = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert rows["listed"][0] == "read" and re.fullmatch(today, rows["listed"][1]) and rows["listed"][2] == "-" and re.fullmatch(today, rows["listed"][3])
    assert rows["listed-until"][0] == "admin" and rows["listed-until"][2:] == ["2999-01-02T03:04:05Z", "-"]
    assert rows["listed-and-a-very-long-name-that-goes-on-and-on.and_on"][2:] == ["-", "-"]


@pytest.mark.parametrize("arguments", [
    ("create",), ("create", "--name", "x1"), ("create", "--scope", "write"), ("create", "--name", "x2", "--scope", "root"), ("create", "--name", "x3", "--scope", ""),
    ("create", "--name", "", "--scope", "read"), ("create", "--name", "-x", "--scope", "read"), ("create", "--name", "a b", "--scope", "read"),
    ("create", "--name", "a\nb", "--scope", "read"), ("create", "--name", "ä", "--scope", "read"), ("create", "--name", "x" * 65, "--scope", "read"),
    ("create", "--name", "x4", "--scope", "read", "--expires", "soon"), ("create", "--name", "x5", "--scope", "read", "--expires", "2025-13-01"),
    ("create", "--name", "x6", "--scope", "read", "--expires", ""), ("create", "--name", "x7", "--scope", "WRITE"), ("revoke",), ("revoke", "--name", "never")],
    ids=lambda arguments: "+".join(arguments)[:40].replace("\n", "_"))
def test_commands_say_what_is_wrong(url, arguments):
    result = token(url, *arguments)
    assert result.returncode in (1, 2) and result.stdout == "" and result.stderr.startswith("claimd: ")
    with Tables(url) as tables:
        assert tables.value("SELECT count(*) FROM token WHERE name LIKE 'x%%' OR name = '' OR name LIKE 'a%%b'") == 0


def test_name_is_given_once(url):
    create_token(url, "once")
    refused(token(url, "create", "--name", "once", "--scope", "read"))
    assert token(url, "revoke", "--name", "once").returncode == 0
    refused(token(url, "create", "--name", "once", "--scope", "read"))
    refused(token(url, "revoke", "--name", "once"), "once")


def test_what_is_wrong_with_a_name_is_said_in_words(url):
    create_token(url, "worded")
    for name in ("worded", "a b"):
        assert "constraint" not in token(url, "create", "--name", name, "--scope", "read").stderr


def test_there_is_no_time_before_now_to_expire_at(url):
    """Whoever asks for a token that is over already has made a mistake; if it is made all the same, it does nothing."""
    made = token(url, "create", "--name", "over", "--scope", "write", "--expires", "2001-01-01")
    assert made.returncode == 1 or Tables(url).value("SELECT expires_at < now() FROM token WHERE name = 'over'")


# What each may do -------------------------------------------------------------------------------------


def test_scopes(url, service):
    assert may_write(service, create_token(url, "scope-write", "write")).status_code in (200, 201)
    assert may_write(service, create_token(url, "scope-admin", "admin")).status_code in (200, 201)
    reader = Client(service, create_token(url, "scope-read", "read"))
    for method, path, body in (("PUT", path_of("scope", "x"), DOCUMENTS["scope"][0]), ("POST", path_of("scope"), DOCUMENTS["scope"][0]), ("PATCH", path_of("scope", "desk-all"), {}),
                               ("DELETE", path_of("scope", "desk-all"), None), ("POST", path_of("scope", "desk-all", "/revert"), {"revision": 1})):
        answer = reader.send(method, path, body, {"If-Match": "*"})
        problem(answer, 403, "forbidden")
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer realm="claimd"') and 'error="insufficient_scope"' in challenge and 'scope="write"' in challenge
    assert reader.get("/v1/scopes/desk-all").status_code == 200


def test_who_may_not_write_learns_nothing_by_trying(url, service):
    """The answer is the same whether the body is good, the thing there, or the ETag right."""
    for client, status in ((Client(service), 401), (Client(service, "nonsense"), 401), (Client(service, create_token(url, "curious", "read")), 403)):
        for id in ("desk-all", "never-was"):
            for body in (DOCUMENTS["scope"][0], {}, b"{", {"id": "other"}):
                for fields in ({}, {"If-Match": "*"}, {"If-Match": '"x.1"'}):
                    for method, path in (("PUT", path_of("scope", id)), ("PATCH", path_of("scope", id)), ("POST", path_of("scope")), ("POST", path_of("scope", id, "/revert"))):
                        assert client.send(method, path, body, fields).status_code == status, (method, path, body, fields)


@pytest.mark.parametrize("spelt", ["2 seconds", "00:00:02", "in-two-seconds"])
def test_token_expires(url, service, spelt):
    if spelt == "in-two-seconds":
        spelt = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2.5))
    began = time.monotonic()
    secret = create_token(url, f"expires-{began}", "write", "--expires", spelt)
    assert may_write(service, secret).status_code in (200, 201)
    until(lambda: may_write(service, secret).status_code == 401, 5, "the end of its time")
    assert time.monotonic() - began > 1
    answer = may_write(service, secret)
    problem(answer, 401, "unauthorized")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_revoked_token_stops_everywhere_within_a_second(url, service):
    """On every connection and thread, and of a second service, too."""
    secret = create_token(url, "stopped")
    late, over = [], threading.Event()
    revoked = [None]
    with Service(url, "--threads", "2") as other:
        other.answers()

        def write(number):
            client = Client(service if number % 4 else other, secret)
            while not over.is_set():
                client._own = threading.local()  # a fresh connection
                began = time.monotonic()
                status = client.send("PUT", path_of("scope", f"stopped-{number}"), DOCUMENTS["scope"][0], {"If-None-Match": "*"}).status_code
                assert status in (201, 412, 401)
                if revoked[0] and began > revoked[0] and status != 401:
                    late.append(began - revoked[0])
        threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        until(lambda: Client(service).send("GET", "/v1/scopes/stopped-1").ok, 5, "writing")
        assert token(url, "revoke", "--name", "stopped").returncode == 0
        revoked[0] = time.monotonic()
        time.sleep(1.5)
        over.set()
        for thread in threads:
            thread.join()
    assert [by for by in late if by > 1] == []


def test_token_that_is_revoked_while_it_waits_writes_no_more(url, service):
    client = Client(service, create_token(url, "waited"))
    with Tables(url, autocommit=False) as held, Tables(url) as tables, ThreadPoolExecutor() as pool:
        held.run("SELECT await_other_changes()")
        waiting = pool.submit(client.send, "PUT", path_of("scope", "waited"), DOCUMENTS["scope"][0])
        until(tables.waiting_for_advice, 5, "a write that waits")
        assert token(url, "revoke", "--name", "waited").returncode == 0
        held.connection.rollback()
        problem(waiting.result(), 401, "unauthorized")


def test_author_is_the_tokens_name(url, service):
    client = Client(service, create_token(url, "A.U-thor_1"))
    client.put("scope", "authored", DOCUMENTS["scope"][0])
    assert client.revisions("scope", "authored")[0]["author"] == "A.U-thor_1"
    with Tables(url) as tables:  # one who says that he is another is none
        tables.run("UPDATE scope SET name = 'y' WHERE id = 'authored'")
    until(lambda: len(client.revisions("scope", "authored")) == 2, 5, "news")
    assert client.revisions("scope", "authored")[1]["author"] is None


# That none comes to stand anywhere ---------------------------------------------------------------------


def parts_of(secret):
    return [secret, secret[-24:], secret[8:32]]


def test_no_token_in_any_log(url, service):
    """Neither in the service's, with each request logged and requests that fail, nor in PostgreSQL's with every statement and its values."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="claimd-logged."))  # which the server's user can reach
    folder.chmod(0o711)
    cluster = folder / "cluster"
    scripts = str(TREE / "scripts/cluster")
    subprocess.run([scripts, "start", str(cluster)], check=True, stdout=subprocess.DEVNULL, timeout=60)
    try:
        own = subprocess.run([scripts, "url", str(cluster)], check=True, stdout=subprocess.PIPE, text=True, timeout=20).stdout.strip()
        database.execute(own, "ALTER SYSTEM SET log_statement = 'all'", "ALTER SYSTEM SET log_min_duration_statement = 0", "ALTER SYSTEM SET log_parameter_max_length = -1",
                         "ALTER SYSTEM SET log_parameter_max_length_on_error = -1", "ALTER SYSTEM SET log_min_error_statement = 'debug1'", "SELECT pg_reload_conf()")
        database.apply(own, database.MIGRATIONS)
        secrets = [create_token(own, "logged", "write"), create_token(own, "logged-read", "read"), create_token(own, "logged-gone", "write")]
        assert token(own, "revoke", "--name", "logged-gone").returncode == 0
        assert token(own, "list").returncode == 0
        with Service(own, "--threads", "1", CLAIMD_LOG_REQUESTS="1") as logging:
            logging.answers()
            for secret in secrets:
                client = Client(logging, secret)
                client.send("PUT", path_of("scope", "logged"), DOCUMENTS["scope"][0])
                client.send("PUT", path_of("scope", "logged"), DOCUMENTS["scope"][1], {"If-Match": "*"})
                client.send("POST", path_of("scope"), b"{")
                client.send("PUT", path_of("claim", "logged"), {})
                client.send("DELETE", path_of("scope", "logged"), None, {"If-Match": "*"})
                client.send("GET", "/v1/scopes")
                client.send("GET", "/v1/nothing")
            log = logging.log()
        assert '"event":"request"' in log and '"status":201' in log and '"status":403' in log
        told = (cluster / "log").read_text(errors="replace")
        assert "write_one" in told and "INSERT INTO token" in told
        for secret in secrets:
            for part in parts_of(secret):
                assert part not in log and part not in told
    finally:
        subprocess.run([scripts, "stop", str(cluster), "immediate"], check=False, timeout=60)
        shutil.rmtree(folder)


def test_tables_of_tokens_are_no_secret_of_the_feed(url, service):
    """A token made, used or revoked is no change of the data."""
    client = Client(service, create_token(url, "quiet"))
    before = client.last()
    create_token(url, "quieter")
    assert token(url, "revoke", "--name", "quieter").returncode == 0
    assert client.last() == before
    with pytest.raises(psycopg2.Error), Tables(url) as tables:
        tables.run("INSERT INTO token (name, digest, scope) VALUES ('short', '\\x00', 'read')")
