"""
The text of a file: plain text, HTML, Word (ECMA-376) or a PDF that has letters; a scan has none, and is read elsewhere.

Cells of tables come out between lines that are a stroke (`|`), as `tables` reads them. What a file claims of its own size is not
believed: the parts of a Word file are unpacked up to a limit, and nothing outside of the file is looked at.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree, html
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from tinhso.modules.plan.queries.reading.text import MOST_LETTERS

MOST_UNPACKED = 64 * 1024**2
MOST_PAGES = 400
LEAST_LETTERS = 40
"""Letters of a page, on average, below which a PDF is pictures of pages."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "center",
        "pre",
        "dt",
        "dd",
    ]
)
_SILENT = frozenset(["script", "style", "head", "noscript", "template", "svg", "iframe", "object", "form", "nav"])
_CODINGS = ("utf-8-sig", "utf-16")


class UnreadError(ValueError):
    """No text can be had of a file; the text is one of `not_text`, `damaged`, `empty`, `too_large`."""


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file; a scan has pages and no text."""

    text: str
    pages: int = 0
    is_scan: bool = False


def text_of(content: bytes) -> FileText:
    """Return the text of a file, whose kind is told by its first bytes. Raises UnreadError."""
    if not content.strip():
        raise UnreadError("empty")
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        return FileText("", 1, is_scan=True)
    if content.startswith(b"PK\x03\x04"):
        return FileText(_docx(content))
    text = _decoded(content)
    return FileText(
        _html(text) if re.search(r"<(?:!doctype html|html|body|table|p|div)\b", text[:4000], re.IGNORECASE) else text
    )


def _decoded(content: bytes) -> str:
    coding = _CODINGS[1] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else _CODINGS[0]
    try:
        text = content.decode(coding)
    except UnicodeDecodeError as error:
        raise UnreadError("not_text") from error
    if "\x00" in text:
        raise UnreadError("not_text")
    return _long_enough(text)


def _long_enough(text: str) -> str:
    if len(text) > MOST_LETTERS:
        raise UnreadError("too_large")
    if not text.strip():
        raise UnreadError("empty")
    return text


def _html(text: str) -> str:
    try:
        root = html.document_fromstring(
            text.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise UnreadError("damaged") from error
    parts: list[str] = []
    _walk_html(root, parts)
    return _long_enough(_tidy("".join(parts)))


def _walk_html(root: html.HtmlElement, parts: list[str]) -> None:
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if node.tail:
                parts.append(" ".join(node.tail.split()))
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            if tag in _SILENT:
                node.text, node[:] = None, []
                continue
            if tag in _BLOCKS:
                parts.append("\n")
            parts.append(_words(node.text))
        else:
            if tag in ("td", "th"):
                parts.append("\n|\n")
            elif tag in _BLOCKS:
                parts.append("\n")
            parts.append(_words(node.tail))


def _words(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", text))


def _docx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("word/document.xml") as part:
            data = part.read(MOST_UNPACKED + 1)
        if len(data) > MOST_UNPACKED:
            raise UnreadError("too_large")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        body = etree.fromstring(data, parser).find(f"{_WORD}body")
    except KeyError as error:
        raise UnreadError("not_text") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        etree.XMLSyntaxError,
    ) as error:
        raise UnreadError("damaged") from error
    if body is None:
        raise UnreadError("damaged")
    parts: list[str] = []
    for block in body:
        if block.tag == f"{_WORD}tbl":
            for cell in block.iter(f"{_WORD}tc"):
                parts += [" ".join(_line(each) for each in cell.iter(f"{_WORD}p")).strip(), "|"]
        else:
            parts += [line for each in block.iter(f"{_WORD}p") for line in _line(each).split("\n")] + [""]
    return _long_enough("\n".join(parts))


def _line(paragraph: etree._Element) -> str:
    """Return the words of a paragraph as they stand now: what was struck out under tracked changes is not part of it."""
    parts = paragraph.iter(f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr")
    return "".join(
        node.text or "" if node.tag == f"{_WORD}t" else " " if node.tag == f"{_WORD}tab" else "\n" for node in parts
    )


def _pdf(content: bytes) -> FileText:
    try:
        reader = PdfReader(io.BytesIO(content))
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            raise UnreadError("too_large")
        text = "\n\n".join(page.extract_text() for page in reader.pages)
    except (PyPdfError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError, zlib.error) as error:
        raise UnreadError("damaged") from error
    if len("".join(text.split())) < LEAST_LETTERS * max(pages, 1):
        return FileText("", pages, is_scan=True)
    return FileText(_long_enough(text), pages)
