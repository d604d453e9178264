"""What the tests of the reader of figures share: `claimd figure -`, which reads a text a line, and what it says in short"""
import json
import os
import pathlib
import subprocess

BINARY = os.environ.get("CLAIMD_BINARY") or pathlib.Path(__file__).parents[2] / "build/claimd"
MEMBERS = ("value", "low", "high", "bound", "unit")


def read(language, texts):
    """The documents of texts, in the language or in none that is told."""
    told = ["--lang", language] if language else []
    run = subprocess.run([BINARY, "figure", "-", *told], input="".join(text + "\n" for text in texts), capture_output=True,
                         text=True, timeout=60)
    assert run.stderr == "" and run.returncode in (0, 1)
    documents = list(map(json.loads, run.stdout.splitlines()))
    assert len(documents) == len(texts)
    return documents


def short(document):
    """A document's figures as phrases.tsv writes them."""
    figures = [" | ".join(" ".join(reading[member] or "-" for member in MEMBERS) for reading in figure["readings"])
               for figure in document["figures"]]
    return " ; ".join(figures) or "none"
