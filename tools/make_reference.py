"""
Write docs/reference/ from the running code: settings, modules, refusals, events, permissions, figures, flows, forms, commands.

`tools/make_reference.py` writes the files; `tools/make_reference.py --check` names those that differ and returns 1. Pages
are in English, since they are read beside the code. Nothing here depends on the machine: no path, no value of a secret.
"""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "reference"
HEAD = "<!-- Written by tools/make_reference.py; change the code, then run it again. -->\n\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; bars and line ends in cells are made harmless."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = [" ".join(str(cell).split()).replace("|", "\\|") for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def code(value: object) -> str:
    """Return the value as code, or nothing for nothing."""
    text = str(value)
    return f"`{text}`" if text else ""


def first_line(thing: object) -> str:
    """Return the first sentence of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


def commands() -> str:
    """Return the page of the launcher's verbs."""
    from tinhso.site.launch.__main__ import VERBS

    rows = [(code(f"./tinhso {name}"), text) for name, (_module, text, _vietnamese) in VERBS.items()]
    return "# Commands\n\nOne verb per task.\n\n" + table(("command", "what it does"), rows)


def settings() -> str:
    """Return the page of environment variables, read from a process of its own: this one may run with test settings."""
    script = (
        "import json; from tinhso.base.env import DECLARED; import tinhso.site.settings.base;"
        "print(json.dumps([[v.name, v.default, v.help, v.secret] for v in DECLARED.values()]))"
    )
    import json
    import tempfile

    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    with tempfile.TemporaryDirectory() as folder:
        given = {**kept, "TINHSO_DATA": folder, "TINHSO_SECRET_KEY": "x" * 50, "PYTHONPATH": str(ROOT / "src")}
        answer = subprocess.run([sys.executable, "-c", script], env=given, capture_output=True, text=True, check=True)
    rows = []
    for name, default, text, secret in sorted(json.loads(answer.stdout)):
        shown = default.replace(f"{ROOT}/", "")
        rows.append((code(name), code(shown) or "(empty)", text + (" (secret)" if secret else "")))
    return (
        "# Settings\n\nEnvironment variables. `./tinhso settings` lists the same. Secrets without a default are made on"
        " first start and kept in the data folder.\n\n" + table(("variable", "default", "what it is for"), rows)
    )


def modules() -> str:
    """Return the page of manifests and their loans."""
    from tinhso.base.registry import Event, Permission, registry

    parts = ["# Modules and what they lend\n\nEvents and permissions have pages of their own.\n"]
    for package, module in registry.modules().items():
        mount = module.slug if module.mount is None else module.mount
        facts = [f"address `/{mount}/`" if mount else "address `/`", f"prefix `{module.prefix}`"]
        if module.serves:
            facts.append("serves " + ", ".join(module.serves))
        parts.append(f"\n## {package.removeprefix('tinhso.')}: {module.title}\n\n{'; '.join(facts)}\n\n")
        loans = [loan for loan in flat(module.lends) if not isinstance(loan, Event | Permission)]
        rows = [(type(loan).__name__, code(loan.key), getattr(loan, "title", "")) for loan in loans]
        parts.append(table(("loan", "key", "title"), rows) if rows else "Lends events and permissions only.\n")
    return "".join(parts)


def flat(lends: Any) -> list[Any]:
    """Return loans one by one: manifests may group them."""
    return [loan for item in lends for loan in (flat(item) if isinstance(item, (list, tuple)) else [item])]


def refusals() -> str:
    """Return the page of refusals."""
    from tinhso.base.refusals import all_refusals
    from tinhso.site.launch.look import import_everything

    import_everything()
    ours = [
        kind
        for kind in all_refusals()
        if kind.__module__.startswith("tinhso.") and not re.search(r"\.(tests|sandbox)\b", kind.__module__)
    ]
    rows = [(code(kind.code), int(kind.status), kind.text, kind.law, code(where(kind))) for kind in ours]
    return (
        "# Refusals\n\nA refusal is an answer that says no and what to do. The API gives its code, both languages and its"
        " law (RFC 9457).\n\n" + table(("code", "status", "text", "law", "class"), rows)
    )


def where(kind: type) -> str:
    """Return the dotted place of a class, without the root package."""
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("tinhso.")


def events() -> str:
    """Return the page of events."""
    from tinhso.base.registry import Event, registry

    rows = [(code(e.key), e.title, "yes" if e.public else "") for e in registry.of(Event)]
    return (
        "# Events\n\nEvery act leaves one line or more in the journal. Of a public event, a receipt page shows title, time"
        " and subject key.\n\n" + table(("event", "title", "public"), rows)
    )


def permissions() -> str:
    """Return the page of permissions."""
    from tinhso.base.registry import Permission, registry

    rows = [(code(p.key), p.title) for p in registry.of(Permission)]
    return "# Permissions\n\nEach is a predicate of the package's `access.py`; the sentence says who may.\n\n" + table(
        ("permission", "what and who"), rows
    )


def figures() -> str:
    """Return the page of national figures with sources and whether they were checked."""
    from tinhso.law.figures import all_figures

    rows = []
    for key, figure in sorted(all_figures().items()):
        for value in figure.values:
            until = value.until.isoformat() if value.until else ""
            checked = "yes" if value.verified else "**no**"
            rows.append(
                (code(key), figure.about_en, code(value.value), figure.unit, value.since, until, value.source, checked)
            )
    columns = ("figure", "about", "value", "unit", "from", "until", "source", "checked")
    return (
        "# National figures\n\nFrom `src/tinhso/law/figures/*.yaml`. “Checked: no” means that nobody has read the value in"
        " the text itself; pages say so where they use it. Holidays lie in `figures/calendar/`.\n\n"
        + table(columns, rows)
    )


def bpmn() -> str:
    """Return the page of the BPMN subset: what runs, what is refused and why."""
    from tinhso.kernel.casework.bpmn.events import ALLOWED
    from tinhso.kernel.casework.bpmn.faults import REASONS
    from tinhso.kernel.casework.bpmn.graph import ACTIVITIES
    from tinhso.kernel.casework.bpmn.reader import GATES, PASSIVE, TASKS
    from tinhso.kernel.casework.bpmn.source import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS
    from tinhso.kernel.organisation.public import ROLES

    names = {"": "plain", "messageEventDefinition": "message", "timerEventDefinition": "timer"}
    names["terminateEventDefinition"] = "terminate"
    runs = [(code(tag), "step") for tag in TASKS] + [(code(tag), "gateway") for tag in GATES]
    runs += [(code("subProcess"), "embedded"), (code("callActivity"), "a process of this file or a loaded flow")]
    runs += [(code(tag), "event: " + ", ".join(sorted(names[one] for one in kinds))) for tag, kinds in ALLOWED.items()]
    runs.append(
        (code("multiInstanceLoopCharacteristics"), "on " + ", ".join(sorted(ACTIVITIES)) + "; all instances end")
    )
    refused = [(code(kind), text) for kind, text in REASONS.items() if kind != "other"]
    limits = f"at most {MAX_BYTES // 1024} kB, {MAX_ELEMENTS} elements, {MAX_DEPTH} levels; no DTD"
    return (
        f"# BPMN subset\n\nA flow is a BPMN 2.0 file: {limits}. Roles: {', '.join(map(code, ROLES))}.\n"
        f"How to draw one: [draw a flow](../how-to/draw-a-flow.md).\n\n## Runs\n\n{table(('element', 'as'), runs)}\n"
        f"Drawn or described, not run: {', '.join(map(code, sorted(PASSIVE)))}.\n\n"
        f"## Attributes of `urn:tinhso:bpmn`\n\n{table(('attribute', 'on', 'meaning'), ATTRIBUTES)}\n"
        f"## Refused, and what to do instead\n\n{table(('element', 'reason'), refused)}"
    )


ATTRIBUTES = (
    ("`tinhso:role`", "step, lane", "who does it; without it the lane's name"),
    (
        "`tinhso:agency`",
        "step, lane",
        "place of the case (`desk`, `office`, `agency`, one of the procedure's own) or the item",
    ),
    ("`tinhso:within`", "step, timer", "working time: `4h`, `2d`, `0.5d`"),
    ("`tinhso:outcomes`", "step", "its buttons: `code:Label,code:Label`; else read from the gateway after it"),
    ("`tinhso:form`", "step", "which page of the module does it, e.g. `receive`, `process`, `sign`"),
    ("`tinhso:nameEn`", "any", "name in English"),
    ("`tinhso:outcome`", "arrow", 'short for the condition `outcome == "…"`'),
    (
        "`tinhso:not-same-as`",
        "user or manual task",
        "ids of steps that whoever does this one does not do in the case; it holds both ways",
    ),
    ("`tinhso:condition`", "arrow", "CEL; the same as a `conditionExpression`"),
    ("`tinhso:collection`", "repeated activity", "CEL that gives the items"),
    ("`tinhso:element`", "repeated activity", "name of the item inside; `item` without it"),
    ("`tinhso:collect`", "repeated activity", "variable that receives item, outcome and officer of each instance"),
    ("`tinhso:service`", "service task", "key of a `ServiceTask` loan"),
    ("`tinhso:message`", "message event, send or receive task", "name of the message"),
    ("`tinhso:template`", "send task, throw event", "which text is sent"),
)


def forms() -> str:
    """Return the page of the words that a form file may use."""
    from tinhso.kernel.forms.definition import vocabulary as known
    from tinhso.kernel.forms.definition.problems import TEXTS
    from tinhso.kernel.forms.prefill import SOURCES

    def words(found: Iterable[str]) -> str:
        return ", ".join(map(code, sorted(found)))

    rows = [("the form", words(known.FORM)), ("every question", words(known.FIELD))]
    rows += [(f"`type: {kind}` besides", words(found - known.FIELD)) for kind, found in known.BY_TYPE.items()]
    rows += [("inside `if`, `then`, `else`", words(known.LOGIC))]
    widgets = [(code(kind), words(found)) for kind, found in known.WIDGETS.items()]
    problems = [(code(f"forms.{key}"), text) for key, text in TEXTS.items()]
    return (
        "# Form keywords\n\nA form is JSON Schema 2020-12 with these words and no others: a misspelt one is a fault at"
        f" load. How to write one: [write a form](../how-to/write-a-form.md).\n\n## Keywords\n\n{table(('in', 'words'), rows)}\n"
        f"## Widgets by type\n\n{table(('type', 'widgets'), widgets)}\n"
        f"Formats: {words(known.FORMATS)}. Widths: {words(known.WIDTHS)}. Prefill from: {words(SOURCES)}.\n"
        f"Up to {known.CHOICES_SHOWN_AS_RADIOS} choices are radios, more are a list.\n\n"
        f"## Faults\n\n{table(('code', 'text'), problems)}"
    )


WORDS = {"200": "yes", "201": "yes", "204": "yes", "302": "on", "login": "sign in", "401": "sign in", "403": "no",
         "404": "hidden", ".": ""}  # fmt: skip


def access() -> str:
    """Return the page of who is answered what at which address, from the table that is checked by asking."""
    lines = (ROOT / "tests" / "meta" / "routes.txt").read_text("utf-8").splitlines()
    about = " ".join(line[2:] for line in lines if line.startswith("# "))
    head = next(line[1:].split() for line in lines if line.startswith("#route"))
    spaces: dict[str, list[list[str]]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            route, method, station, *answers = line.split()
            space, _colon, name = route.partition(":")
            told = [WORDS.get(answer, answer) for answer in answers]
            spaces.setdefault(space, []).append([code(name), method, "" if station == "-" else station, *told])
    parts = [f"## {space}\n\n{table(('address', *head[1:]), rows)}" for space, rows in spaces.items()]
    return (
        "# Who is answered what\n\nEvery address asked by everybody: `tests/meta/test_routes.py` asks them anew and holds the"
        f" answers against `tests/meta/routes.txt`.\n\n{about}\n\nyes: answered; on: done, or sent to another page; sign in:"
        " who is it?; no: known, and may not; hidden: as if there were nothing; other numbers are HTTP statuses of a request"
        " that lacks something.\n\n" + "\n".join(parts)
    )


def inspection_facts() -> str:
    """Return the page of facts that scenarios of inspection may speak of."""
    from tinhso.base.registry import registry
    from tinhso.kernel.casework.public import CaseFacts

    parts = [
        (
            "# Facts for inspection\n\nWhat the condition of a scenario may speak of"
            " ([how to write one](../how-to/write-a-scenario.md)). What is unknown is empty, zero or false.\n"
        )
    ]
    for loan in registry.of(CaseFacts):
        parts.append(f"\n## {loan.kind}\n\n")
        parts.append(table(("fact", "kind", "what it is"), [(code(f.name), f.kind, f.title) for f in loan.facts]))
        parts.append("\nWhat is waited for (`every: {waiting: …}`):\n\n")
        parts.append(table(("waiting", "what it is"), [(code(each.key), each.title) for each in loan.waiting]))
    return "".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "settings.md": settings,
    "modules.md": modules,
    "refusals.md": refusals,
    "events.md": events,
    "permissions.md": permissions,
    "access.md": access,
    "figures.md": figures,
    "bpmn.md": bpmn,
    "forms.md": forms,
    "inspection-facts.md": inspection_facts,
}


def page(name: str) -> str:
    """Return what the file `docs/reference/<name>` must hold now. Django must be set up."""
    from django.utils.translation import override

    with override("en"):
        return HEAD + re.sub(r"\n{3,}", "\n\n", PAGES[name]())


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` say which differ."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    import django

    django.setup()
    OUT.mkdir(parents=True, exist_ok=True)
    differ = [name for name in PAGES if not (OUT / name).exists() or (OUT / name).read_text("utf-8") != page(name)]
    if "--check" in arguments:
        for name in differ:
            print(f"docs/reference/{name} is out of date: run tools/make_reference.py")
        return bool(differ)
    for name in differ:
        (OUT / name).write_text(page(name), "utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
