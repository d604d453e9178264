"""Who may read where reading takes a token, and what the service's own role may do"""
import contextlib
import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

import database
from desk import DOCUMENTS, Client, Tables, create_token, opened, path_of, problem
from service import Service, claimd, until

OPEN = ["/healthz", "/readyz", "/openapi.json", "/openapi.yaml", "/docs", "/problems/not-found"]
CLOSED = ["/v1/claims", "/v1/claims?limit=2&format=csv", "/v1/claims/affordability-myth-03-affordability-myth", "/v1/comparisons", "/v1/changes", "/v1/subjects/deepseek/revisions",
          "/v1/subjects/deepseek?as_of=2026-01-01"]


@pytest.fixture(scope="module")
def closed(url):
    with opened(url, CLAIMD_READ="token") as writer:
        yield writer


@pytest.mark.parametrize("target", OPEN)
def test_what_says_how_to_ask_is_open(closed, target):
    closed.service.answers(target)


@pytest.mark.parametrize("target", CLOSED)
def test_data_take_a_token(closed, url, target):
    refused = Client(closed.service).send("GET", target)
    problem(refused, 401, "unauthorized")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    problem(Client(closed.service, "claimd_wrong").send("GET", target), 401, "unauthorized")
    assert closed.send("GET", target).status_code in (200, 404)


def test_figures_are_read_for_those_who_may_read(closed):
    problem(Client(closed.service).send("POST", "/v1/figures/parse", {"text": "5"}), 401, "unauthorized")
    assert closed.send("POST", "/v1/figures/parse", {"text": "5"}).status_code == 200


def test_answers_are_private(closed):
    answer = closed.get("/v1/units")
    assert answer.headers["Cache-Control"].startswith("private") and "Authorization" in answer.headers["Vary"]


def test_a_reader_may_not_write(closed, url):
    reader = Client(closed.service, create_token(url, "reader", "read"))
    assert reader.get("/v1/units").status_code == 200
    problem(reader.send("PUT", path_of("scope", "no"), DOCUMENTS["scope"][0]), 403, "forbidden")


def test_a_revoked_reader_reads_no_more_within_a_second(closed, url):
    reader = Client(closed.service, create_token(url, "leaver", "read"))
    assert all(reader.get("/v1/units").status_code == 200 for _ in range(20))
    assert claimd("token", "revoke", "--name", "leaver", DATABASE_URL=url).returncode == 0
    assert until(lambda: reader.send("GET", "/v1/units").status_code == 401, 3, "the end of a token") < 1.5
    assert all(reader.send("GET", "/v1/units").status_code == 401 for _ in range(20))


def test_a_revoked_follower_is_sent_no_more(closed, url):
    follower = create_token(url, "follower", "read")
    with closed.service.wire(30) as wire:
        wire.get("/v1/changes", "Accept: text/event-stream", f"Authorization: Bearer {follower}")
        assert wire.head().status == 200
        chunks = wire.chunks()
        closed.put("scope", "seen", DOCUMENTS["scope"][0])
        assert b'"seen"' in next(chunks)
        time.sleep(1.2)   # for longer than a token is known
        closed.put("scope", "seen-too", DOCUMENTS["scope"][0])
        assert b'"seen-too"' in next(chunks)
        assert claimd("token", "revoke", "--name", "follower", DATABASE_URL=url).returncode == 0
        time.sleep(1.2)
        closed.put("scope", "not-seen", DOCUMENTS["scope"][0])
        assert b"".join(chunks) == b""


def test_who_waits_and_is_revoked_is_refused(closed, url):
    waiter = Client(closed.service, create_token(url, "waiter", "read"))
    last = closed.last()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(waiter.send, "GET", "/v1/changes", since=last, wait=20)
        time.sleep(0.3)
        assert claimd("token", "revoke", "--name", "waiter", DATABASE_URL=url).returncode == 0
        time.sleep(1.2)
        closed.put("scope", "not-waited-for", DOCUMENTS["scope"][0])
        problem(waiting.result(), 401, "unauthorized")


def test_only_two_words_are_known(url):
    with pytest.raises(AssertionError):
        with Service(url, CLAIMD_READ="closed") as service:
            service.answers()


@contextlib.contextmanager
def held_up(url, *flags):
    """Followers by three tokens, who were told of a change just when their tokens could not be asked about; they can be once the second connection ends its
    transaction."""
    tokens = [create_token(url, f"waits-{number}-{time.time_ns()}", "read") for number in range(3)]
    with opened(url, "--threads", "1", *flags, CLAIMD_READ="token") as writer, Tables(url, autocommit=False) as held, Tables(url) as tables, contextlib.ExitStack() as followers:
        tables.run("INSERT INTO scope VALUES ('held-up', 'Held up', 'For a while.') ON CONFLICT DO NOTHING")
        wires = [followers.enter_context(writer.service.wire(30)) for _ in tokens * 2]
        for wire, token in zip(wires, tokens * 2):
            wire.get("/v1/changes", "Accept: text/event-stream", f"Authorization: Bearer {token}")
            assert wire.head().status == 200
        time.sleep(1.2)   # for longer than a token is known
        held.run("LOCK TABLE token IN ACCESS EXCLUSIVE MODE")
        tables.run("UPDATE scope SET name = 'Held up, ' || clock_timestamp() WHERE id = 'held-up'")
        until(lambda: tables.locks("NOT granted"), 5, "a token is asked about")
        yield writer.service, held.connection, wires


def test_followers_wait_until_their_tokens_can_be_asked_about(url):
    """Two of them go away meanwhile, which is nothing to the others."""
    with held_up(url) as (_, held, wires):
        wires.pop().reset()
        wires.pop(1).reset()
        held.rollback()
        assert all(b'"held-up"' in next(wire.chunks()) for wire in wires)


def test_the_end_does_not_wait_for_tokens_that_cannot_be_asked_about(url):
    with held_up(url, "--request-timeout", "1000") as (service, _, wires):
        service.stop()
        for wire in wires:
            assert b'"held-up"' not in wire.rest()


@pytest.fixture(scope="module")
def as_role(server_url, fresh_database):
    """A service as a role that migrations have let serve, and the URL by which that role reaches the database."""
    url = fresh_database(())
    name = f"claimd_role_{abs(hash(url)) % 10**8}"
    database.execute(server_url, f"CREATE ROLE {name} LOGIN")
    try:
        migrated = claimd("migrate", "up", DATABASE_URL=url, CLAIMD_SERVICE_ROLE=name)
        assert migrated.returncode == 0, migrated.stderr
        own = url.replace("postgres@", f"{name}@")
        with Service(own) as service:
            service.answers()
            yield Client(service, create_token(url, "roled")), own, url
    finally:
        database.execute(url, f"DROP OWNED BY {name}")
        database.execute(server_url, f"DROP ROLE {name}")


def test_the_role_is_enough_to_serve_and_write(as_role):
    client, _, _ = as_role
    client.put("subject", "roled", DOCUMENTS["subject"][0])
    client.patch("subject", "roled", {"name": "Roled"}, "*")
    assert client.get("/v1/subjects/roled", as_of=client.get("/v1/changes", sort="-seq", limit=1).json()["items"][0]["at"]).json()["name"] == "Roled"
    assert len(client.revisions("subject", "roled")) == 2
    assert client.get("/v1/subjects/roled/diff").json()["changes"]
    client.retract("subject", "roled")
    problem(client.send("GET", "/v1/subjects/roled"), 410, "gone")


def test_the_role_is_enough_to_import(as_role):
    client, _, url = as_role
    lines = b"".join(json.dumps({"scope": {"id": f"roled-{number}", "name": "Some", "definition": "Some of it."}}).encode() + b"\n" for number in range(5000))
    importer = Client(client.service, create_token(url, "roled-admin", "admin"))
    told = importer.send("POST", "/v1/import", lines, {"Content-Type": "application/x-ndjson"})
    assert told.status_code == 200 and told.json()["created"] == 5000, told.text


@pytest.mark.parametrize("statement", [
    "SELECT * FROM token", "UPDATE secret SET key = key", "SELECT * FROM answered", "SELECT * FROM import_part", "INSERT INTO subject VALUES ('a', 'b', 'model', 'c')", "UPDATE claim SET line = 1", "DELETE FROM revision",
    "UPDATE change SET author = 'x'", "TRUNCATE history.claim", "SELECT put('scope', '{}')", "DROP TABLE claim", "CREATE TABLE public.x ()", "UPDATE permit SET scope = 'admin'",
    "CREATE TEMPORARY TABLE x AS SELECT 1 AS id; CREATE TRIGGER x AFTER INSERT ON x FOR EACH ROW EXECUTE FUNCTION change_is_made()",
    "CREATE TEMPORARY TABLE x (id text); CREATE TRIGGER x AFTER INSERT ON x REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION merge_ends('agent')"])
def test_the_role_can_do_nothing_else(as_role, statement):
    connection = database.connect(as_role[1])
    try:
        with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement)
    finally:
        connection.close()


@pytest.fixture
def role(as_role):
    """A transaction of the role's own, and the digests of tokens that may write and import."""
    client, own, url = as_role
    importer = create_token(url, f"importing-{time.time_ns()}", "admin")
    with Tables(own, autocommit=False) as tables:
        yield tables, *(hashlib.sha256(token.encode()).digest() for token in (client.token, importer))


WRITTEN = "SELECT write_one('PUT', 'subject', %s, '{\"name\": \"Forged\", \"kind\": \"model\", \"description\": \"Forged.\"}', NULL, true)"
LINES = "SELECT import_lines('{1}', ARRAY['{\"scope\": {\"id\": \"forged\", \"name\": \"Forged\", \"definition\": \"Forged.\"}}'::jsonb])"


def refused(role, state, statement, *parameters):
    with pytest.raises(psycopg2.Error) as raised:
        role.run(statement, *parameters)
    assert raised.value.pgcode == state, raised.value


@pytest.mark.parametrize("statement", [WRITTEN.replace("%s", "'forged'"), LINES, "SELECT import_end()", "SELECT import_settle(true, false)"])
def test_the_role_changes_nothing_unless_a_token_is_shown(role, statement):
    tables, _, _ = role
    tables.run("SELECT import_begin()")
    refused(tables, "CL503", statement)


def test_the_role_does_not_import_with_a_token_for_writing(role):
    tables, writing, _ = role
    tables.run("SELECT import_begin(), begin_change(%s, 'write', NULL)", writing)
    refused(tables, "CL503", LINES)


def test_a_token_is_shown_for_one_transaction(role):
    tables, writing, _ = role
    tables.run("SELECT begin_change(%s, 'write', NULL)", writing)
    tables.connection.commit()
    refused(tables, "CL503", WRITTEN, "forged")


def test_the_role_cannot_have_a_change_be_another(role):
    """Nor another's: whatever the settings say when it begins, or before a thing is written."""
    tables, writing, _ = role
    forge = "SELECT set_config('claimd.change', '1', true), set_config('claimd.author', 'nobody', true)"
    tables.run(forge)
    tables.run("SELECT begin_change(%s, 'write', NULL)", writing)
    for id in ("forged-first", "forged-next"):
        tables.run(forge)
        tables.run(WRITTEN, id)
    tables.connection.commit()
    made = tables.run("SELECT DISTINCT since, revision.change, author FROM subject JOIN revision ON revision.kind = 'subject' AND revision.id = subject.id"
                      " JOIN change ON change.id = since WHERE starts_with(subject.id, 'forged-')")
    assert made == [(tables.value("SELECT max(id) FROM change"), made[0][0], "roled")]


@pytest.mark.parametrize("statement", [LINES, "SELECT import_end()", "SELECT import_settle(true, false)"])
@pytest.mark.parametrize("name", ["import_pending", "import_outcome", "import_refused"])
def test_nothing_of_the_roles_own_runs_with_the_owners_rights(role, name, statement):
    tables, _, importing = role
    tables.run(f"CREATE TEMPORARY TABLE {name} (line bigint, kind text, document jsonb, told boolean, outcome text, lines bigint, id text, errors json)")
    tables.run("SELECT begin_change(%s, 'admin', NULL)", importing)
    refused(tables, "42501", statement)


@pytest.mark.parametrize("statement", [
    WRITTEN.replace("'subject', %s", "'evil', 'x'"), "SELECT prepare_write(%s, 'POST', 'evil', NULL, '{\"name\": \"x\"}')", LINES.replace("scope", "evil")])
def test_no_name_leads_to_what_is_the_roles_own(role, statement):
    tables, writing, importing = role
    tables.run("CREATE FUNCTION pg_temp.evil() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'as %', current_user USING ERRCODE = 'EVIL1'; END $$;"
               "CREATE TEMPORARY VIEW evil AS SELECT pg_temp.evil() AS since, pg_temp.evil()::text AS id")
    tables.run("SELECT import_begin(), begin_change(%s, 'admin', NULL)", importing)
    refused(tables, "42P01", statement, *[writing] * statement.count("%s"))


def test_followers_by_one_token_cost_one_question(url):
    reader = create_token(url, "many", "read")
    with Tables(url) as tables:
        tables.run(f"ALTER DATABASE {tables.value('SELECT current_database()')} SET track_functions = 'pl'")

        def asked():
            return tables.value("SELECT coalesce(sum(calls), 0) FROM pg_stat_user_functions WHERE funcname = 'authorize'")

        with opened(url, "--threads", "1", CLAIMD_READ="token") as writer, contextlib.ExitStack() as followers:
            wires = [followers.enter_context(writer.service.wire(30)) for _ in range(60)]
            for wire in wires:
                wire.get("/v1/changes", "Accept: text/event-stream", f"Authorization: Bearer {reader}")
                assert wire.head().status == 200

            def settled():
                """The database counts for a connection at its first transaction after a second."""
                time.sleep(1.5)
                writer.get("/v1/units", fields="id")
                time.sleep(0.5)
                return asked()
            before = settled()
            time.sleep(1.2)   # for longer than a token is known
            writer.put("scope", "asked-once", DOCUMENTS["scope"][0])
            assert all(b'"asked-once"' in next(wire.chunks()) for wire in wires)
            assert 0 < settled() - before < 20
