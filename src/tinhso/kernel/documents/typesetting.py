"""
Papers as PDF, set by typst: a template of an app's `pdf/` folder, and data that stay data.

Data go in as JSON and come out as strings in the template (`data.name`), so nothing a citizen typed is ever read as
markup. The same template, data and moment give the same bytes. About 25 ms for a receipt on the first call of a thread,
less afterwards.
"""

from __future__ import annotations

import io
import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise

PACKAGES = Path(__file__).parent / "pdf"
ARCHIVE: typst.PDFStandard = "a-2b"
"""PDF/A-2b: what an archive may keep (ISO 19005-2)."""
_WITHOUT_GLYPH = (
    re.compile(r"[^\x00-\x7e\u00a0-\u04ff\u1e00-\u1eff\u2000-\u25ff]"),
    re.compile(r"[^\x00-\x7e\u00a0-\u017f\u01a0-\u01b0\u1ea0-\u1ef9\u2010-\u2026\u25a1]"),
)
"""
What the fonts of the house are not sure to have: they hold Latin, Greek, Cyrillic, signs and arrows; then, where a mark on a
letter that it does not belong to was too much, all but the letters of Vietnamese and its neighbours.
"""
_log = logging.getLogger(__name__)
_local = threading.local()


class BrokenTemplate(RuntimeError):  # noqa: N818 - named like BrokenAct: what is broken
    """A template that does not compile with the data it was given: a bug, with typst's own words."""


def render_pdf(
    template: str | Path, data: Mapping[str, Any], *, at: datetime, standard: typst.PDFStandard = ARCHIVE
) -> bytes:
    """
    Return the PDF of a template: `"onestop/receipt"` is `pdf/receipt.typ` in the app `onestop`; a Path is taken as it is.

    `at` is the moment written into the file; `standard` one of typst's PDF standards. Each `signature-block(field: …)`
    becomes an empty signature field. Raises BrokenTemplate, LookupError for no such template.
    """
    path = find_template(template)
    begun = time.perf_counter()
    compiler = _compiler(path.parent)
    inputs = json.dumps(data, ensure_ascii=False, default=_plain)
    try:
        pdf = _compile_shown(compiler, path, inputs, at, standard)
        fields = json.loads(compiler.query("<signature-field>", field="value"))
    except typst.TypstError as error:
        raise BrokenTemplate(f"{path}: {error.message}\n{error.diagnostic}") from error
    made = _with_fields(pdf, fields) if fields else pdf
    _log.debug("rendered %s in %.1f ms, %d bytes", template, (time.perf_counter() - begun) * 1000, len(made))
    return made


def _compile_shown(
    compiler: typst.Compiler, path: Path, inputs: str, at: datetime, standard: typst.PDFStandard
) -> bytes:
    """Compile; PDF/A forbids a character without a glyph, and people type emoji: rather a box than no paper."""
    for without in _WITHOUT_GLYPH:
        try:
            return _compile(compiler, path, inputs, at, standard)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
            inputs = without.sub("□", inputs)
    return _compile(compiler, path, inputs, at, standard)


def _compile(compiler: typst.Compiler, path: Path, inputs: str, at: datetime, standard: typst.PDFStandard) -> bytes:
    pdf = compiler.compile(
        input=path, format="pdf", sys_inputs={"data": inputs}, pdf_standards=standard, timestamp=int(at.timestamp())
    )
    assert isinstance(pdf, bytes)
    return pdf


def find_template(template: str | Path) -> Path:
    """Return the path of a template. Raises LookupError when no app has it."""
    if isinstance(template, Path):
        path = template
    else:
        label, _slash, name = template.partition("/")
        path = Path(apps.get_app_config(label).path) / "pdf" / f"{name}.typ"
    if not path.is_file():
        raise LookupError(f"no template at {path}")
    return path


def qr_svg(text: str) -> str:
    """Return the QR code of a text (ISO/IEC 18004, error correction M) as SVG, for `qr()` in a template."""
    # few papers carry one
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=True)
    return out.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of the house: those the build put in place, else what typst carries. Never the machine's."""
    folders = [str(folder) for folder in settings.FONT_DIRS if Path(folder).is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _compiler(root: Path) -> typst.Compiler:
    """Return this thread's compiler for a template folder: parsed sources and the library stay with it."""
    compilers: dict[Path, typst.Compiler] = _local.__dict__.setdefault("compilers", {})
    if root not in compilers:
        compilers[root] = typst.Compiler(root=root, font_paths=_fonts(), package_path=PACKAGES)
    return compilers[root]


def _with_fields(pdf: bytes, fields: list[dict[str, Any]]) -> bytes:
    # pyHanko is slow to import, and most papers have no place for a signature
    from tinhso.kernel.documents.pades.fields import add_empty_fields

    return add_empty_fields(pdf, fields)


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, Promise | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
