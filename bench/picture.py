"""The goals as a picture: how much better than asked each is, as bars"""
import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "claimd", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9})

from matplotlib import pyplot, ticker  # noqa: E402 after the backend is chosen

MET, MISSED = "#2b7a3d", "#b3402e"
INCHES_A_BAR = 0.28


def draw(reached, file):
    bars = [each for each in reversed(reached) if each.score]
    figure, axes = pyplot.subplots(figsize=(10, 1 + INCHES_A_BAR * len(bars)), layout="constrained")
    axes.barh(range(len(bars)), [each.score - 1 for each in bars], left=1, color=[MET if each.score >= 1 else MISSED for each in bars])
    axes.set_yticks(range(len(bars)), [each.work for each in bars])
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlabel("times the goal; right of 1 it is met")
    for place, each in enumerate(bars):
        axes.annotate(f" {each.measured} ({each.limit}) ", (each.score, place), va="center", ha="left" if each.score >= 1 else "right")
    axes.margins(x=0.25, y=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
