"""The program as a file: what the compiler and linker were asked to make of it against whoever finds a fault in it"""
import platform
import re
import subprocess

import pytest

from contract import TREE
from service import BINARY, CONFINED, INSTRUMENTED

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="an ELF file is read")
intel = pytest.mark.skipif(platform.machine() != "x86_64", reason="other processors have other checks")
STARTUP = {"_start", "_init", "_fini"}  # Debian's own, from before main()


def said(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, errors="replace").stdout


@pytest.fixture(scope="module")
def segments():
    """The program headers, flags by name."""
    rows = re.findall(r"^  (\w+) +(?:0x[0-9a-f]+ +){5}([RWE ]{3})", said("readelf", "-lW", BINARY), re.MULTILINE)
    return {name: flags.replace(" ", "") for name, flags in rows}


@pytest.fixture(scope="module")
def dynamic():
    return said("readelf", "-dW", BINARY)


@pytest.fixture(scope="module")
def imported():
    """The names of functions that libraries have to bring."""
    return {line.split()[-1].partition("@")[0] for line in said("nm", "-D", "--undefined-only", BINARY).splitlines()}


def test_it_is_loaded_anywhere(dynamic):
    assert re.search(r"Type: +DYN ", said("readelf", "-h", BINARY))
    assert re.search(r"\(FLAGS_1\) .*\bPIE\b", dynamic)


def test_nothing_that_leads_to_code_stays_writable(segments, dynamic):
    assert "GNU_RELRO" in segments
    assert re.search(r"\(FLAGS\) .*\bBIND_NOW\b", dynamic) and re.search(r"\(FLAGS_1\) .*\bNOW\b", dynamic)


def test_no_memory_is_both_written_and_run(segments):
    assert segments["GNU_STACK"] == "RW"
    loaded = re.findall(r"^  LOAD +(?:0x[0-9a-f]+ +){5}([RWE ]{3})", said("readelf", "-lW", BINARY), re.MULTILINE)
    assert loaded and not [flags for flags in loaded if "W" in flags and "E" in flags]


def test_a_smashed_stack_is_noticed(imported):
    assert "__stack_chk_fail" in imported


@pytest.mark.skipif(not CONFINED, reason="a sanitizer has checks of its own, and what is counted has none")
def test_library_calls_know_the_size_of_what_they_write_to(imported):
    assert {"__snprintf_chk", "__vsnprintf_chk"} <= imported
    # Of a size that is known when it runs only: level 3 alone checks that.
    assert "__memset_chk" in imported


@pytest.fixture(scope="module")
def code():
    """What the program is made of, as it is read by people."""
    return said("objdump", "-d", "--no-show-raw-insn", BINARY)


@intel
def test_calls_through_pointers_land_at_beginnings(code):
    """No function of ours that another can reach begins with anything else; those that are static and never pointed to need nothing."""
    rows = (line.split() for line in said("nm", "--defined-only", BINARY).splitlines())
    ours = {int(address, 16): name for address, kind, name in rows if kind == "T" and name not in STARTUP}
    first = {int(address, 16): instruction for address, instruction in re.findall(r"^([0-9a-f]+) <\S+>:\n +[0-9a-f]+:\t(\w+)", code, re.MULTILINE)}
    assert len(ours) > 200
    assert [name for address, name in ours.items() if first[address] != "endbr64"] == []


@intel
def test_returns_go_to_where_the_call_was():
    assert re.search(r"x86 feature: .*\bSHSTK\b", said("readelf", "-nW", BINARY))


@intel
@pytest.mark.skipif(INSTRUMENTED, reason="a sanitizer takes the stack by ways of its own")
def test_no_frame_leaps_over_the_guard_behind_the_stack(code):
    """The stack is taken page by page, each of them touched."""
    steps = re.findall(r"sub +\$0x([0-9a-f]{1,8}),%rsp(?:\n.*\t(\w+))?", code)
    pages = [then for size, then in steps if int(size, 16) == 0x1000]
    assert pages and set(pages) == {"orq"}
    assert max(int(size, 16) for size, _ in steps) == 0x1000


@pytest.mark.skipif(not CONFINED and not INSTRUMENTED, reason="what is counted knows where to write its counts")
def test_it_does_not_tell_where_it_was_built():
    content = open(BINARY, "rb").read()
    assert str(TREE).encode() not in content
    # Of what the compiler notes of itself, the folder that it stood in; a sanitizer's code was made elsewhere.
    folders = set(re.findall(r"DW_AT_comp_dir +: (?:\(.*?\): )?(\S+)", said("readelf", "--debug-dump=info", "--dwarf-depth=1", BINARY)))
    assert folders == {"."} or INSTRUMENTED and str(TREE) not in folders, folders
