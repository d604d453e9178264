"""Pictures of the pages, as the README shows them: make pictures takes them into docs/img"""
import io

import pytest
from PIL import Image

from browsing import DESKTOP, PHONE
from contract import TREE
from pages import LOST, PAGES

PICTURED = ("front", "comparisons", "comparison", "multiple", "claims", "claim", "sources", "source", "search", "edit")
OTHERWISE = {"phone": {"width": PHONE}, "dark": {"scheme": "dark"}, "german": {"language": "de"}}
HIGHEST = 1400
LOOK = "desk"
FOLDER = TREE / "docs/img"


@pytest.mark.parametrize("name, target, changes", [
    *((name, PAGES[name], {}) for name in PICTURED), ("unknown-path", LOST["unknown-path"], {}),
    *((look, PAGES["comparison"], OTHERWISE[look]) for look in OTHERWISE)], ids=lambda value: value if isinstance(value, str) and "/" not in value else "")
def test_page_is_pictured(reader, name, target, changes):
    reader.expects("404 (Not Found)")
    reader.wears(**changes)
    width = changes.get("width", DESKTOP)
    picture = Image.open(io.BytesIO(reader.open(target).picture(width, HIGHEST))).convert("RGB")
    assert picture.width == width and picture.height <= HIGHEST
    file = FOLDER / f"{name}.png"
    picture.quantize(128).save(file, optimize=True)
    assert file.stat().st_size < 150_000
