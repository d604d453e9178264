"""openapi.yaml as a judge: whether an answer is one that the contract allows"""
import json
import pathlib
import re
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote, urlsplit

import jsonschema
import yaml

TREE = pathlib.Path(__file__).resolve().parents[2]
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


def read_body(media_type, body):
    if media_type.startswith("text/"):
        return body.decode("utf-8")
    return yaml.safe_load(body) if media_type == "application/yaml" else read_json(body)


class Contract:
    def __init__(self, text):
        self.document = yaml.safe_load(text)
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

    def parameters(self, template, place="query"):
        """The parameters of a path, by name, with their schemas resolved one step."""
        listed = map(self.resolve, self.paths[template]["get"].get("parameters", []))
        return {each["name"]: self.resolve(each["schema"]) for each in listed if each["in"] == place}

    def schema(self, name):
        return self.document["components"]["schemas"][name]

    def validate(self, value, schema):
        jsonschema.Draft202012Validator(schema, resolver=self._resolver, format_checker=FORMATS).validate(value)

    def answer(self, method, target, status):
        """What the contract says about this status here; no path at all has one answer."""
        template = self.template(urlsplit(target).path)
        if template is None:
            assert status in (400, 404, 414, 431), f"{method} {target}: {status} on a path that does not exist"
            operation = {"responses": {"400": self.component("BadRequest"), "404": self.component("NotFound"),
                                       "default": self.component("Problem")}}
        else:
            operation = self.paths[template]["get"]
        if template is not None and method not in ("GET", "HEAD"):
            assert status >= 400, f"{method} {target}: {status}"
        return self.resolve(operation["responses"].get(str(status)) or operation["responses"]["default"])

    def component(self, name):
        return self.document["components"]["responses"][name]

    def check_headers(self, answer, status, headers):
        documented = answer.get("headers", {})
        for name in ("Link", "Retry-After", "Allow"):
            if name not in headers:
                assert name not in documented or not self.resolve(documented[name]).get("required"), f"{name} is missing"
                continue
            assert name in documented, f"{name} is not documented here"
            header = self.resolve(documented[name])
            integer = header["schema"].get("type") == "integer"
            self.validate(int(headers[name]) if integer else headers[name], header["schema"])
        assert ("Allow" in headers) == (status == 405)

    def check(self, method, target, status, headers, body):
        """Fails unless the contract allows this answer; returns the body as data, or None for HEAD."""
        answer = self.answer(method, target, status)
        self.check_headers(answer, status, headers)
        (media_type, content), = answer["content"].items()
        assert headers["Content-Type"] == media_type
        if method == "HEAD":
            assert body == b"", "HEAD has a body"
            return None
        assert int(headers["Content-Length"]) == len(body)
        value = read_body(media_type, body)
        self.validate(value, content["schema"])
        if status >= 400:
            assert value["status"] == status
        return value
