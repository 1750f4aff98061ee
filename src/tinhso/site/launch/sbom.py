"""
`sbom`: what the program is made of, as CycloneDX 1.6 JSON (ECMA-424), from the locked requirements and package-lock.json.

The same locks give the same file, byte for byte. `audit` asks the services of known weaknesses about the same packages, where
they can be reached.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import uuid
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

ROOT: Final = Path(__file__).resolve().parents[4]
NOT_CHECKED: Final = "chưa kiểm tra / not checked"
_SAID: Final = {True: "OK", False: "có điểm yếu đã biết / known weaknesses", None: NOT_CHECKED}
_LOCKED: Final = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
_SCOPES: Final = {"base": "required", "boot": "required", "build": "excluded", "node": "excluded", "dev": "excluded"}
"""Scope of CycloneDX by lock; what base has is required, whoever else asks for it."""
_NAMES: Final = {
    "BSD-0-Clause": "0BSD",
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
}


def run(verb: str, arguments: list[str]) -> int:
    """Write the list to the file named, or to standard output; for `audit`, ask about it."""
    if verb == "audit":
        return audit()
    text = json.dumps(bill(), ensure_ascii=False, indent=2) + "\n"
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def bill() -> dict[str, Any]:
    """Return the whole list: components in order of their names, and what leans on what."""
    components = sorted([*_python(), *_node()], key=lambda one: str(one["bom-ref"]))
    root = {"type": "application", "bom-ref": "tinhso", "name": "tinhso", "version": _version()}
    edges = [{"ref": "tinhso", "dependsOn": [one["bom-ref"] for one in components if _is_asked_for(one)]}]
    by_name = {one["name"]: one["bom-ref"] for one in components if one["purl"].startswith("pkg:pypi/")}
    edges += [{"ref": one["bom-ref"], "dependsOn": _needs(one, by_name)} for one in components]
    content = json.dumps([components, edges], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {"component": root | {"licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": components,
        "dependencies": edges,
    }


def locked() -> dict[str, tuple[str, str]]:
    """Return version and scope of each Python package of the locks, by name."""
    found: dict[str, tuple[str, str]] = {}
    for lock, scope in _SCOPES.items():
        for name, version in _LOCKED.findall((ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")):
            found.setdefault(name.lower(), (version, scope))
    return found


def _python() -> list[dict[str, Any]]:
    components = []
    for name, (version, scope) in locked().items():
        purl = f"pkg:pypi/{name}@{version}"
        one: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "scope": scope}
        # what this machine does not install (another system's package) has no metadata here
        if dist := _installed(name):
            one["licenses"] = _licences(dist)
        components.append(one | {"purl": purl})
    return components


def _node() -> list[dict[str, Any]]:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    found = {}
    for path, package in packages.items():
        if not path:
            continue
        name, version = path.rpartition("node_modules/")[2], package["version"]
        purl = f"pkg:npm/{quote(name, safe='/')}@{version}"
        algorithm, _dash, digest = package["integrity"].partition("-")
        found[purl] = {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "scope": "excluded",
            "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}],
            "licenses": _expressed(_NAMES.get(package.get("license", ""), package.get("license", ""))),
            "purl": purl,
        }
    return list(found.values())


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _licences(dist: Distribution) -> list[dict[str, Any]]:
    about = dist.metadata
    if expression := about.get("License-Expression"):
        return _expressed(expression)
    told = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    known = [_NAMES[name] for name in told if name in _NAMES]
    if known:
        return _expressed(" OR ".join(sorted(set(known))))
    text = (told or [about.get("License") or "unknown"])[0].strip().splitlines()[0][:80]
    return [{"license": {"name": text}}]


def _expressed(expression: str) -> list[dict[str, Any]]:
    return [{"expression": expression}] if expression else [{"license": {"name": "unknown"}}]


def _is_asked_for(component: dict[str, Any]) -> bool:
    """Tell whether we name it ourselves, in `requirements/*.in` or package.json."""
    return component["name"] in _asked()


def _asked() -> set[str]:
    lines = [line for file in (ROOT / "requirements").glob("*.in") for line in file.read_text("utf-8").splitlines()]
    named = {re.split(r"[\[<>=~ #]", line)[0].lower() for line in lines if line and line[0] not in "#-"}
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    return named | {*package["dependencies"], *package["devDependencies"]}


def _needs(component: dict[str, Any], by_name: dict[str, str]) -> list[str]:
    dist = _installed(component["name"]) if component["purl"].startswith("pkg:pypi/") else None
    wanted = [re.split(r"[\s;\[<>=!~(]", line)[0] for line in (dist.requires or [] if dist else [])]
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in wanted}
    return sorted(by_name[name] for name in names if name in by_name and name != component["name"])


def _version() -> str:
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    return found.group(1) if found else "0"


def audit() -> int:
    """
    Ask `pip-audit` and `npm audit` about the locks, each where it is there and its service answers.

    Returns 1 for a known weakness; what could not be asked is said and is no failure: a build without a network is one too.
    """
    results = [
        ("Python", _ask(["pip-audit", "--progress-spinner=off", "--disable-pip", "-r", "requirements/base.txt"])),
        ("npm", _ask(["npm", "audit", "--package-lock-only", "--audit-level=moderate"])),
    ]
    for name, result in results:
        sys.stdout.write(f"{name}: {_SAID[result]}\n")
    return 1 if any(result is False for _name, result in results) else 0


def _ask(command: list[str]) -> bool | None:
    """Return whether nothing is known against it, None when nobody could be asked."""
    if shutil.which(command[0]) is None:
        return None
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own words
    except subprocess.TimeoutExpired:
        return None
    if said.returncode == 0:
        return True
    told = said.stdout + said.stderr
    is_found = re.search(r"Found \d+ known vulnerabilit|\d+ (?:\w+ severity )?vulnerabilit", told)
    if is_found:
        sys.stdout.write(told)
    return False if is_found else None
