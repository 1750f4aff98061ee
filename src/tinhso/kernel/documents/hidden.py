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

from tinhso.kernel.documents.refusals import Active, TooManyPages, TwoInOne, Unreadable

_RUNS: Final = frozenset({"/JavaScript", "/Launch", "/ImportData", "/Rendition", "/GoToE"})
"""Kinds of action that run a script or a program, or open what is attached."""
_CHAIN: Final = 20
"""Actions may be followed by others (`Next`): more in a row than this is no document."""
_PAGES: Final = 3000
"""A file of more is refused: no page comes in that nobody looked at."""
_LOOKS: Final = 100_000
"""How many annotations, triggers, lines of the outline and actions are looked at in one file: about a second."""
_COMPUTING: Final = frozenset({"/K", "/F", "/V", "/C"})
"""What a field of a form does when somebody types in it (ISO 32000-2 §12.6.3); all else of it runs by itself."""
_XML_PART: Final = re.compile(r"\.(xml|rels|rdf|vml)$", re.IGNORECASE)
_ENTITY: Final = tuple("<!ENTITY".encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be"))
_PIECE_BYTES: Final = 256 * 1024
_SYMLINK: Final = 0o120000
_TYPE_BITS: Final = 0o170000
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 65_535
_DIRECTORY_AT: Final = 12
"""Where an end record tells how long the directory is and where it begins."""
_MEMBER: Final = b"PK\x01\x02"
_LOCATOR: Final = b"PK\x06\x07"
_LOCATOR_BYTES: Final = 20


def refuse_second_file(file: BinaryIO, *, name: str) -> None:
    """Refuse a PDF or picture whose last bytes end a zip archive: other programs would open it as that. Raises TwoInOne."""
    size = file.seek(0, 2)
    begin = max(0, size - _END_BYTES - _LONGEST_COMMENT)
    file.seek(begin)
    tail = file.read()
    place = tail.find(_END)
    while 0 <= place <= len(tail) - _END_BYTES:
        (comment,) = struct.unpack_from("<H", tail, place + _END_BYTES - 2)
        if place + _END_BYTES + comment == len(tail) or _ends_archive(
            file, tail[place : place + _END_BYTES], begin + place
        ):
            raise TwoInOne(name=name)
        place = tail.find(_END, place + 1)


def _ends_archive(file: BinaryIO, record: bytes, place: int) -> bool:
    """Tell whether the directory that an end record speaks of is there: before it, or where it says; also the larger kind."""
    directory_bytes, offset = struct.unpack_from("<LL", record, _DIRECTORY_AT)
    starts = ((place - directory_bytes, _MEMBER), (offset, _MEMBER), (place - _LOCATOR_BYTES, _LOCATOR))
    for start, mark in starts:
        if 0 <= start < place:
            file.seek(start)
            if file.read(len(mark)) == mark:
                return True
    return False


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
    Refuse a PDF that runs a script or a program by being opened, turned over or clicked. Raises Active, TooManyPages.

    `reader` is pypdf's. Looks at the catalogue, the outline, the pages and their annotations, never at what they show.
    Scripts that only compute the fields of a form stay: public bodies print such forms, and they run when somebody types.
    """
    if len(reader.pages) > _PAGES:
        raise TooManyPages(name=name, limit=_PAGES)
    root, look = reader.root_object, _Look()
    held = (_opening(root, look), _outline(root, look), *(_of_page(page, look) for page in reader.pages))
    has_named = _at(_at(root, "/Names"), "/JavaScript") is not None
    try:
        if has_named or any(look.runs(action) for actions in held for action in actions):
            raise Active(name=name)
    except _TooMuch as error:
        raise Active(name=name) from error


class _TooMuch(Exception):  # noqa: N818 - ends a look; nobody outside sees it
    """More to look at than any document has."""


class _Look:
    """One look through one PDF: each action once, and so many things in all, however the file points at itself."""

    def __init__(self) -> None:
        self._left = _LOOKS
        # by identity, and kept: what was thrown away would give its identity to another
        self._seen: dict[int, Any] = {}

    def spend(self) -> None:
        """Count one thing looked at. Raises _TooMuch."""
        self._left -= 1
        if self._left < 0:
            raise _TooMuch

    def is_new(self, thing: Any) -> bool:
        """Tell whether this is looked at for the first time, and remember it."""
        is_new = id(thing) not in self._seen
        self._seen[id(thing)] = thing
        return is_new

    def runs(self, action: Any, before: tuple[int, ...] = ()) -> bool:
        """Tell whether an action or one that follows it runs something, or they follow each other without end."""
        action = _resolved(action)
        if not isinstance(action, dict):
            return False
        self.spend()
        if id(action) in before or len(before) >= _CHAIN or _at(action, "/S") in _RUNS:
            return True
        if not self.is_new(action):
            return False
        following = _at(action, "/Next")
        followers = self.items(following) if isinstance(following, list) else [following]
        return any(self.runs(one, (*before, id(action))) for one in followers)

    def items(self, value: Any) -> Iterator[Any]:
        """Return what a list holds, one by one; nothing for what is no list."""
        value = _resolved(value)
        for one in value if isinstance(value, list) else []:
            self.spend()
            yield _resolved(one)


def _opening(root: Any, look: _Look) -> Iterator[Any]:
    yield _at(root, "/OpenAction")
    yield from _triggers(root, look)


def _outline(root: Any, look: _Look) -> Iterator[Any]:
    """Return what the lines of the outline do when they are clicked (§12.3.3)."""
    waiting = [_at(root, "/Outlines")]
    while waiting:
        line = waiting.pop()
        look.spend()
        if isinstance(line, dict) and look.is_new(line):
            yield _at(line, "/A")
            waiting += [_at(line, "/Next"), _at(line, "/First")]


def _of_page(page: Any, look: _Look) -> Iterator[Any]:
    yield from _triggers(page, look)
    for annotation in look.items(_at(page, "/Annots")):
        yield _at(annotation, "/A")
        is_field = _at(annotation, "/Subtype") == "/Widget"
        yield from _triggers(annotation, look, without=_COMPUTING if is_field else frozenset())


def _triggers(holder: Any, look: _Look, *, without: frozenset[str] = frozenset()) -> Iterator[Any]:
    triggers = _at(holder, "/AA")
    if isinstance(triggers, dict):
        for key in triggers:
            look.spend()
            if key not in without:
                yield _at(triggers, key)


def _at(holder: Any, key: str) -> Any:
    held: Any = _resolved(holder)
    return _resolved(held.raw_get(key)) if hasattr(held, "raw_get") and key in held else None


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
