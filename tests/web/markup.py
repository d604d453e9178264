"""A page as a client reads it that runs no script"""
import json
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "br", "hr"}


class Markup(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.elements = []
        self._open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        while self._open and self._open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag, **attributes):
        return [element for element in self.elements if element["tag"] == tag and all(element.get(name) == value for name, value in attributes.items())]

    def one(self, tag, **attributes):
        [element] = self.all(tag, **attributes)
        return element

    @property
    def hrefs(self):
        return [link["href"] for link in self.all("a")]

    def data(self):
        """What the script goes on from."""
        return json.loads(self.one("script", id="data")["text"])

    def linked(self):
        return json.loads(self.one("script", type="application/ld+json")["text"])
