"""Requests made from openapi.yaml: what it lets a client send, and what it does not"""
import functools
import re

from hypothesis import strategies as st

from contract import HISTORY, READ

# A control character is no value of any parameter: the whole request is then malformed.
CHARACTERS = st.characters(blacklist_categories=["Cc", "Cs"])
# What clients confuse with values.
ODDITIES = ["", " ", ",", ".", "-", "null", "is.null", "not.", "not.x y", "eq.", "gte.gte.1", "0", "-1", "1.5", "1e5", "999999999999", "NaN",
            "2025-02-29", "2025-1-1", "{}", "[]", "()", "*", "%", "'", '"', "\\", "' OR 1=1 --", "$1", "UPPER", "de_DE", "rank", "svg", "ä", "١"]


def compiled(pattern):
    """In a pattern of the contract a digit is one of ASCII."""
    return re.compile(pattern, re.ASCII)


def listed(elements, least=1, most=3):
    return st.lists(elements, min_size=least, max_size=most).map(",".join)


@st.composite
def pairs_of_some(draw, generator, path, names, most):
    chosen = draw(st.lists(st.sampled_from(names), unique=True, max_size=most)) if names else []
    return [pair for name in chosen for pair in draw(generator.pairs_of(path, name))]


class Generator:
    """Strategies for the parameters of the contract; `known` has ids that there are, by the parameters that take them."""

    def __init__(self, contract, known):
        self.contract = contract
        self.known = known
        # Which moments are past is not the contract's to say.
        self.parameters = {path: {name: schema for name, schema in contract.parameters(path).items() if name != "as_of"}
                           for path in READ if path not in HISTORY}

    def _pattern(self, name, schema):
        """Texts of a pattern, every other one of ids that there are."""
        made = st.from_regex(compiled(schema["pattern"]), fullmatch=True).filter(
            lambda text: len(text) <= schema.get("maxLength", len(text)))
        ids = [id for id in self.known.get(name, []) if re.fullmatch(compiled(schema["pattern"]), id)]
        return st.sampled_from(ids) | made if ids else made

    def _element(self, name, schema):
        schema = self.contract.resolve(schema)
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "pattern" in schema:
            return self._pattern(name, schema)
        if schema["type"] == "integer":
            return st.integers(schema["minimum"], min(schema["maximum"], 9)) | st.just(schema["maximum"])
        return st.text(CHARACTERS, min_size=schema["minLength"], max_size=40)

    def _negated(self, name, schema):
        """A text of alternatives such as not.a,b."""
        ids = self.known.get(name)
        made = self._pattern(name, schema)
        return listed(st.sampled_from(ids)).map("not.".__add__) | made if ids else made

    @functools.lru_cache(maxsize=None)
    def values(self, path, name):
        """Lists of the values that a parameter is given with: one, unless it may be repeated."""
        schema = self.parameters[path][name]
        if self.contract.repeats(path, name):
            return st.lists(self._element(name, schema["items"]), min_size=schema["minItems"], max_size=3)
        return self._single(name, schema).map(lambda value: [str(value)])

    def _single(self, name, schema):
        if "anyOf" in schema:
            several, text = schema["anyOf"]
            return listed(self._element(name, several["items"])) | self._negated(name, text)
        if schema.get("type") == "array":
            return listed(self._element(name, schema["items"]), schema["minItems"], min(schema["maxItems"], 3))
        return self._element(name, schema)

    @functools.lru_cache(maxsize=None)
    def pairs(self, path, names, most=6):
        """Parameters of these names with values, as pairs of a query string."""
        return pairs_of_some(self, path, names, most)

    @functools.lru_cache(maxsize=None)
    def pairs_of(self, path, name):
        return self.values(path, name).map(lambda values: [(name, value) for value in values])

    # What is not a value ------------------------------------------------------------------------

    def _admits_element(self, schema, text):
        schema = self.contract.resolve(schema)
        if "enum" in schema:
            return text in schema["enum"]
        if "pattern" in schema:
            return bool(compiled(schema["pattern"]).fullmatch(text)) and len(text) <= schema.get("maxLength", len(text))
        if schema["type"] == "integer":
            return bool(re.fullmatch("[0-9]{1,9}", text)) and schema["minimum"] <= int(text) <= schema["maximum"]
        return schema["minLength"] <= len(text) <= schema.get("maxLength", len(text))

    def _admits_single(self, schema, text):
        if schema.get("type") != "array":
            return self._admits_element(schema, text)
        elements = text.split(",")
        return len(elements) <= schema["maxItems"] and all(self._admits_element(schema["items"], each) for each in elements)

    def admits(self, path, name, text):
        """Whether the contract has the text for a value of the parameter; zeros in front of a number do no harm."""
        schema = self.parameters[path][name]
        if self.contract.repeats(path, name):
            return self._admits_element(schema["items"], re.sub(r"(^|\.)0+(?=[0-9])", r"\1", text))
        return any(self._admits_single(each, text) for each in schema.get("anyOf", [schema]))

    @functools.lru_cache(maxsize=None)
    def wrong(self, path, name):
        """Texts that are no value of the parameter: oddities, noise, and values with one character wrong."""
        good = self.values(path, name).map(lambda values: values[0])
        broken = st.tuples(good, st.integers(0, 40), st.integers(0, 1), CHARACTERS).map(
            lambda drawn: drawn[0][:drawn[1]] + drawn[3] + drawn[0][drawn[1] + drawn[2]:])
        return (st.sampled_from(ODDITIES) | st.text(CHARACTERS, max_size=20) | broken).filter(
            lambda text: not self.admits(path, name, text))

    @functools.lru_cache(maxsize=None)
    def overlong(self, path, name):
        """Lists of values one longer than the contract allows: too long an element, or too many."""
        schema = self.parameters[path][name]
        schema = schema["anyOf"][0] if "anyOf" in schema else schema
        items = self.contract.resolve(schema.get("items", schema))
        kinds = []
        if "maxLength" in items:
            kinds.append(st.just(["x" * (items["maxLength"] + 1)]))
        if "maxItems" in schema:
            count = schema["maxItems"] + 1
            many = self._element(name, items).filter(lambda text: (len(text) + 1) * count < 3500).map(lambda one: [one] * count)
            kinds.append(many if self.contract.repeats(path, name) else many.map(lambda values: [",".join(values)]))
        return st.one_of(kinds) if kinds else None
