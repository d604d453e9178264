"""What the database lacks for the moment is told as such, and ends with it"""
import pytest

import database
from desk import DOCUMENTS, Tables, failing_at_commit, problem

RAISE = """
CREATE FUNCTION in_want() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN RAISE EXCEPTION USING ERRCODE = '{state}'; END IF; RETURN NEW; END $$;
CREATE TRIGGER in_want BEFORE INSERT ON subject FOR EACH ROW EXECUTE FUNCTION in_want()"""
MEND = "DROP FUNCTION in_want CASCADE"


@pytest.mark.parametrize("state", ["25006", "40001", "40P01", "53100", "53200", "53400", "58030"])
def test_what_the_database_lacks_is_told_as_an_outage(desk, url, state):
    database.execute(url, RAISE.format(state=state, when='true'))
    try:
        answer = desk.send("PUT", f"/v1/subjects/want-{state.lower()}", DOCUMENTS["subject"][0], {"If-None-Match": "*"})
    finally:
        database.execute(url, MEND)
    problem(answer, 503, "database-unavailable")
    assert answer.headers["Retry-After"] == "1"
    failed = [event for event in desk.service.events() if event["event"] == "query-failed"]
    assert failed[-1]["sqlstate"] == state
    desk.put("subject", f"want-{state.lower()}", DOCUMENTS["subject"][0])


def test_a_connection_that_can_write_no_more_is_replaced(desk, url):
    """As one to a primary that has become a standby, behind something that keeps the connection."""
    desk.put("subject", "want-before", DOCUMENTS["subject"][0])
    with Tables(url) as tables:
        now = tables.value("SELECT clock_timestamp()::text")
        tables.run(RAISE.format(state="25006", when=f"(SELECT backend_start < '{now}' FROM pg_stat_activity WHERE pid = pg_backend_pid())"))
        try:
            problem(desk.send("PUT", "/v1/subjects/want-after", DOCUMENTS["subject"][0], {"If-None-Match": "*"}), 503, "database-unavailable")
            desk.put("subject", "want-after", DOCUMENTS["subject"][0])
        finally:
            tables.run(MEND)


def test_what_is_wrong_with_a_query_is_no_outage(desk, url):
    database.execute(url, RAISE.format(state="22012", when="true"))
    try:
        problem(desk.send("PUT", "/v1/subjects/want-none", DOCUMENTS["subject"][0], {"If-None-Match": "*"}), 500, "internal")
    finally:
        database.execute(url, MEND)


@pytest.mark.parametrize("state,status,name", [("57014", 504, "timeout"), ("40001", 503, "database-unavailable"), ("22012", 500, "internal")])
def test_what_fails_when_it_is_to_be_committed_is_not_done(desk, url, state, status, name):
    """As where the wait for the moment of a change is cancelled: all statements were answered well by then."""
    subject = f"want-late-{state}"
    with Tables(url) as tables, failing_at_commit(tables, "subject", state):
        for _ in range(3):
            problem(desk.send("PUT", f"/v1/subjects/{subject}", DOCUMENTS["subject"][0], {"If-None-Match": "*"}), status, name)
    problem(desk.send("GET", f"/v1/subjects/{subject}"), 404, "not-found")
    desk.put("subject", subject, DOCUMENTS["subject"][0])
    desk.put("subject", f"{subject}-next", DOCUMENTS["subject"][0])
