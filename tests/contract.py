"""openapi.yaml as a judge: whether an answer is one that the contract allows"""
import csv
import functools
import hashlib
import io
import json
import pathlib
import re
import xml.etree.ElementTree
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote, urlsplit

import jsonschema
import yaml

TREE = pathlib.Path(__file__).resolve().parent.parent


@functools.cache
def read_yaml(text):
    """Its data, which several share."""
    return yaml.load(text, yaml.CSafeLoader)


# The paths that can be read; others only take what changes data.
READ = [path for path, item in read_yaml((TREE / "openapi.yaml").read_text())["paths"].items() if "get" in item]
# Those that tell what was done to the data.
HISTORY = [path for path in READ if path.endswith(("/revisions", "/diff", "/changes"))]
FORMATS = jsonschema.FormatChecker(formats=["date"])


@FORMATS.checks("decimal", raises=InvalidOperation)
def is_decimal(value):
    return not isinstance(value, str) or Decimal(value).is_finite()


@FORMATS.checks("date-time")
def is_timestamp(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value))


def unique_keys(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"an object has a key twice: {keys}"
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def read_json(body):
    return json.loads(body.decode("utf-8"), object_pairs_hook=unique_keys, parse_constant=refuse_constant)


def read_lines(body):
    """The objects of NDJSON."""
    assert body == b"" or body.endswith(b"\n"), "the last line has no end"
    return [read_json(line) for line in body.split(b"\n")[:-1]]


def read_csv(body):
    """The rows of CSV, the header first."""
    assert body.startswith(b"\xef\xbb\xbf"), "no byte order mark"
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    assert rows and all(len(row) == len(rows[0]) for row in rows), "the rows differ in length"
    return rows


READERS = {"application/yaml": read_yaml, "application/x-ndjson": read_lines, "text/csv": read_csv,
           "image/svg+xml": lambda body: xml.etree.ElementTree.fromstring(body)}
# What a schema cannot judge: text whose lines or elements are judged by their readers.
UNJUDGED = {"application/x-ndjson", "text/csv", "image/svg+xml", "text/event-stream"}


def read_body(media_type, body):
    if media_type in READERS:
        return READERS[media_type](body)
    return body.decode("utf-8") if media_type.startswith("text/") else read_json(body)


def media_type(headers):
    return headers["Content-Type"].partition(";")[0]


# With fields= an answer has some keys alone; which must be there is then not the schema's to say.
SPARSE = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"required": lambda *_: ()})


def once(judge):
    """The same judge, who looks at each value by each named schema once: what was found right before, in another answer, is right."""
    found_right = set()

    def ref(validator, name, value, schema):
        text = json.dumps([name, value], default=repr)
        key = hashlib.blake2b(text.encode(), digest_size=16).digest()
        if key in found_right:
            return
        wrong = list(judge.VALIDATORS["$ref"](validator, name, value, schema))
        if not wrong:
            found_right.add(key)
        yield from wrong
    return jsonschema.validators.extend(judge, {"$ref": ref})


class Contract:
    def __init__(self, text):
        self.document = read_yaml(text)
        self._judge, self._sparse = once(jsonschema.Draft202012Validator), once(SPARSE)
        self.paths = self.document["paths"]
        self._resolver = jsonschema.RefResolver.from_schema(self.document)
        self._templates = {path: re.compile(re.sub(r"\\\{id\\\}", "[^/]+", re.escape(path))) for path in self.paths}

    def resolve(self, node):
        while "$ref" in node:
            node = self._resolver.resolve(node["$ref"])[1]
        return node

    def template(self, path):
        """The path of the contract that a request's path is of, or None."""
        plain = "%2F".join(map(unquote, re.split("%2[Ff]", path)))
        return next((template for template, pattern in self._templates.items() if pattern.fullmatch(plain)), None)

    def parameters(self, template, place="query", method="get"):
        """The parameters of a path and method, by name, with their schemas resolved one step."""
        listed = map(self.resolve, self.paths[template][method].get("parameters", []))
        return {each["name"]: self.resolve(each["schema"]) for each in listed if each["in"] == place}

    def repeats(self, template, name):
        """Whether a parameter may be given more than once."""
        listed = map(self.resolve, self.paths[template]["get"]["parameters"])
        return any(each["name"] == name and each.get("explode") for each in listed)

    def words(self, schema):
        """The words that a parameter of this schema takes, alone or in a list; None if it takes others."""
        listed = self.resolve(schema.get("anyOf", [schema])[0])
        return self.resolve(listed.get("items", listed)).get("enum")

    def schema(self, name):
        return self.document["components"]["schemas"][name]

    def validate(self, value, schema, sparse=False):
        judge = self._sparse if sparse else self._judge
        judge(schema, resolver=self._resolver, format_checker=FORMATS).validate(value)

    def answer(self, method, target, status):
        """What the contract says about this status here; no path at all has one answer."""
        template = self.template(urlsplit(target).path)
        if template is None:
            assert status in (400, 404, 414, 429, 431), f"{method} {target}: {status} on a path that does not exist"
            operation = {"responses": {"400": self.component("BadRequest"), "404": self.component("NotFound"), "429": self.component("TooManyRequests"),
                                       "default": self.component("Problem")}}
        else:
            operations = self.paths[template]
            operation = operations.get("get" if method == "HEAD" else method.lower())
            assert operation or status >= 400, f"{method} {target}: {status}"
            operation = operation or next(iter(operations.values()))
        return self.resolve(operation["responses"].get(str(status)) or operation["responses"]["default"])

    def component(self, name):
        return self.document["components"]["responses"][name]

    def check_headers(self, answer, status, headers):
        documented = answer.get("headers", {})
        for name in ("Link", "ETag", "Last-Modified", "Preference-Applied", "X-Total-Count", "Retry-After", "Allow", "Location",
                     "WWW-Authenticate", "Accept-Patch", "Age", "Cache-Status"):
            if name not in headers:
                assert name not in documented or not self.resolve(documented[name]).get("required"), f"{name} is missing"
                continue
            assert name in documented, f"{name} is not documented here"
            header = self.resolve(documented[name])
            integer = header["schema"].get("type") == "integer"
            self.validate(int(headers[name]) if integer else headers[name], header["schema"])
        for name in ("RateLimit", "RateLimit-Policy"):  # of any answer, where an operator has set limits
            if name in headers:
                self.validate(headers[name], self.document["components"]["headers"][name.replace("-", "")]["schema"])
        assert ("Allow" in headers) == (status == 405)

    def check(self, method, target, status, headers, body, sparse=None):
        """Fails unless the contract allows this answer; returns the body as data, or None where there is none.

        `sparse`: whether the request had fields=; None looks for it in the target.
        """
        answer = self.answer(method, target, status)
        self.check_headers(answer, status, headers)
        if status in (204, 304) or (status == 201 and "Preference-Applied" in headers):
            assert body == b"" and "Content-Type" not in headers
            return None
        content = answer["content"][media_type(headers)]
        if method == "HEAD":
            assert body == b"", "HEAD has a body"
            return None
        if "Content-Length" in headers:
            assert int(headers["Content-Length"]) == len(body) or "Content-Encoding" in headers
        else:
            assert headers["Transfer-Encoding"] == "chunked"
        value = read_body(media_type(headers), body)
        if media_type(headers) not in UNJUDGED:
            sparse = "fields=" in urlsplit(target).query if sparse is None else sparse
            self.validate(value, content["schema"], sparse)
        if status >= 400 or status == 307:
            assert value["status"] == status
        return value
