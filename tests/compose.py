"""compose.scale.yaml as data, and what of the tree its containers have where"""
import yaml

from contract import TREE

SCALE = yaml.safe_load((TREE / "compose.scale.yaml").read_text(encoding="utf-8"))


def mounted(service):
    """The folders of the tree by the places that they have in the container."""
    sources = (volume.split(":") for volume in SCALE["services"][service].get("volumes", []))
    return {target: TREE / source for source, target, *_ in sources if source.startswith("./")}
