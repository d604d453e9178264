"""Properties of all requests that openapi.yaml describes: what is valid is answered, what is not is refused by name"""
import csv
import datetime
import io
import re
from urllib.parse import unquote, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract import HISTORY, READ
from generate import CHARACTERS, Generator
from properties import tried

PATHS = [path for path in READ if path not in HISTORY]
ASKED = [path for path in PATHS if path.startswith("/v1/")]
LISTS = [path for path in ASKED if not path.endswith("{id}") and path != "/v1/compare"]
COMPARED = ["/v1/comparisons/{id}", "/v1/compare"]
FORMS = {"json": "application/json", "csv": "text/csv", "ndjson": "application/x-ndjson", "jsonld": "application/ld+json",
         "svg": "image/svg+xml"}
NO_FILTERS = {"sort", "limit", "cursor", "fields", "format", "embed"}
ORDERED = {"value", "published_at", "line", "created_at"}
URI_MOST = 4096

pytestmark = pytest.mark.usefixtures("clean_log")


@pytest.fixture(scope="module")
def known(api, column):
    """Ids that there are, by the parameters that take them."""
    ids = {name: column(f"SELECT id::text FROM {name} ORDER BY id LIMIT 40")
           for name in ("claim", "source", "subject", "quantity", "scope", "agent", "proposition", "unit")}
    ids["claims"] = column("SELECT id::text FROM claim WHERE kind = 'numeric' ORDER BY id LIMIT 40")
    ids["dimension"] = column("SELECT DISTINCT dimension_id::text FROM unit ORDER BY 1")
    ids["language"] = column("SELECT DISTINCT language FROM source WHERE language IS NOT NULL ORDER BY 1")
    ids["url"] = column("SELECT DISTINCT url FROM source WHERE url IS NOT NULL ORDER BY 1")
    return {**ids, "claimant": ids["agent"], "origin": ids["source"], "baseline": ids["claims"],
            "id": ids["claim"] + ids["source"] + ids["subject"] + ids["quantity"] + api.ids("/v1/comparisons", fields="id")}


def header(api, target):
    """The columns of a CSV document, and the objects that they are of."""
    got = api.request("GET", target, headers={"Accept": FORMS["csv"]})
    names = next(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
    return {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 2)}


class World:
    """The service, its contract, what makes requests for it, and what is known of its data."""

    def __init__(self, api, contract, targets, known):
        self.api, self.contract, self.known = api, contract, known
        self.generator = Generator(contract, known)
        self.parameters = self.generator.parameters
        self.all = [(path, name) for path in ASKED for name in self.parameters[path]]
        self.long = [(path, name) for path, name in self.all if self.generator.overlong(path, name) is not None]
        self.single = [(path, name) for path, name in self.all if not contract.repeats(path, name)]
        self.targets = {**targets, "/v1/claims/{id}/related": f"/v1/claims/{known['claims'][0]}/related"}
        self.places = {path: unquote(target.split("?")[0]) for path, target in self.targets.items()}
        self.columns = {(path, form): self._columns(path, form) for path in ASKED for form in ("csv", "json")
                        if FORMS[form] in self.forms(path)}

    def __repr__(self):
        return "World()"

    def forms(self, path):
        """The media types of a path's answers."""
        return self.contract.resolve(self.contract.paths[path]["get"]["responses"]["200"])["content"]

    def _columns(self, path, form):
        """What fields= can name."""
        if path in LISTS or form == "csv":
            return header(self.api, self.targets[path])
        return set(self.api.answer(self.targets[path]))

    def filters(self, path, *others):
        return tuple(name for name in self.parameters[path] if name not in NO_FILTERS.difference(others))

    def ids(self, path, pairs):
        """The ids of a whole list."""
        target = f"{self.places[path]}?{urlencode([*pairs, ('format', 'ndjson'), ('fields', 'id')])}"
        assume(len(target) <= URI_MOST)
        ids = [item["id"] for item in self.api.answer(target)]
        assert len(ids) == len(set(ids))
        return ids

    def drawn(self, data, path, names, most):
        """Some of these parameters, with values that can be taken."""
        pairs = data.draw(self.generator.pairs(path, names, most))
        assume(not refused(Case(path, path, pairs, "ndjson", "*/*")))
        return pairs


@pytest.fixture(scope="module")
def world(api, contract, targets, known):
    return World(api, contract, targets, known)


class Case:
    """One request, as it was drawn."""

    def __init__(self, path, place, pairs, form, accepted):
        self.path, self.place, self.pairs, self.accepted = path, place, pairs, accepted
        self.form = dict(pairs).get("format", form)
        self.target = place + ("?" + urlencode(pairs) if pairs else "")

    def __repr__(self):
        return f"{self.target} as {self.accepted}"

    def given(self, name):
        return [value for each, value in self.pairs if each == name]

    def send(self, api):
        """The status and the body as data, held against the contract."""
        got = api.request("GET", self.target, headers={"Accept": self.accepted})
        value = api.contract.check("GET", self.target, got.status_code, got.headers, got.content,
                                   sparse=bool(self.given("fields")))
        return got.status_code, value


SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)


def cut(pairs, limit):
    """The list in a page of that size: what the judge reads in no time."""
    return [*pairs, ("limit", limit)]


@st.composite
def cases(draw, world):
    """A valid request of at most six parameters, limit among them, and a form by format or by Accept."""
    path = draw(st.sampled_from(ASKED))
    place = draw(st.sampled_from([world.places[path]] * 3 + [path.replace("{id}", draw(SLUGS))]))
    names = tuple(name for name in world.parameters[path] if name not in ("cursor", "limit"))
    pairs = draw(world.generator.pairs(path, names, most=5))
    form = draw(st.sampled_from([name for name, kind in FORMS.items() if kind in world.forms(path)]))
    if path in LISTS:
        pairs = draw(st.permutations(cut(pairs, draw(st.sampled_from(["1", "2", "3"] if form == "json" else ["1", "200"])))))
    return Case(path, place, pairs, form, FORMS[form] if form != "json" else draw(st.sampled_from(["*/*", FORMS["json"]])))


# What looks valid and is not ----------------------------------------------------------------------


def is_day(text):
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def is_time(text):
    day, _, clock = text.partition("T")
    if not clock:
        return is_day(day)
    hour, minute, second = map(int, re.findall(r"\d\d", clock)[:3])
    offset = re.search(r"[+-](\d\d):(\d\d)$", clock)
    return is_day(day) and hour < 24 and minute < 60 and second < 60 and (
        not offset or int(offset[1]) < 15 and int(offset[2]) < 60)


def is_number(text):
    digits, _, exponent = text.lower().partition("e")
    return sum(map(str.isdigit, digits)) <= 50 and abs(int(exponent or 0)) <= 50


def operand(value):
    return re.sub("^(eq|gte?|lte?)[.]", "", value)


def is_sort(case, value):
    keys = [key.lstrip("-") for key in value.split(",")]
    return len(keys) == len(set(keys)) and ("rank" not in keys or bool(case.given("q")))


def is_negation(name, value):
    texts = value.partition("not.")[2].split(",")
    return not value.startswith("not.") or len(texts) <= 200 and (name == "language" or all(len(text) <= 120 for text in texts))


READERS = {"value": is_number, "line": lambda text: True, "published_at": is_day, "created_at": is_time}


def refused(case):
    """The parameters whose values fit their schemas and cannot be taken, whatever there is in the database:

    a day, time or number outside of the calendar, the clock or the bounds that the contract states; a key to sort by that is
    given twice, or rank without q; more than 200 ids, or a longer one than 120, behind not.; more than 1,000 bytes of fields.
    """
    found = set()
    for name, value in case.pairs:
        good = is_negation(name, value)
        if name in ORDERED:
            good = value.endswith("is.null") or READERS[name](operand(value))
        elif name == "sort":
            good = is_sort(case, value)
        elif name == "fields":
            good = len(value) <= 1000
        if not good:
            found.add(name)
    return found


def is_known_field(case, columns):
    names = columns[case.path, "csv" if case.form == "csv" else "json"] | ({"comparisons"} if case.given("embed") else set())
    return set(",".join(case.given("fields")).split(",")) <= names


def expected(case, columns, exists):
    """The statuses that there can be, and the parameters that a 400 may name. Which figures compare is the database's to say."""
    if len(case.target) > URI_MOST:
        return {414}, set()
    if refused(case):
        return {400}, refused(case)
    if case.given("fields") and case.form in ("jsonld", "svg"):
        return {400}, {"fields"}
    if not exists:
        return {404}, set()
    unknown = {"fields"} if case.given("fields") and not is_known_field(case, columns) else set()
    if case.path not in COMPARED:
        return ({400} if unknown else {200}), unknown
    doubtful = {name for name in ("baseline", "unit", "stance", "subject", "quantity") if case.given(name)}
    choice = {"claims"} if case.path == "/v1/compare" else set()
    return {400} if unknown else {200, 400} if doubtful | choice else {200}, unknown | doubtful | choice


def named(problem):
    return {fault["parameter"] for fault in problem.get("errors", [])}


@tried(150)
@given(data=st.data())
def test_valid_request_is_answered(world, data):
    case = data.draw(cases(world))
    status, value = case.send(world.api)
    statuses, culprits = expected(case, world.columns, exists=case.place == world.places[case.path])
    assert status in statuses, (status, value)
    if status == 400:
        assert named(value) and named(value) <= culprits, value


@tried(40)
@given(data=st.data())
def test_figures_that_there_are_compare(world, data):
    """In every form, and with any of them for a baseline."""
    figures = data.draw(st.lists(st.sampled_from(world.known["claims"]), min_size=2, max_size=5, unique=True))
    pairs = [("claims", ",".join(figures)), ("format", data.draw(st.sampled_from(["json", "csv", "jsonld", "svg"])))]
    if data.draw(st.booleans()):
        pairs.append(("baseline", data.draw(st.sampled_from(figures))))
    assert Case("/v1/compare", "/v1/compare", pairs, None, "*/*").send(world.api)[0] == 200


# What the contract does not allow ------------------------------------------------------------------


def problem_of(world, path, pairs):
    target = f"{world.places[path]}?{urlencode(pairs)}"
    assume(len(target) <= URI_MOST)
    return world.api.answer(target, 400)


@tried(150)
@given(data=st.data())
def test_value_that_is_none_is_refused_by_the_name_of_its_parameter(world, data):
    path, name = data.draw(st.sampled_from(world.all))
    compared = [("claims", ",".join(world.known["claims"][:2]))] if path == "/v1/compare" and name != "claims" else []
    problem = problem_of(world, path, [*compared, (name, data.draw(world.generator.wrong(path, name)))])
    assert named(problem) == {name}, problem
    assert problem["type"] == ("/problems/invalid-cursor" if name == "cursor" else "/problems/invalid-parameter")


@tried(50)
@given(data=st.data())
def test_value_that_is_too_long_is_refused_by_the_name_of_its_parameter(world, data):
    path, name = data.draw(st.sampled_from(world.long))
    values = data.draw(world.generator.overlong(path, name))
    problem = problem_of(world, path, [(name, value) for value in values])
    assert named(problem) == {name}, problem


@tried(100)
@given(data=st.data())
def test_parameter_that_does_not_exist_is_refused_by_its_name(world, data):
    """Of a long name, what fits into 63 bytes is told."""
    path = data.draw(st.sampled_from(list(PATHS)))
    others = sorted({name for _, name in world.all})
    name = data.draw((st.text(CHARACTERS, max_size=80) | st.sampled_from(others)).filter(
        lambda text: text not in world.parameters[path]))
    good = data.draw(world.generator.pairs(path, tuple(each for each in world.parameters[path] if each != "cursor"), most=3))
    problem = problem_of(world, path, data.draw(st.permutations([*good, (name, "1")])))
    told = [each for each in named(problem) if name.startswith(each) and (each == name or len(each.encode()) >= 59)]
    assert len(told) == 1, problem


@tried(75)
@given(data=st.data())
def test_parameter_that_is_repeated_is_refused_by_its_name(world, data):
    path, name = data.draw(st.sampled_from(world.single))
    problem = problem_of(world, path, data.draw(world.generator.pairs_of(path, name)) * data.draw(st.integers(2, 4)))
    assert named(problem) == {name}, problem


@tried(50)
@given(data=st.data())
def test_control_character_makes_a_request_malformed(world, data):
    path, name = data.draw(st.sampled_from(world.all))
    value = data.draw(world.generator.values(path, name))[0]
    place = data.draw(st.integers(0, len(value)))
    control = chr(data.draw(st.sampled_from([*range(32), 127])))
    problem = problem_of(world, path, [(name, value[:place] + control + value[place:])])
    assert problem["type"] == "/problems/malformed-request"


# Properties of lists -------------------------------------------------------------------------------


@tried(60)
@given(data=st.data())
def test_another_filter_adds_no_rows(world, data):
    """Except for the stance of a comparison's figures, which changes what the other filters judge."""
    path = data.draw(st.sampled_from(LISTS))
    names = tuple(name for name in world.filters(path) if (path, name) != ("/v1/comparisons", "stance"))
    pairs = world.drawn(data, path, names, 4)
    fewer = pairs[:data.draw(st.integers(0, len(pairs)))]
    assert set(world.ids(path, pairs)) <= set(world.ids(path, fewer))


@tried(60)
@given(data=st.data())
def test_values_and_their_negation_part_a_list(world, data):
    path, name = data.draw(st.sampled_from([each for each in world.all if "anyOf" in world.parameters[each[0]][each[1]]]))
    value = data.draw(world.generator.values(path, name))[0]
    assume(not value.startswith("not."))
    others = world.drawn(data, path, tuple(each for each in world.filters(path) if each != name), 2)
    with_it, without = (world.ids(path, [*others, (name, each)]) for each in (value, "not." + value))
    assert sorted(with_it + without) == sorted(world.ids(path, others))


@tried(30)
@given(data=st.data())
def test_a_bound_parts_a_list(world, data):
    """Below it, from it on, and without a value."""
    path, name = data.draw(st.sampled_from([each for each in world.all if each[1] in ORDERED]))
    bound = operand(data.draw(world.generator.values(path, name))[0])
    assume(not bound.endswith("is.null") and READERS[name](bound))
    others = world.drawn(data, path, tuple(each for each in world.filters(path) if each != name), 2)

    def rows(*values):
        return sorted(world.ids(path, others + [(name, value) for value in values]))
    below, there, above = rows("lt." + bound), rows(bound), rows("gte." + bound)
    absent = rows("is.null") if name in ("value", "published_at") else []
    assert rows("lt." + bound, "gte." + bound) == []
    assert sorted(below + above + absent) == rows()
    assert rows("eq." + bound) == there
    assert sorted(rows("gt." + bound) + there) == above and sorted(below + there) == rows("lte." + bound)


@tried(50)
@given(data=st.data())
def test_order_of_parameters_does_not_matter(world, data):
    path = data.draw(st.sampled_from(LISTS))
    pairs = cut(world.drawn(data, path, world.filters(path, "sort", "embed"), 5), "3")
    items = [world.api.answer(f"{world.places[path]}?{urlencode(each)}")["items"]
             for each in (pairs, data.draw(st.permutations(pairs)))]
    assert items[0] == items[1]


@tried(40)
@given(data=st.data())
def test_fields_only_leave_keys_out(world, data):
    path = data.draw(st.sampled_from(ASKED))
    asked = world.targets[path] + ("&" if "?" in world.targets[path] else "?") + ("limit=3&" if path in LISTS else "")

    def rows(query):
        answer = world.api.answer(asked + query)
        return answer["items"] if path in LISTS else [answer]
    whole = rows("")
    keys = data.draw(st.lists(st.sampled_from(sorted(whole[0])), min_size=1, max_size=5))
    assert rows("fields=" + ",".join(keys)) == [{key: row[key] for key in row if key in keys} for row in whole]


@tried(20)
@given(data=st.data())
def test_size_of_pages_does_not_change_the_walk(world, data):
    path = data.draw(st.sampled_from(LISTS))
    pairs = world.drawn(data, path, world.filters(path, "sort"), 2)
    whole = world.ids(path, pairs)
    size = max(1, min(200, len(whole) // data.draw(st.integers(1, 7))))
    pages = list(world.api.pages(f"{world.places[path]}?{urlencode([*pairs, ('limit', size), ('fields', 'id')])}"))
    assert [item["id"] for page in pages for item in page] == whole
    assert len(pages) == max(1, -(-len(whole) // size))
