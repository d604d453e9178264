"""The bill of materials that the image has, made of this machine's file system: a true one by its standard, and with nothing missing"""
import base64
import hashlib
import json
import pathlib
import re
import subprocess

import jsonschema
import pytest

from contract import TREE
from service import BINARY, INSTRUMENTED

SCHEMAS = TREE / "web/node_modules/@cyclonedx/cyclonedx-library/res/schema"
BUNDLED = pathlib.Path(BINARY).parent / "files/web/packages"


def made(root="/"):
    return subprocess.run(["tools/sbom", str(root), BINARY, "1.2.3", *BUNDLED.read_text().split(), "swagger-ui-dist"], cwd=TREE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def said(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


@pytest.fixture(scope="module")
def bill():
    done = made()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def components(bill):
    return {component["bom-ref"]: component for component in bill["components"]}


@pytest.fixture(scope="module")
def needed(bill, components):
    """The components that the program depends on."""
    told, = bill["dependencies"]
    assert told["ref"] == bill["metadata"]["component"]["bom-ref"]
    return [components[ref] for ref in told["dependsOn"]]


def of(components, kind):
    return [component for component in components if component["purl"].startswith(f"pkg:{kind}/")]


def test_it_is_what_cyclonedx_says(bill):
    schemas = {f"http://cyclonedx.org/schema/{file.name}": json.loads(file.read_text()) for file in SCHEMAS.glob("*.schema.json")}
    schema = schemas["http://cyclonedx.org/schema/bom-1.6.SNAPSHOT.schema.json"]
    validator = jsonschema.Draft7Validator(schema, resolver=jsonschema.RefResolver(schema["$id"], schema, schemas))
    assert [error.message for error in validator.iter_errors(bill)] == []
    broken = {**bill, "components": [{key: value for key, value in bill["components"][0].items() if key != "name"}]}
    assert not validator.is_valid(broken)


def test_each_component_stands_once(bill, components):
    assert len(bill["components"]) == len(components)


def test_the_program_is_told_by_its_bytes(bill):
    claimd = bill["metadata"]["component"]
    assert (claimd["name"], claimd["version"]) == ("claimd", "1.2.3")
    assert claimd["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(pathlib.Path(BINARY).read_bytes()).hexdigest()}]


def test_no_library_that_is_loaded_is_missing(needed):
    """The loader itself is asked, and dpkg's own lists for each file; a sanitizer's library is one, too."""
    files = [pathlib.Path(path) for path in re.findall(r"=> (/\S+) ", said("ldd", BINARY))]
    assert len(files) > 20
    paths = {f"{top}/{file.parent.name}/{file.resolve().name}": file for file in files for top in ("/lib", "/usr/lib")}
    lists = {entry: set(entry.read_text().splitlines()) for entry in pathlib.Path("/var/lib/dpkg/info").glob("*.list")}
    packages = {entry.stem.partition(":")[0] for entry, content in lists.items() if content & set(paths)}
    assert {paths[path] for content in lists.values() for path in content & set(paths)} == set(files)
    assert {component["name"] for component in of(needed, "deb")} == packages


@pytest.mark.skipif(INSTRUMENTED, reason="a sanitizer's library is in no image")
def test_the_image_has_what_the_program_asks_for():
    """Each library that it names itself is of a package that the image is given by name."""
    asked = set(re.findall(r"\(NEEDED\).*\[(.+)\]", said("readelf", "-dW", BINARY)))
    packages = {entry.stem.partition(":")[0] for entry in pathlib.Path("/var/lib/dpkg/info").glob("*.list")
                if asked & {pathlib.Path(path).name for path in entry.read_text().splitlines() if path.startswith(("/lib/", "/usr/lib/"))}}
    given = set(re.search(r"^FROM \S+ AS run\n.*?apt-get install -y --no-install-recommends ([^\\]+)", (TREE / "Dockerfile").read_text(), re.MULTILINE | re.DOTALL)[1].split())
    assert len(packages) > 5 and packages - {"libc6"} <= given


def test_versions_are_those_installed(components):
    installed = [line.split("\t") for line in said("dpkg-query", "-Wf", "${db:Status-Status}\t${Package}\t${Version}\n").splitlines()]
    assert {(component["name"], component["version"]) for component in of(components.values(), "deb")} == {(name, version) for status, name, version in installed if status == "installed"}


def test_each_that_the_program_loads_has_a_licence(needed):
    assert [component["name"] for component in needed if not component["licenses"]] == []


def test_of_npm_there_is_what_is_built_in(components, needed):
    manifest = json.loads((TREE / "web/package.json").read_text())
    locked = json.loads((TREE / "web/package-lock.json").read_text())["packages"]
    there = {component["name"]: component for component in of(components.values(), "npm")}
    assert set(manifest["dependencies"]) - {"esbuild"} <= set(there)
    assert not set(there) & {"esbuild", *manifest["devDependencies"]}
    assert {component["name"] for component in of(needed, "npm")} == set(there)
    for name, component in there.items():
        package = locked[f"node_modules/{name}"]
        assert not package.get("dev") and component["version"] == package["version"]
        digest, = component["hashes"]
        assert package["integrity"] == f"sha512-{base64.b64encode(bytes.fromhex(digest['content'])).decode()}"


def test_the_same_gives_the_same():
    assert made().stdout == made().stdout


def test_a_library_that_is_not_there_is_an_error(tmp_path):
    for name, text in {"etc/os-release": 'ID=debian\nVERSION_ID="12"\n', "var/lib/dpkg/status": "", BINARY.lstrip("/"): ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / BINARY.lstrip("/")).write_bytes(pathlib.Path(BINARY).read_bytes())
    done = made(tmp_path)
    assert done.returncode == 1 and re.search(r"^sbom: .* needs lib\S+, which is not below", done.stderr), done.stderr
