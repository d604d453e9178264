"""Libraries that a process under test is given before all others, so that what it asks of the system goes otherwise"""
import subprocess

from contract import TREE


def build(name, folder):
    """The library of tests/preload/NAME.c, in the folder: a value for LD_PRELOAD."""
    library = folder / f"{name}.so"
    source = TREE / f"tests/preload/{name}.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", library, source], check=True)
    return str(library)
