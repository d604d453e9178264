"""openapi.yaml against the service: the same routes, the same words, and a judge that does judge"""
import copy
import json

import jsonschema
import pytest

from contract import READ, TREE, read_yaml
from service import Api, Service, claimd

DOCUMENT = read_yaml((TREE / "openapi.yaml").read_text())
ANSWERS = DOCUMENT["components"]["responses"]


def test_routes_are_the_contracts_paths(contract):
    listed = claimd("routes")
    assert listed.returncode == 0 and listed.stderr == ""
    routes = {}
    for line in listed.stdout.splitlines():
        methods, path, parameters = line.split(" ")
        for method in set(methods.lower().split(",")) - {"head", "options"}:
            assert (method, path) not in routes
            routes[method, path] = [] if parameters == "-" else parameters.split(",")
    assert routes == {(method, path): list(contract.parameters(path, method=method))
                      for path, operations in contract.paths.items() for method in operations}


def test_path_parameters_are_declared(contract):
    for path, operations in contract.paths.items():
        for method in operations:
            assert list(contract.parameters(path, "path", method)) == (["id"] if "{id}" in path else [])


def test_yaml_is_served_as_it_stands_in_the_tree(api):
    assert api.request("GET", "/openapi.yaml").content == (TREE / "openapi.yaml").read_bytes()


def test_json_says_the_same_as_yaml(api):
    assert api.answer("/openapi.json") == api.answer("/openapi.yaml")


def test_version_is_the_programs(contract):
    assert claimd("version").stdout == f"claimd {contract.document['info']['version']}\n"


def type_name(schema):
    """agent_kind for AgentKind"""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in schema).lstrip("_")


# What the tables call operand_role are two keys here, numerator and denominator, and a type of its own in neither; tokens are not
# made here.
INTERNAL = {"operand_role", "token_scope"}
# Named by the place that they have in an answer, and not in the order of the database, where order is arithmetic.
VERDICTS = {"PairVerdict": "verdict", "MultipleVerdict": "multiple_verdict"}


def test_words_are_the_databases(contract, rows):
    words = dict(rows("""SELECT typname, array_agg(enumlabel::text ORDER BY enumsortorder)
                         FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid GROUP BY typname"""))
    schemas = contract.document["components"]["schemas"]
    shared = words.keys() - INTERNAL - set(VERDICTS.values())
    assert {type_name(name): schema["enum"] for name, schema in schemas.items() if type_name(name) in shared} \
        == {name: words[name] for name in shared}
    for schema, name in VERDICTS.items():
        assert set(schemas[schema]["enum"]) == set(words[name])
    assert schemas["Verdict"]["enum"] == [*schemas["PairVerdict"]["enum"], None]
    assert {*schemas["CandidateVerdict"]["enum"], "operands_missing"} == set(schemas["MultipleVerdict"]["enum"])


# Here a word chooses among figures, and there may be none to choose.
CHOOSING = {("/v1/comparisons/{id}", "stance"), ("/v1/compare", "stance")}


def enumerations(contract):
    for path in READ:
        for name, schema in contract.parameters(path).items():
            words = contract.words(schema)
            if words and (path, name) not in CHOOSING:
                yield path, name, [word for word in words if word != "events"]  # which do not end


def test_every_word_of_a_parameter_is_taken(contract, api, targets):
    checked = 0
    for path, name, words in enumerations(contract):
        for word in words:
            api.get(targets[path], **{name: word})
            checked += 1
        if name != "format":
            api.get(targets[path], **{name: words})
        separator = "&" if "?" in targets[path] else "?"
        api.problem(f"{targets[path]}{separator}{name}={words[0].upper()}", "invalid-parameter", parameters=[name])
    assert checked > 130


def test_every_path_answers(api, targets):
    for target in targets.values():
        api.answer(target)


@pytest.mark.parametrize("path", READ)
def test_head_is_get_without_its_body(api, targets, path):
    def told(answer):
        return answer.status_code, {name: value for name, value in answer.headers.items()
                                    if name not in ("Date", "X-Request-Id", "Server-Timing")}
    get, head = api.request("GET", targets[path]), api.request("HEAD", targets[path])
    assert told(head) == told(get)
    assert api.answer(targets[path], method="HEAD") is None


@pytest.fixture(scope="module")
def without_database(contract):
    with Service("host=/nonexistent") as service:
        yield Api(service.answers("/healthz"), contract)


def undated(value):
    """The value without the times at which something was done, and the seals of cursors; they differ from database to database."""
    if isinstance(value, dict):
        return {key: inner[:-22] if key == "next" and inner else undated(inner) for key, inner in value.items() if key not in ("created_at", "at")}
    return [undated(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def writing(fresh_database, contract):
    """A client of data that examples change, in their order, and its token."""
    url = fresh_database()
    token = claimd("token", "create", "--name", "editor", "--scope", "write", DATABASE_URL=url).stdout.strip()
    with Service(url) as service:
        yield Api(service.answers(), contract), token


def ask(writing, method, target, sent):
    client, token = writing
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **sent.get("headers", {})}
    return client.request(method, target, headers=headers, data=json.dumps(sent["body"]) if "body" in sent else None)


@pytest.mark.parametrize("name", [name for name, answer in ANSWERS.items() if "examples" in str(answer)])
def test_example_is_what_the_service_answers(contract, api, writing, without_database, name):
    example, = next(content["examples"].values() for content in ANSWERS[name]["content"].values() if "examples" in content)
    method, target = example["summary"].split(" ")
    client = without_database if name == "Unavailable" else api
    sent = example.get("x-request")
    got = client.request(method, target) if sent is None else ask(writing, method, target, sent)
    assert undated(contract.check(method, target, got.status_code, got.headers, got.content)) == undated(example["value"])


# The judge --------------------------------------------------------------------------------------


@pytest.fixture
def claim(api):
    return api.get("/v1/claims", kind="numeric", limit=1)["items"][0]


@pytest.fixture
def comparison(api):
    return api.get("/v1/comparisons/" + api.get("/v1/comparisons", limit=1)["items"][0]["id"])


CLAIM_FAULTS = {
    "a key too many": lambda claim: claim.update(truth=True),
    "a key too few": lambda claim: claim.pop("scope"),
    "a key too many inside": lambda claim: claim["figure"].update(currency="USD"),
    "a number for a decimal": lambda claim: claim["figure"].update(value=294000),
    "superfluous zeros": lambda claim: claim["figure"].update(value="5.50"),
    "an exponent": lambda claim: claim["figure"].update(value="1E+9"),
    "an unknown word": lambda claim: claim.update(stance="believes"),
    "line 0": lambda claim: claim["locator"].update(line=0),
    "a local time": lambda claim: claim.update(created_at="2025-01-01T00:00:00+01:00"),
    "blank text": lambda claim: claim.update(statement=" "),
    "no subject": lambda claim: claim.update(subject=None),
}


@pytest.mark.parametrize("fault", CLAIM_FAULTS)
def test_judge_refuses_a_claim_with(contract, claim, fault):
    faulty = copy.deepcopy(claim)
    CLAIM_FAULTS[fault](faulty)
    contract.validate(claim, contract.schema("Claim"))
    with pytest.raises(jsonschema.ValidationError):
        contract.validate(faulty, contract.schema("Claim"))


def test_judge_refuses_keys_that_composed_schemas_do_not_know(contract, comparison):
    contract.validate(comparison, contract.schema("Comparison"))
    with pytest.raises(jsonschema.ValidationError):
        contract.validate({**comparison, "winner": None}, contract.schema("Comparison"))
    with pytest.raises(jsonschema.ValidationError):
        contract.validate({"items": [], "next": None, "previous": None}, contract.schema("ClaimPage"))


HEALTH = {"Content-Type": "application/json", "Content-Length": "15"}
ANSWER_FAULTS = {
    "another status": (HEALTH, 201, b'{"status":"ok"}'),
    "another media type": ({**HEALTH, "Content-Type": "text/json"}, 200, b'{"status":"ok"}'),
    "a length that is not its own": ({**HEALTH, "Content-Length": "14"}, 200, b'{"status":"ok"}'),
    "a header of another status": ({**HEALTH, "Allow": "GET, HEAD"}, 200, b'{"status":"ok"}'),
    "a key twice": ({**HEALTH, "Content-Length": "29"}, 200, b'{"status":"ok","status":"ok"}'),
}


@pytest.mark.parametrize("fault", ANSWER_FAULTS)
def test_judge_refuses_an_answer_with(contract, fault):
    contract.check("GET", "/healthz", 200, HEALTH, b'{"status":"ok"}')
    headers, status, body = ANSWER_FAULTS[fault]
    with pytest.raises((AssertionError, jsonschema.ValidationError, KeyError)):
        contract.check("GET", "/healthz", status, headers, body)


def test_judge_knows_each_failure_by_status_and_type(contract):
    slugs = {405: "method-not-allowed", 414: "uri-too-long", 431: "headers-too-large", 500: "internal", 504: "timeout"}
    for status, slug in slugs.items():
        problem = {"type": f"/problems/{slug}", "title": "t", "status": status, "detail": "d"}
        contract.validate(problem, contract.schema("OtherProblem"))
        with pytest.raises(jsonschema.ValidationError):
            contract.validate({**problem, "status": 418}, contract.schema("OtherProblem"))
