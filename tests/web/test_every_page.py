"""Each page at both widths and in both schemes: it loads, complains of nothing, fits the window, and axe finds no fault with it"""
import pytest

from browsing import DESKTOP, PHONE
from pages import LOST, PAGES

LOOK = "desk"  # to begin with

# What the width of a window changes: what stands in it, how large and in which order.
NARROW = ("target-size", "scrollable-region-focusable", "empty-heading", "heading-order", "link-name", "button-name", "label", "region")


@pytest.mark.parametrize("target", [*PAGES.values(), *LOST.values()], ids=[*PAGES, *LOST])
def test_page_holds(reader, target):
    if target in LOST.values():
        reader.expects("404 (Not Found)")
    reader.open(target)
    assert reader.run("return document.title").endswith(" – claimd")
    faults = {}
    for width in (PHONE, DESKTOP):
        reader.wears(width=width)
        reader.settled()
        faults[width] = [] if reader.fits(width) else ["wider than the window"]
        faults[width] += reader.violations(*(() if width == DESKTOP else NARROW))
    reader.wears(width=DESKTOP, scheme="dark")
    faults["dark"] = reader.violations("color-contrast")
    assert {look: found for look, found in faults.items() if found} == {}
