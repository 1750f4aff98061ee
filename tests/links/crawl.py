"""
Follow the links that officials are shown, and print those that refuse them: run on a data folder that holds the demonstration.

One official for each set of roles; of each kind of page a few. Printed as JSON: pages asked, and refusals as
[who, page, link, status].
"""

from __future__ import annotations

import json
import sys
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the setup
from django.test import Client  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402
from lxml import html  # noqa: E402
from tests.doors import come_in  # noqa: E402

from tinhso.base.clock import now  # noqa: E402
from tinhso.kernel.identity.models import Account  # noqa: E402
from tinhso.kernel.identity.public import actor_for  # noqa: E402

HOST = "localhost"
OF_A_KIND, OF_AN_OFFICIAL = 3, 250
BEGIN = "/tai-khoan/"
SAYS_WHERE_TO_GO = {"onestop:begin"}
"""Pages for citizens that tell an official what to do instead."""


def officials() -> list[Account]:
    """Return one account for each set of roles that is held somewhere, at each level of the administration."""
    found: dict[tuple[frozenset[str], int], Account] = {}
    for account in Account.objects.exclude(official_id=None).order_by("username"):
        actor = actor_for(account, assurance="password+totp", level=2, at=now())
        roles = frozenset(role for holding in actor.holdings for role in holding.roles)
        found.setdefault((roles, min((len(one.agency_path) for one in actor.holdings), default=0)), account)
    return list(found.values())


def links(path: str, content: bytes) -> Iterator[str]:
    """Yield where a page leads on this site."""
    for href in html.fromstring(content).xpath("//body//a/@href"):
        parts = urlsplit(urljoin(f"http://{HOST}{path}", href))
        if parts.netloc == HOST and not href.startswith("#"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def crawl(account: Account) -> tuple[int, list[tuple[str, str, str, int]]]:
    """Follow what one official is shown; return how many pages were asked, and what refused."""
    client = come_in(Client(headers={"host": HOST}), account)
    waiting, seen, kinds, refused, asked = deque([("", BEGIN)]), {BEGIN}, Counter[str](), [], 0
    while waiting and asked < OF_AN_OFFICIAL:
        shown_on, path = waiting.popleft()
        answer, asked = client.get(path), asked + 1
        name = resolve(urlsplit(path).path).view_name
        if answer.status_code >= 400 and name not in SAYS_WHERE_TO_GO:
            refused.append((account.username, shown_on, path, answer.status_code))
        found = [answer["Location"]] if answer.status_code in (301, 302) else []
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
            found = list(links(path, answer.content))
        for link in found:
            try:
                kind = resolve(urlsplit(link).path).view_name
            except Resolver404:
                refused.append((account.username, path, link, 404))
                continue
            if link not in seen and kinds[kind] < OF_A_KIND:
                seen.add(link)
                kinds[kind] += 1
                waiting.append((path, link))
    return asked, refused


if __name__ == "__main__":
    settings.ALLOWED_HOSTS = [HOST]
    told = [crawl(account) for account in officials()]
    json.dump(
        {"asked": sum(asked for asked, _no in told), "refused": [no for _asked, nos in told for no in nos]}, sys.stdout
    )
