"""No page shows an official a link to a page that refuses them: everybody of the demonstration follows every link they see."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urldefrag, urljoin

from lxml import html

BEGIN = ("/mot-cua/", "/chat-luong/co-quan/")
DEPTH = 2
ALIKE = 2
"""Of addresses that differ only in what they are about, so many are followed by one person."""
WIDE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]+[0-9][^/]*|\d+(?:[.\-]\d+)*")


def kind_of(address: str) -> str:
    """Return an address without what it is about, and without what it asks."""
    return WIDE.sub("*", address.partition("?")[0])


def links_of(text: str, base: str) -> list[str]:
    """Return the addresses of our own that the main content links to, and those of the menus."""
    found = [
        urldefrag(urljoin(base, str(each)))[0]
        for each in html.fromstring(text).xpath("//main//a[@href]/@href | //nav//a[@href]/@href")
    ]
    return [each for each in found if each.startswith("/")]


def broken(client, begin=BEGIN) -> dict[str, tuple[int, str]]:
    """Follow links breadth first; return those that are refused, with the page that shows them."""
    bad: dict[str, tuple[int, str]] = {}
    seen, times = set(begin), {}
    waiting = deque((each, 0, "") for each in begin)
    while waiting:
        address, depth, shown_by = waiting.popleft()
        answer = client.get(address, follow=True)
        if answer.status_code >= 400 and shown_by:
            bad[address] = (answer.status_code, shown_by)
        if answer.status_code != 200 or depth == DEPTH or answer.streaming or "html" not in answer["content-type"]:
            continue
        for link in links_of(answer.content.decode(), answer.request["PATH_INFO"]):
            kind = kind_of(link)
            if link in seen or times.get(kind, 0) == ALIKE:
                continue
            seen.add(link)
            times[kind] = times.get(kind, 0) + 1
            waiting.append((link, depth + 1, address))
    return bad


def test_nobody_is_shown_a_link_that_refuses_them(officials):
    found = {name: bad for name, client in officials.items() if (bad := broken(client))}
    assert not found, "\n".join(
        f"{name}: {code} {link} on {page}" for name, bad in found.items() for link, (code, page) in bad.items()
    )
