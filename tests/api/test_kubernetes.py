"""The manifests for Kubernetes: built as kubectl builds them, held against the schemas of Kubernetes' own API, and true to the program"""
import copy
import json
import re
import shutil
import subprocess

import pytest
import yaml

from contract import TREE
from service import claimd

MANIFESTS = TREE / "operations/kubernetes"
FOLDERS = ["base", "production"]
PACKAGES = TREE / "web/node_modules"
RESTRICTED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
PACE = 5  # seconds that balancers are given to forget one that ends, and that a request may take

# Of each list, its objects by the schema of their kind: what is required, and of what form values are.
VALIDATE = """
import { createRequire } from "module";
import { readFileSync } from "fs";
const require = createRequire(process.argv[2] + "/");
const faultsOf = (object) => {
  const kind = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)[object.kind];
  try { new kind(object).validate(); } catch (fault) { return [`${object.kind}: ${fault.message}`]; }
  return [];
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((objects) => objects.flatMap(faultsOf))));
"""


def is_old():
    """Whether kubectl does not tell its kustomize, as Debian 12's does not: it may be 2.0, as before kubectl 1.21."""
    told = subprocess.run(["kubectl", "version", "--client", "--output=json"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return "kustomizeVersion" not in json.loads(told)


def in_old_words(folder):
    """Says in a copy what a kustomization says as kustomize 2.0 has it: a folder is no resource but a base, and a patch a file's name."""
    said = yaml.safe_load((folder / "kustomization.yaml").read_text())
    said["bases"] = [name for name in said["resources"] if (folder / name).is_dir()]
    said["resources"] = [name for name in said["resources"] if name not in said["bases"]]
    said["patchesStrategicMerge"] = [patch.pop("path") for patch in said.get("patches", [])]
    assert not any(said.pop("patches", [])), "a patch is more than a file"
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(said))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The objects of a folder, as kubectl puts them together."""
    manifests = MANIFESTS
    if is_old():
        manifests = shutil.copytree(MANIFESTS, tmp_path_factory.mktemp("kubernetes") / "old")
        for folder in FOLDERS:
            in_old_words(manifests / folder)

    def build(folder):
        done = subprocess.run(["kubectl", "kustomize", str(manifests / folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 0 and not done.stderr, done.stderr
        return list(yaml.safe_load_all(done.stdout))
    return build


@pytest.fixture(scope="module", params=FOLDERS)
def folder(request):
    return request.param


@pytest.fixture(scope="module")
def objects(built, folder):
    return built(folder)


@pytest.fixture(scope="module")
def of(objects):
    """The one object of a kind."""
    return lambda kind: next(item for item in objects if item["kind"] == kind)


WRONG = {
    "a key that is none": lambda spec: spec.update(replica=2),
    "a key that is none, deep down": lambda spec: spec["template"]["spec"]["containers"][0]["readinessProbe"].update(periodSecond=2),
    "a missing key": lambda spec: spec.pop("selector"),
    "a word for a number": lambda spec: spec["template"]["spec"].update(terminationGracePeriodSeconds="30"),
    "a word that is none of those": lambda spec: spec["strategy"].update(type="Rolling"),
}


def wronged(objects, wrong):
    deployment = next(item for item in copy.deepcopy(objects) if item["kind"] == "Deployment")
    wrong(deployment["spec"])
    return [deployment]


def typed(objects):
    """The objects as values of their types."""
    kinds = dict.fromkeys((item["apiVersion"], item["kind"]) for item in objects)
    lines = [f'import {{ I{kind} }} from "kubernetes-models/{version}/{kind}";' for version, kind in kinds]
    lines += [f"export const object{number}: I{item['kind']} = {json.dumps(item)};" for number, item in enumerate(objects)]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def faults(built, tmp_path_factory):
    """What the schemas find wrong with all these objects, by their values, and, as types have it, by keys that there are not. At once, as that takes long to begin."""
    folder = tmp_path_factory.mktemp("kubernetes")
    right = {name: built(name) for name in FOLDERS}
    names = [*FOLDERS, *WRONG]
    every = [*right.values(), *(wronged(right["base"], wrong) for wrong in WRONG.values())]
    (folder / "validate.mjs").write_text(VALIDATE)
    options = {"strict": True, "noEmit": True, "skipLibCheck": True, "target": "es2022", "module": "es2022", "moduleResolution": "bundler", "types": [],
               "paths": {"*": [f"{PACKAGES}/*"]}}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    for number, objects in enumerate(every):
        (folder / f"{number}.ts").write_text(typed(objects))
    values = subprocess.run(["node", str(folder / "validate.mjs"), str(PACKAGES)], input=json.dumps(every), stdout=subprocess.PIPE, text=True, check=True)
    keys = subprocess.run([str(PACKAGES / ".bin/tsc"), "-p", "."], cwd=folder, stdout=subprocess.PIPE, text=True, check=False).stdout.splitlines()
    assert all(re.match(r"\d+\.ts\(|  ", line) for line in keys), keys
    return {name: found + [line for line in keys if line.startswith(f"{number}.ts(")] for number, (name, found) in enumerate(zip(names, json.loads(values.stdout)))}


def test_kubernetes_finds_no_fault(faults, folder):
    assert faults[folder] == []


@pytest.mark.parametrize("wrong", WRONG)
def test_faults_are_found(faults, wrong):
    assert faults[wrong]


def pods(objects):
    return [item["spec"]["template"] for item in objects if item["kind"] in ("Deployment", "Job")]


def test_pods_are_as_restricted_as_can_be(objects):
    """The profile `restricted` of Kubernetes' Pod Security Standards, and a file system to read from."""
    assert len(pods(objects)) == 2
    for pod in pods(objects):
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] and spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False and not {"hostNetwork", "hostPID", "hostIPC", "volumes"} & set(spec)
        for container in spec["containers"]:
            assert container["securityContext"] == RESTRICTED
            assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"]


def test_settings_are_those_of_the_program(objects):
    """By the program's own list; the names of Services, which Kubernetes makes variables of, are kept out of them."""
    known = set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", claimd("settings").stdout))
    for pod in pods(objects):
        container, = pod["spec"]["containers"]
        assert {entry["name"] for entry in container["env"]} <= known
        assert pod["spec"]["enableServiceLinks"] is False
        secrets = [entry["valueFrom"]["secretKeyRef"]["name"] for entry in container["env"] if "valueFrom" in entry]
        assert secrets and set(secrets) == {"claimd-database"}
        assert not [entry for entry in container["env"] if "postgres" in entry.get("value", "")]


PROGRAM = 10_000_000  # bytes of memory that the program takes without a client
QUANTITY = re.compile(r"(\d+)(Mi|Gi)")


def setting(container, name):
    """A number as the manifest sets it, or the program's own default."""
    told = {entry["name"]: entry.get("value") for entry in container["env"]}
    return int(told.get(name) or re.search(rf"^\S+ +{name} +(\d+)", claimd("settings").stdout, re.MULTILINE)[1])


def test_what_a_pod_may_take_fits_its_limit(of, folder):
    """By the sum of docs/operations.md, which the number stands in, too."""
    container, = of("Deployment")["spec"]["template"]["spec"]["containers"]
    threads, clients, head, answers, bodies, connections, result = (setting(container, f"CLAIMD_{name}") for name in (
        "THREADS", "MAX_CONNECTIONS", "HEAD_BYTES", "CACHE_BYTES", "MEMORY_BYTES", "DB_CONNECTIONS", "RESULT_BYTES"))
    assert threads > 0, "one for each core of a node that nobody knows"
    most = threads * clients * (head + 2048) + answers + bodies + threads * connections * 3 * result + PROGRAM
    number, unit = QUANTITY.fullmatch(container["resources"]["limits"]["memory"]).groups()
    assert most < int(number) * {"Mi": 1 << 20, "Gi": 1 << 30}[unit]
    assert f"{most / 1e6:.0f} MB of {number} {unit}B in `{folder}`" in (TREE / "docs/operations.md").read_text()


def test_the_address_of_an_ingress_is_not_limited(of):
    """All clients have it."""
    container, = of("Deployment")["spec"]["template"]["spec"]["containers"]
    assert setting(container, "CLAIMD_ADDRESS_CONNECTIONS") == 0


def test_probes_ask_what_the_contract_has(of, contract):
    container, = of("Deployment")["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    listening = {entry["name"]: entry.get("value", "") for entry in container["env"]}
    assert listening["CLAIMD_LISTEN"] == f"0.0.0.0:{ports['http']}" and listening["CLAIMD_ADMIN_LISTEN"] == f"0.0.0.0:{ports['admin']}"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = container[probe]["httpGet"]
        assert asked["path"] in contract.document["paths"] and asked["port"] == "http"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz", "a database that is away is no reason to end the service"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    noted = of("Deployment")["spec"]["template"]["metadata"]["annotations"]
    assert noted["prometheus.io/port"] == str(ports["admin"])


def test_what_is_selected_is_there(of):
    labels = of("Deployment")["spec"]["template"]["metadata"]["labels"].items()
    selectors = [of("Deployment")["spec"]["selector"]["matchLabels"], of("Service")["spec"]["selector"], of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                 of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]]
    assert all(selector.items() <= labels for selector in selectors)
    # The migration's pod is no server, but bound by the same rules.
    job = of("Job")["spec"]["template"]["metadata"]["labels"].items()
    assert [selector.items() <= job for selector in selectors] == [False, False, False, True]
    scaled = of("HorizontalPodAutoscaler")["spec"]
    assert scaled["scaleTargetRef"]["name"] == of("Deployment")["metadata"]["name"] and scaled["minReplicas"] >= 2
    assert "replicas" not in of("Deployment")["spec"], "each apply would undo what the autoscaler has done"


def test_a_pod_that_ends_has_the_time_for_it(of):
    spec = of("Deployment")["spec"]["template"]["spec"]
    container, = spec["containers"]
    slept = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    timeout = int(re.search(r"CLAIMD_REQUEST_TIMEOUT +(\d+)", claimd("settings").stdout)[1]) / 1000
    assert slept >= PACE and spec["terminationGracePeriodSeconds"] > slept + timeout + PACE
    assert of("Deployment")["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_who_watches_alone_reaches_the_operators_port(of):
    rules = {rule["ports"][0]["port"]: rule.get("from") for rule in of("NetworkPolicy")["spec"]["ingress"]}
    assert rules["http"] is None and rules["admin"]
    assert not [port for port in of("Service")["spec"]["ports"] if port["targetPort"] != "http"]
