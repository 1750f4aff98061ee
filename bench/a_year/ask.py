"""Screens asked as people ask them: a browser without a window, at a played moment, and the tables that it shows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.test import Client
from lxml import html
from tests.doors import come_in

from tinhso.base import clock
from tinhso.kernel.identity.public import find_account


@contextmanager
def standing_at(at: datetime) -> Iterator[None]:
    """Have every door read this moment from the clock."""
    real, clock.now = clock.now, lambda: at
    try:
        yield
    finally:
        clock.now = real


class Screens:
    """The pages as an official sees them, in English: words are compared, so one language has to be chosen."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.browsers: dict[str, Client] = {}
        self.asked: list[str] = []

    def get(self, who: str, path: str) -> Any:
        """Return the answer to a page. Raises AssertionError when it is not shown."""
        if who not in self.browsers:
            client = Client(headers={"accept-language": "en", "host": "localhost"})
            self.browsers[who] = come_in(client, find_account(who), at=self.at) if who else client
        answer = self.browsers[who].get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code} to {who or 'a visitor'}"
        self.asked.append(path)
        return answer

    def page(self, who: str, path: str) -> Page:
        """Return a page, read."""
        return Page(self.get(who, path).content)


class Page:
    """A page as somebody reads it."""

    def __init__(self, content: bytes) -> None:
        self.tree = html.fromstring(content.decode())
        self.hrefs = [str(link) for link in self.tree.xpath("//a/@href")]
        for gone in self.tree.xpath("//script|//style|//svg|//nav|//header|//footer"):
            gone.drop_tree()

    @property
    def text(self) -> str:
        """Return all its words, spaces made single."""
        return _words(self.tree)

    def tables(self) -> list[list[list[str]]]:
        """Return its tables as rows of cells."""
        return [
            [[_words(cell) for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")]
            for table in self.tree.xpath("//table")
        ]

    def rows(self) -> list[list[str]]:
        """Return the rows of all its tables, without the headings."""
        return [row for table in self.tables() for row in table[1:]]

    def number(self, pattern: str) -> int:
        """Return the number that stands where the pattern has its group. Raises AssertionError when it stands nowhere."""
        found = re.search(pattern, self.text)
        assert found, f"“{pattern}” stands nowhere in: {self.text[:600]}"
        return int(re.sub(r"\D", "", found[1]))

    def links(self, pattern: str) -> list[str]:
        """Return where its links lead, those that match."""
        return [link for link in self.hrefs if re.search(pattern, link)]


def _words(element: Any) -> str:
    # an element that ends a line ends a word
    for br in element.xpath(".//br"):
        br.tail = " " + (br.tail or "")
    return " ".join(" ".join(element.itertext()).split())


def read_pdf(content: bytes) -> str:
    """Return the words of a paper, spaces made single."""
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())
