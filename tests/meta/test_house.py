"""The rules of the house, held against all of its text and everything that is lent."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.forms.forms import BaseForm
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from tests.meta.house import ROOT, SRC, is_text, packages, reaches, sources

from tinhso.base.env import DECLARED
from tinhso.base.refusals import all_refusals
from tinhso.base.registry import Entry, Event, HomePanel, Permission, ServiceAction, Subscriber, registry
from tinhso.kernel.documents.public import DocumentReader
from tinhso.kernel.identity.kept import is_secret
from tinhso.site.launch.look import import_everything
from tinhso.web.menus import SearchBox, Tab

WRAPPERS = {"_claim_and_do"}
"""Acts around whatever act they are given."""
ACTS = [
    pytest.param(package, function, id=f"{package.name}:{function.name}")
    for package in packages().values()
    for function in package.functions
    if function.is_act and function.name not in WRAPPERS
]


def test_there_are_acts_to_look_at():
    assert len(ACTS) > 60


@pytest.mark.parametrize(("package", "function"), ACTS)
def test_every_act_asks_a_permission_and_leaves_a_line(package, function):
    place = f"{function.file.relative_to(ROOT)}:{function.line}"
    assert reaches(package, function, "require"), place
    assert reaches(package, function, "record"), place


@pytest.mark.parametrize(("package", "function"), ACTS)
def test_every_act_is_told_who_and_when(package, function):
    (node,) = [
        node
        for node in ast.walk(sources()[function.file])
        if isinstance(node, ast.FunctionDef) and node.lineno == function.line
    ]
    told = {argument.arg for argument in node.args.kwonlyargs}
    assert {"actor", "at"} <= told
    assert function.name.startswith("_") or ast.get_docstring(node)


def test_every_event_that_is_recorded_is_announced_by_the_same_package():
    announced = {event.key: registry.owner(Event, event.key) for event in registry.of(Event)}
    for package in packages().values():
        for event, place in package.recorded.items():
            assert announced.get(event, "nobody").endswith(package.name), f"{place}: {event}"


def test_every_event_that_is_announced_is_recorded_somewhere():
    unsaid = []
    for event in registry.of(Event):
        package = packages()[registry.owner(Event, event.key).removeprefix("tinhso.")]
        if event.key not in package.strings and package.constants.get(event.key) not in package.names:
            unsaid.append(event.key)
    assert unsaid == []


def test_every_subscriber_listens_to_something_that_is_announced():
    announced = {event.key for event in registry.of(Event)}
    for subscriber in registry.of(Subscriber):
        for wanted in subscriber.to:
            prefix = wanted.removesuffix("*")
            assert wanted == "*" or any(key.startswith(prefix) for key in announced), (subscriber.key, wanted)


def test_every_permission_is_a_predicate_that_refuses_nobody_in_particular():
    from inspect import signature

    for permission in registry.of(Permission):
        first = next(iter(signature(permission.may).parameters))
        assert first in ("actor", "_actor"), permission.key
        assert str(permission.title).strip()


@pytest.mark.parametrize("kind", [Entry, Tab, SearchBox])
def test_every_place_in_a_menu_leads_somewhere(kind):
    for loan in registry.of(kind):
        address = reverse(loan.key, kwargs=getattr(loan, "kwargs", None) or None)
        assert address.startswith("/"), loan.key


def test_every_panel_has_its_template_and_every_action_its_page():
    for panel in registry.of(HomePanel):
        get_template(panel.template)
    for action in registry.of(ServiceAction):
        assert reverse(action.key, args=["1.000001"])


def test_every_kind_of_subject_with_files_has_a_reader():
    assert {reader.key for reader in registry.of(DocumentReader)} >= {"dossier"}


def test_no_field_that_is_typed_unseen_is_ever_kept():
    """Of every form there is, the library's included: what a browser does not show is not kept in a session either."""
    import_everything()
    for module in ("account.forms", "mfa.base.forms", "mfa.totp.forms", "mfa.recovery_codes.forms"):
        import_module(f"allauth.{module}")
    unseen = {name for form in forms_of(BaseForm) for name, field in form.base_fields.items() if is_unseen(field)}
    assert unseen >= {"pin", "password"}
    assert [name for name in unseen if not is_secret(name)] == []
    typed = re.compile(r"<input[^>]*type=\"password\"[^>]*>")
    for file in SRC.rglob("*.html"):
        for tag in typed.findall(file.read_text(encoding="utf-8")):
            named = re.search(r'name="([^"]+)"', tag)
            assert named is None or "{{" in named[1] or is_secret(named[1]), file


def is_unseen(field):
    return getattr(field.widget, "input_type", "") == "password"


def forms_of(kind):
    for form in kind.__subclasses__():
        if hasattr(form, "base_fields"):
            yield form
        yield from forms_of(form)


def template_names():
    for file, tree in sources().items():
        if "launch" in file.parts:
            continue
        for node in filter(is_text, ast.walk(tree)):
            if re.fullmatch(r"[a-z_]+/[a-z_/]+\.html(#[a-z_]+)?", node.value):
                yield node.value.partition("#")[0], f"{file.relative_to(ROOT)}:{node.lineno}"


def test_every_template_that_a_view_names_is_there_and_compiles():
    named = dict(template_names())
    assert len(named) > 40
    for name in named:
        get_template(name)


def test_every_template_is_used():
    """By a view, by another template, or found by the sign-in library under its own name."""
    named = {name for name, _place in template_names()}
    texts = {file: file.read_text(encoding="utf-8") for file in SRC.rglob("*.html")}
    quoted = set(re.findall(r'["\']([a-z_]+/[a-z_/]+\.html)', "\n".join(texts.values())))
    unused = []
    for file in texts:
        name = file.as_posix().partition("/templates/")[2]
        theirs = name.split("/")[0] in {"account", "mfa", "socialaccount", "usersessions", "allauth", "django"}
        chosen = re.match(r"(web/components|portal/(vi|en)|forms)/|[^/]+\.html|web/(\d+|paper|csrf)\.html", name)
        if not theirs and not chosen and name not in named and name not in quoted:
            unused.append(name)
    assert unused == []


def is_shipped(kind: type) -> bool:
    """Tell whether a class is the platform's, not one of its tests."""
    return (
        kind.__module__.startswith("tinhso.") and ".tests" not in kind.__module__ and not kind.code.startswith("test.")
    )


def test_every_refusal_says_in_vietnamese_what_is_wrong():
    import_everything()
    known: dict[str, str] = {}
    for file in SRC.rglob("locale/vi/LC_MESSAGES/*.po"):
        known |= {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)) if "fuzzy" not in entry.flags}
    with translation.override(None):
        said = {kind: str(kind.text) for kind in all_refusals() if is_shipped(kind)}
    assert len(said) > 60
    assert [kind.code for kind, text in said.items() if not known.get(text)] == []
    for kind, text in said.items():
        assert set(re.findall(r"{(\w+)", known[text])) <= set(re.findall(r"{(\w+)", text)), kind.code


def test_every_refusal_has_a_code_of_its_own_that_starts_with_its_package():
    import_everything()
    codes: dict[str, type] = {}
    for kind in filter(is_shipped, all_refusals()):
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", kind.code), kind
        same = codes.setdefault(kind.code, kind)
        assert same is kind or issubclass(kind, same) or issubclass(same, kind), (kind, same)
        if kind.__module__.startswith(("tinhso.kernel", "tinhso.modules")):
            parts = kind.__module__.split(".")
            assert kind.code.split(".")[0] in (parts[2], parts[-1]), kind


FORBIDDEN = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|pdb\.set_trace|breakpoint\(\)")


TEXTS = {".py", ".html", ".js", ".ts", ".scss", ".css", ".yaml", ".sh", ".typ", ".toml", ".md"}


def shipped_files():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, tracked.split("\0")):
        file = ROOT / name
        ours = file != Path(__file__) and "docs/plans" not in name and file.exists()
        if ours and file.suffix in TEXTS:
            yield name, file.read_text(encoding="utf-8")


def test_nothing_is_left_to_do_in_the_text():
    assert [name for name, text in shipped_files() if FORBIDDEN.search(text)] == []


def test_no_line_prints():
    """Programs of ours speak through `sys.stdout.write` of a verb, or through the log."""
    loud = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert loud == []


def test_only_doors_read_the_clock():
    """`base.clock.now()` in middleware, commands and the worker; nowhere below."""
    read = {
        file.relative_to(SRC).as_posix()
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "tinhso.base.clock"
        and any(alias.name == "now" for alias in node.names)
    }
    doors = re.compile(r"management/commands/|middleware|/views\.py|sandbox/|site/|/backend\.py|/doors\.py|working\.py")
    assert [name for name in sorted(read) if not doors.search(name)] == []


def test_actions_are_the_only_place_that_saves():
    """Views, queries, forms and templates of modules write no table."""
    writes = {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "save", "delete"}
    found = [
        f"{file.relative_to(SRC)}:{node.lineno} {node.func.attr}"
        for file, tree in sources().items()
        if file.relative_to(SRC).parts[0] == "modules"
        and {"views", "queries", "api", "forms.py", "views.py", "queries.py", "api.py"} & set(file.parts)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in writes
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in {"cache", "actions", "supplement"})
        and "objects" in ast.dump(node.func.value)
    ]
    assert found == []


def test_no_package_imports_upwards_or_sideways():
    """The contracts of pyproject.toml, by import-linter."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_variable_says_what_it_is_for():
    assert len(DECLARED) > 10
    for variable in DECLARED.values():
        assert variable.help.strip(), variable.name
        assert variable.name.startswith("TINHSO_")


def test_every_variable_that_the_code_reads_is_declared():
    """Outside of settings nothing reads TINHSO_… but the launcher, which sets what it reads."""
    told = set(DECLARED) | {"TINHSO_PORT", "TINHSO_TEST_DATABASE", "TINHSO_TEST_CACHE"}
    read: dict[str, str] = {}
    for file, tree in sources().items():
        if "sandbox" in file.parts:
            continue
        for node in filter(is_text, ast.walk(tree)):
            if re.fullmatch(r"TINHSO_[A-Z_]+", node.value):
                read[node.value] = f"{file.relative_to(ROOT)}:{node.lineno}"
    assert {name: place for name, place in read.items() if name not in told} == {}


def test_no_signal_writes_and_no_secret_is_in_the_text():
    texts = {file: file.read_text(encoding="utf-8") for file in sources()}
    # a name that is called is the hook of a field: Django's own, told the row that is being written
    assert [file for file, text in texts.items() if re.search(r"\b(post|pre)_(save|delete)\b(?!\()", text)] == []
    assert settings.SECRET_KEY.startswith("only-for-tests")
    key = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}")
    assert [name for name, text in shipped_files() if key.search(text)] == []


def test_names_of_routes_are_reversible():
    """A name that two routes bear, or none can be reversed, is a dead link waiting to be written."""
    with pytest.raises(NoReverseMatch):
        reverse("onestop:no_such_page")
    assert reverse("onestop:dossier", args=["H47.32.20-221128-0001"]).endswith("H47.32.20-221128-0001/")
