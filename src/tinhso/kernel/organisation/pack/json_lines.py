"""Where each value of a JSON text stands. Run only when there is a fault to point at, on text that is known to parse."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

_SKIP = re.compile(r"[\s,:]*")
_PLAIN = re.compile(r"[^\s,:\]}]+")


def lines(text: str) -> dict[str, int]:
    """Return the line of each value by JSON Pointer; a member of an object stands where its key stands."""
    return _Scan(text).run()


def line_of_second(text: str, key: str) -> int:
    """Return the line where a key is given for the second time within one object."""
    return _Scan(text).run_until_twice(key)


class _Scan:
    """Goes through a JSON text once, keeping the path of the value at hand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.found: dict[str, int] = {}
        self.twice: list[tuple[str, int]] = []

    def run(self) -> dict[str, int]:
        self._value(self._skip(0), "")
        return self.found

    def run_until_twice(self, key: str) -> int:
        self.run()
        return next((line for name, line in self.twice if name == key), 1)

    def _line(self, index: int) -> int:
        return bisect_right(self.starts, index)

    def _skip(self, index: int) -> int:
        match = _SKIP.match(self.text, index)
        return match.end() if match else index

    def _value(self, index: int, at: str) -> int:
        self.found.setdefault(at, self._line(index))
        if self.text[index] == "{":
            return self._members(index + 1, at)
        if self.text[index] == "[":
            return self._items(index + 1, at)
        if self.text[index] == '"':
            return json.decoder.scanstring(self.text, index + 1)[1]  # type: ignore[attr-defined,no-any-return]
        match = _PLAIN.match(self.text, index)
        return match.end() if match else index + 1

    def _members(self, index: int, at: str) -> int:
        keys: set[str] = set()
        index = self._skip(index)
        while self.text[index] != "}":
            key, end = json.decoder.scanstring(self.text, index + 1)  # type: ignore[attr-defined]
            if key in keys:
                self.twice.append((key, self._line(index)))
            keys.add(key)
            below = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
            self.found.setdefault(below, self._line(index))
            index = self._skip(self._value(self._skip(end), below))
        return index + 1

    def _items(self, index: int, at: str) -> int:
        count, index = 0, self._skip(index)
        while self.text[index] != "]":
            index = self._skip(self._value(index, f"{at}/{count}"))
            count += 1
        return index + 1
