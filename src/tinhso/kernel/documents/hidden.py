"""
What a file hides: actions that run when it is opened, a second file in the same bytes, documents that blow up in a reader.

We run none of it; whoever opens the file on a desk might. Sources: ISO 32000-2 §12.6 (actions), ECMA-376 part 2 §8.1.4 (no
DTD in a package), .ZIP File Format Specification 6.3.10 §4.3.16 (end of central directory).
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final

from tinhso.kernel.documents.refusals import Active, TwoInOne, Unreadable

_RUNS: Final = frozenset({"/JavaScript", "/Launch", "/ImportData", "/Rendition", "/GoToE"})
"""Kinds of action that run a script or a program, or open what is attached."""
_CHAIN: Final = 20
"""Actions may be followed by others (`Next`): more in a row than this is no document."""
_PAGES: Final = 3000
_XML_PART: Final = re.compile(r"\.(xml|rels|rdf|vml)$", re.IGNORECASE)
_ENTITY: Final = tuple("<!ENTITY".encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be"))
_PIECE_BYTES: Final = 256 * 1024
_SYMLINK: Final = 0o120000
_TYPE_BITS: Final = 0o170000
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 65_535


def refuse_second_file(file: BinaryIO, *, name: str) -> None:
    """Refuse a PDF or picture whose last bytes end a zip archive: other programs would open it as that. Raises TwoInOne."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        return
    (comment,) = struct.unpack_from("<H", tail, place + _END_BYTES - 2)
    if place + _END_BYTES + comment == len(tail):
        raise TwoInOne(name=name)


def refuse_hostile_members(container: zipfile.ZipFile, head: bytes, *, name: str) -> None:
    """
    Read every member to its end, which checks its sum, and refuse what an Office file never has.

    Raises TwoInOne (a PDF in the same bytes), Active (XML entities), Unreadable (members that lead out of the file); and what
    zipfile raises for a member that is damaged.
    """
    if b"%PDF-" in head[:1024]:
        raise TwoInOne(name=name)
    for member in container.infolist():
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if ".." in parts or (member.external_attr >> 16) & _TYPE_BITS == _SYMLINK:
            raise Unreadable(name=name)
        with container.open(member) as inside:
            if _has_entity(inside, is_xml=bool(_XML_PART.search(member.filename))):
                raise Active(name=name)


def _has_entity(inside: Any, *, is_xml: bool) -> bool:
    tail = b""
    while piece := inside.read(_PIECE_BYTES):
        window = tail + piece
        if is_xml and any(mark in window for mark in _ENTITY):
            return True
        tail = window[-16:]
    return False


def refuse_actions(reader: Any, *, name: str) -> None:
    """
    Refuse a PDF that runs a script or a program by being opened, turned over or clicked. Raises Active.

    `reader` is pypdf's. Looks at the catalogue, the pages and their annotations, never at what they show. Scripts that only
    compute the fields of a form stay: public bodies print such forms, and they run when somebody types.
    """
    root = reader.root_object
    if _at(_at(root, "/Names"), "/JavaScript") is not None or any(_runs(action) for action in _opening(root)):
        raise Active(name=name)
    for number, page in enumerate(reader.pages):
        if number >= _PAGES:
            return
        if any(_runs(action) for action in _of_page(page)):
            raise Active(name=name)


def _opening(root: Any) -> Iterator[Any]:
    yield _at(root, "/OpenAction")
    yield from _triggers(root)


def _of_page(page: Any) -> Iterator[Any]:
    yield from _triggers(page)
    for annotation in _items(_at(page, "/Annots")):
        yield _at(annotation, "/A")
        # a field of a form may compute; what is no field may not
        if _at(annotation, "/Subtype") != "/Widget":
            yield from _triggers(annotation)


def _triggers(holder: Any) -> Iterator[Any]:
    triggers = _resolved(_at(holder, "/AA"))
    if isinstance(triggers, dict):
        for key in list(triggers):
            yield _at(triggers, key)


def _runs(action: Any, depth: int = 0) -> bool:
    action = _resolved(action)
    if not isinstance(action, dict):
        return False
    if _at(action, "/S") in _RUNS or depth >= _CHAIN:
        return True
    following = _resolved(_at(action, "/Next"))
    return any(_runs(one, depth + 1) for one in (_items(following) if isinstance(following, list) else [following]))


def _items(value: Any) -> list[Any]:
    value = _resolved(value)
    return [_resolved(one) for one in value] if isinstance(value, list) else []


def _at(holder: Any, key: str) -> Any:
    held: Any = _resolved(holder)
    return _resolved(held.raw_get(key)) if hasattr(held, "raw_get") and key in held else None


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
