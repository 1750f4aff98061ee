"""
The words of the house: every text that people read, where it stands, and whether it has its Vietnamese.

A text belongs to the nearest folder above it that has a `locale` folder; what has none belongs to `tinhso/locale`.
Texts are found by xgettext, in Python and in templates, and by one step of our own: the first line of a predicate's
docstring in `access.py` is the title of a permission (`base.registry.permissions`). English is the msgid itself.
"""

from __future__ import annotations

import ast
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib  # type: ignore[import-untyped] # has no types
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1]
LEFT_OUT = frozenset(["tests", "migrations", "locale", "__pycache__"])
KEYWORDS = (
    "gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3", "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3", "msgid", "setting:3", "flag:2",
)  # fmt: skip
"""Beside xgettext's own; the first six are Django's, then the law's, then what the settings say they are for."""

type Key = tuple[str, str]
"""Context (or "") and msgid: what names a text."""


def homes() -> list[Path]:
    """Return every folder that keeps its own Vietnamese, the catch-all included."""
    return sorted(path.parent for path in SOURCE.rglob("locale") if path.is_dir())


def catalogue_of(home: Path) -> Path:
    """Return where a folder keeps its Vietnamese."""
    return home / "locale" / "vi" / "LC_MESSAGES" / "django.po"


def texts_of(home: Path) -> dict[Key, polib.POEntry]:
    """Return the texts of a folder, untranslated, in the order of its files. Raises CalledProcessError by xgettext."""
    files = list(_files_of(home))
    with tempfile.TemporaryDirectory() as folder:
        copies = Path(folder)
        for file in files:
            copy = copies / file.relative_to(home)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(_as_python(file), encoding="utf-8")
        found = _xgettext(copies, [str(file.relative_to(home)) for file in files])
    return {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(found)}


def update(home: Path) -> tuple[int, int]:
    """
    Bring a folder's catalogue in line with its texts, keeping what is translated; return how many came and went.

    A folder without texts of its own holds those of a library: it is left alone.
    """
    path = catalogue_of(home)
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old if not entry.obsolete}
    texts = texts_of(home)
    if not texts:
        return 0, 0
    made = polib.POFile(wrapwidth=120)
    made.metadata = {
        "Language": "vi",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key, entry in texts.items():
        if key in known:
            entry.msgstr, entry.msgstr_plural = known[key].msgstr, known[key].msgstr_plural
            entry.flags += [flag for flag in known[key].flags if flag == "fuzzy"]
        if entry.msgid_plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: entry.msgstr}
        made.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path))
    return len(texts.keys() - known.keys()), len(known.keys() - texts.keys())


def untranslated(home: Path) -> list[polib.POEntry]:
    """Return the texts of a folder's catalogue that have no Vietnamese, or one that nobody has looked at (fuzzy)."""
    path = catalogue_of(home)
    if not path.exists():
        return []
    return [entry for entry in polib.pofile(str(path)) if not entry.translated() and not entry.obsolete]


def _files_of(home: Path) -> Iterator[Path]:
    """Yield the Python files and templates that belong to a folder and to none below it."""
    others = [other for other in homes() if other != home and home in other.parents]
    for file in sorted([*home.rglob("*.py"), *home.rglob("*.html"), *home.rglob("*.txt"), *home.rglob("*.js")]):
        if file.suffix != ".py" and "templates" not in file.parts:
            continue
        if LEFT_OUT.isdisjoint(file.relative_to(SOURCE).parts) and not any(other in file.parents for other in others):
            yield file


def _as_python(file: Path) -> str:
    """Return the file as xgettext can read it."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return str(templatize(text, origin=str(file)))
    return text + "".join(f"\ngettext({title!r})" for title in _permission_titles(file, text))


def _permission_titles(file: Path, text: str) -> Iterator[str]:
    if file.name != "access.py":
        return
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("can_"):
            yield (ast.get_docstring(node) or node.name).splitlines()[0]


def _xgettext(folder: Path, files: list[str]) -> str:
    command = [
        "xgettext", "--language=Python", "--from-code=UTF-8", "--add-location=file", "--no-wrap", "--output=-",
        "--force-po", *(f"--keyword={word}" for word in KEYWORDS), "--files-from=-",
    ]  # fmt: skip
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=folder, input="\n".join(files), capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return done.stdout
