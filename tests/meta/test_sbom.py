"""The list of components: valid CycloneDX 1.6, whole, the same each time, with licences we may use."""

import json
import re
import subprocess

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tinhso.site.launch import sbom

FORBIDDEN = re.compile(r"(?<!L)GPL|AGPL|SSPL|BUSL|proprietary|unknown", re.IGNORECASE)


@pytest.fixture(scope="module")
def bill():
    return sbom.bill()


def licence(component) -> str:
    return " ".join(
        one.get("expression") or one["license"].get("id") or one["license"]["name"] for one in component["licenses"]
    )


def test_the_list_is_valid_by_the_schema_of_the_standard(bill):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    broken = json.dumps(bill | {"specVersion": 16})
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(broken) is not None


def test_the_list_names_every_locked_package(bill):
    lines = [line for lock in ("base", "dev", "boot", "build", "node") for line in _lines(lock)]
    wanted = {f"pkg:pypi/{name.lower()}@{version}" for name, version in lines}
    packages = json.loads((sbom.ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    named = {one["purl"] for one in bill["components"]}
    assert {purl for purl in named if purl.startswith("pkg:pypi/")} == wanted
    assert len([purl for purl in named if purl.startswith("pkg:npm/")]) == len(
        {(path.rpartition("node_modules/")[2], one["version"]) for path, one in packages.items() if path}
    )


def _lines(lock: str) -> list[tuple[str, str]]:
    text = (sbom.ROOT / "requirements" / f"{lock}.txt").read_text("utf-8").splitlines()
    return [tuple(line.split()[0].split(";")[0].split("==")) for line in text if line and line[0].isalnum()]


def test_the_same_locks_give_the_same_list(bill):
    assert sbom.bill() == bill


def test_what_runs_is_told_from_what_only_builds(bill):
    scopes = {one["name"]: one["scope"] for one in bill["components"]}
    assert (scopes["django"], scopes["pytest"], scopes["esbuild"]) == ("required", "excluded", "excluded")


def test_what_leans_on_what(bill):
    edges = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    named = {one["bom-ref"] for one in bill["components"]}
    assert {ref for refs in edges.values() for ref in refs} <= named
    (django,) = [ref for ref in edges if ref.startswith("pkg:pypi/django@")]
    assert any(ref.startswith("pkg:pypi/asgiref@") for ref in edges[django])
    assert django in edges["tinhso"]


def test_every_licence_of_what_runs_may_be_used(bill):
    running = [one for one in bill["components"] if one["scope"] == "required" and "licenses" in one]
    assert len(running) > 40
    assert {one["name"]: licence(one) for one in running if FORBIDDEN.search(licence(one))} == {}


def test_licences_agree_with_the_page_of_dependencies(bill):
    page = (sbom.ROOT / "docs" / "dependencies.md").read_text("utf-8")
    said = dict(re.findall(r"^\| ([@\w./-]+) \| [\d.]+ \| [^|]+ \| ([^|]+) \|", page, re.MULTILINE))
    family = re.compile(r"SEE LICENSE|MIT|BSD|Apache|MPL|LGPL|ISC|OFL|0BSD|PSF|HPND")
    told = {one["name"]: licence(one) for one in bill["components"] if one["name"] in said and "licenses" in one}
    assert len(told) > 40
    other = {
        name: (text, said[name])
        for name, text in told.items()
        if not set(family.findall(text)) & set(family.findall(said[name]))
    }
    assert other == {}


@pytest.mark.parametrize(
    ("code", "told", "result"),
    [
        (0, "No known vulnerabilities found", True),
        (1, "Found 2 known vulnerabilities in 1 package", False),
        (1, "3 moderate severity vulnerabilities", False),
        (1, "ConnectionError: service cannot be reached", None),
    ],
)
def test_only_a_known_weakness_is_a_failure(monkeypatch, code, told, result):
    monkeypatch.setattr(sbom.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(sbom.subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], code, told, ""))
    assert sbom._ask(["pip-audit"]) is result
    assert sbom.audit() == (1 if result is False else 0)


def test_where_there_is_nobody_to_ask_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(sbom.shutil, "which", lambda _name: None)
    assert sbom.audit() == 0
    assert capsys.readouterr().out.count(sbom.NOT_CHECKED) == 2
