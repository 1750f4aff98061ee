"""What the documents say is so: commands, links, code, identifiers, the generated reference, dependencies."""

import importlib
import importlib.util
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tinhso.base.env import DECLARED
from tinhso.site.launch.__main__ import VERBS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if "plans" not in path.parts and path.name not in {"speed.md", "api.md"}
)
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
every_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\./tinhso(?: +([a-z][\w-]*))?")
OUTSIDE_DECLARED = {"TINHSO_TEST_DATABASE", "TINHSO_TEST_CACHE", "TINHSO_CI_WHOLE"}
"""Read by the test settings, before anything is declared, and by CI's own script."""
GIVEN = ("src/", "tests/", "tools/", "docs/", "requirements/", "provinces/quang-nam", "provinces/nghich")


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind == language]


def reference():
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "tools" / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_found():
    assert {"README.md", "README.vi.md", "docs/index.md", "docs/tutorial/main-job.md"} <= set(NAMES)


@every_page
def test_quoted_commands_are_verbs_of_the_launcher(page):
    quoted = {verb for verb in COMMAND.findall(page.read_text("utf-8")) if verb}
    assert quoted - set(VERBS) == set()


@every_page
def test_relative_links_lead_somewhere(page):
    targets = [target.split("#")[0] for target in LINK.findall(page.read_text("utf-8"))]
    broken = [
        target
        for target in targets
        if target and not re.match(r"[a-z]+:", target) and not (page.parent / target).resolve().exists()
    ]
    assert broken == []


@every_page
def test_named_files_exist(page):
    named = [word for word in re.findall(r"`([\w./-]+)`", page.read_text("utf-8")) if word.startswith(GIVEN)]
    missing = [word for word in named if not (ROOT / word).exists()]
    assert missing == []


@every_page
def test_python_compiles_and_data_parses(page):
    for text in blocks(page, "python"):
        compile(text, str(page), "exec")
    for text in blocks(page, "json"):
        json.loads(text)
    for text in blocks(page, "yaml"):
        assert yaml.safe_load(text)


@every_page
def test_no_machine_path_and_no_registry_address(page):
    text = page.read_text("utf-8")
    assert re.findall(r"/(?:work|tmp|home|root|Users)/\S*", text) == []
    assert re.findall(r"\S*(?:pypi\.org|pythonhosted|npmjs|proxy\.golang|crates\.io)\S*", text) == []


@every_page
def test_named_variables_are_declared(page):
    named = set(re.findall(r"\bTINHSO_[A-Z_]+[A-Z]", page.read_text("utf-8")))
    assert named - set(DECLARED) - OUTSIDE_DECLARED == set()


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_a_readme_begins_with_the_two_commands(name):
    page = ROOT / name
    commands = [line.split("#")[0].strip() for text in blocks(page, "sh") for line in text.splitlines()]
    assert commands == ["./tinhso up", "./tinhso test"]


@pytest.mark.parametrize("name", sorted(reference().PAGES))
def test_the_reference_is_what_the_code_says(name):
    written = (ROOT / "docs" / "reference" / name).read_text("utf-8")
    assert written == reference().page(name), f"run tools/make_reference.py: {name} has drifted"


def test_every_page_of_docs_is_linked_from_its_index():
    linked = set()
    for index in (ROOT / "docs" / "index.md", ROOT / "docs" / "adr" / "index.md"):
        linked |= {(index.parent / target).resolve() for target in LINK.findall(index.read_text("utf-8"))}
    pages = {page for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert pages - linked - {ROOT / "docs" / "index.md", ROOT / "docs" / "adr" / "index.md"} == set()


def resolve(dotted: str) -> object:
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise LookupError(dotted)


TERMS = re.findall(r"^\| (.+?) \| (.+?) \| `([\w.]+)` \|", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)


def test_the_glossary_gives_each_vietnamese_term_once():
    vietnamese = [term for term, _english, _identifier in TERMS]
    assert len(vietnamese) > 40
    assert len(vietnamese) == len(set(vietnamese))


@pytest.mark.parametrize("identifier", sorted({identifier for _vi, _en, identifier in TERMS}))
def test_identifiers_of_the_glossary_exist(identifier):
    assert resolve(f"tinhso.{identifier}") is not None


def test_publiccode_says_what_the_project_says():
    said = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description"}
    assert required | {"legal", "maintenance", "localisation"} <= set(said)
    assert said["softwareVersion"] == project["version"]
    assert said["legal"]["license"] == project["license"] == "Apache-2.0"
    assert sorted(said["localisation"]["availableLanguages"]) == sorted(said["description"]) == ["en", "vi"]
    for text in said["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000


def test_the_licence_is_apache_2_whole():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.split()[:4] == ["Apache", "License", "Version", "2.0,"]
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text.split()) == 1581


def test_each_direct_dependency_has_its_line():
    asked = set()
    for file in (ROOT / "requirements").glob("*.in"):
        lines = [line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines()]
        asked |= {re.split(r"[\[<>=~ ]", line)[0] for line in lines if line and not line.startswith("-r")}
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    asked |= {*package["dependencies"], *package["devDependencies"]}
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    listed = re.findall(r"^\| ([@\w./-]+) \| [\d.]+ \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(asked)


def test_pictures_are_small_and_shown():
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.suffix == ".png"
        assert picture.stat().st_size <= 250_000
        assert f"pictures/{picture.name}" in text
