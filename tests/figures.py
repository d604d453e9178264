"""Every figure of the articles as figures.tsv has it: read from the articles alone, to judge the seed and the service by"""
import csv
import pathlib
from collections import namedtuple

with open(pathlib.Path(__file__).with_suffix(".tsv"), encoding="utf-8", newline="") as table:
    header, *lines = csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)

Figure = namedtuple("Figure", header)
FIGURES = [Figure(*(cell or None for cell in line)) for line in lines]
SOURCES = sorted({figure.source for figure in FIGURES})
