"""
Who took over from whom when agencies were merged, divided or ended, and how figures of before and after compare.

An agency that ends has at least one successor; where several share its work, the shares sum to one; a code never names
another agency later (QĐ 09/2025/QĐ-TTg: codes of what ended are closed, not given again).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from tinhso.law.answer import Answer, NoAnswer, Step
from tinhso.law.answer import msgid as _

CODES_CLOSED = "QĐ 09/2025/QĐ-TTg"
WHOLE = Decimal(1)
ROUNDING = Decimal("0.001")
"""Shares are written with four decimals: so much may be missing from their sum."""


@dataclass(frozen=True, slots=True)
class Link:
    """`after` took over from `before` on a day: all of it, or a share. `law` names the text that says so."""

    before: str
    after: str
    since: date
    share: Decimal = WHOLE
    law: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a set of links, and with which agency."""

    code: str
    kind: str
    """`unknown`, `cycle`, `shares`, `heirless`, `reused`."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """A figure by units of another day: how much of it was counted there, and how much only estimated by shares."""

    counted: Decimal = Decimal(0)
    estimated: Decimal = Decimal(0)

    @property
    def value(self) -> Decimal:
        """Return the figure."""
        return self.counted + self.estimated

    def plus(self, amount: Decimal, share: Decimal) -> Regrouped:
        """Return this with so much more: a whole is counted, a part estimated."""
        if share == WHOLE:
            return Regrouped(self.counted + amount, self.estimated)
        return Regrouped(self.counted, self.estimated + amount * share)

    def also(self, other: Regrouped) -> Regrouped:
        """Return both together."""
        return Regrouped(self.counted + other.counted, self.estimated + other.estimated)


class Undecided(NoAnswer):
    """Several took over, and nothing says which of them has this case."""

    code = "succession.undecided"
    text = _("{before} was divided among {count} agencies, and nothing says which of them this belongs to.")


class NoHeir(NoAnswer):
    """Nobody took over."""

    code = "succession.no_heir"
    text = _("Nobody took over from {before}.")
    law: ClassVar[str] = CODES_CLOSED


def flaws(links: Sequence[Link], *, ended: Collection[str], living: Collection[str]) -> list[Flaw]:
    """Return what is wrong with links: agencies that nobody knows, cycles, shares that make no whole, ends without heir."""
    known = {*ended, *living}
    found = [Flaw(code, "unknown") for link in links for code in (link.before, link.after) if code not in known]
    after = _by_before(links)
    for before, takers in sorted(after.items()):
        total = sum((link.share for link in takers), Decimal(0))
        if any(link.share <= 0 for link in takers) or abs(total - WHOLE) > ROUNDING:
            found.append(Flaw(before, "shares", str(total)))
    found += [Flaw(code, "cycle", " → ".join(trail)) for code, trail in _cycles(after)]
    found += [Flaw(code, "heirless") for code in sorted(ended) if code not in after]
    found += [Flaw(code, "reused") for code in sorted({*ended} & {*living})]
    return list(dict.fromkeys(found))


def shares_of(code: str, links: Sequence[Link], on: date) -> dict[str, Decimal]:
    """Return who does an agency's work on a day and which share each has, followed to the end; itself when it lives."""
    after = _by_before([link for link in links if link.since <= on])
    found: dict[str, Decimal] = {}
    queue: list[tuple[str, Decimal, tuple[str, ...]]] = [(code, WHOLE, ())]
    while queue:
        here, share, trail = queue.pop()
        takers = [] if here in trail else after.get(here, [])
        if not takers:
            found[here] = found.get(here, Decimal(0)) + share
        queue += [(link.after, share * link.share, (*trail, here)) for link in takers]
    # thirds of four decimals that come together again are a whole
    return {key: WHOLE if abs(share - WHOLE) <= ROUNDING else share for key, share in sorted(found.items())}


def successor(code: str, links: Sequence[Link], on: date, *, place: str = "", decided: str = "") -> Answer[str]:
    """
    Return the one agency that goes on with a case of `code` on a day, and why.

    `place`: the agency whose territory the case lies in, where the case says so; `decided`: whom a person named for
    what nothing tells apart. Raises Undecided, NoHeir.
    """
    shares = shares_of(code, links, on)
    if list(shares) == [code]:
        if any(link.before == code for link in links if link.since <= on):
            raise NoHeir(before=code)
        return Answer(code, (Step(_("{code} goes on."), facts={"code": code}, code="succession.same"),))
    law = next((link.law for link in links if link.before == code and link.since <= on), "")
    facts = {"before": code, "count": len(shares)}
    if len(shares) == 1:
        (heir,) = shares
        text = _("{after} took over all of {before}.")
        return Answer(heir, (Step(text, law, facts={**facts, "after": heir}, code="succession.whole"),))
    for heir, why in ((place, "place"), (decided, "decided")):
        if heir in shares:
            text = _WHY[why]
            return Answer(heir, (Step(text, law, facts={**facts, "after": heir}, code=f"succession.{why}"),))
    raise Undecided(**facts)


_WHY = {
    "place": _("{before} was divided among {count}; the matter lies with {after}."),
    "decided": _("{before} was divided among {count}; a person named {after} for what nothing tells apart."),
}


def regroup(figures: Mapping[str, Decimal | int], links: Sequence[Link], on: date) -> dict[str, Regrouped]:
    """Return figures by the units of `on`, from figures by units of any day before; what is only a share is estimated."""
    found: dict[str, Regrouped] = {}
    for code, amount in figures.items():
        for heir, share in shares_of(code, links, on).items():
            found[heir] = found.get(heir, Regrouped()).plus(Decimal(amount), share)
    return dict(sorted(found.items()))


def regroup_back(
    figures: Mapping[str, Decimal | int], links: Sequence[Link], weights: Mapping[str, Decimal | int], on: date
) -> dict[str, Regrouped]:
    """
    Return figures of the units of `on` by the units of before.

    What several old units became is divided as they stood to each other in `weights` (the same figure of a period before
    the change); equally where that says nothing.
    """
    came_from: dict[str, dict[str, Decimal]] = {}
    starts = {link.before for link in links} - {link.after for link in links}
    for before in sorted(starts):
        for heir, share in shares_of(before, links, on).items():
            came_from.setdefault(heir, {})[before] = share
    found: dict[str, Regrouped] = {}
    for code, amount in figures.items():
        parts = came_from.get(code, {code: WHOLE})
        weighed = {before: Decimal(weights.get(before, 0)) * share for before, share in parts.items()}
        if not sum(weighed.values()):
            weighed = dict(parts)
        total = sum(weighed.values())
        for before, weight in weighed.items():
            part = Regrouped(Decimal(amount)) if weight == total else Regrouped(estimated=amount * weight / total)
            found[before] = found.get(before, Regrouped()).also(part)
    return dict(sorted(found.items()))


def _by_before(links: Iterable[Link]) -> dict[str, list[Link]]:
    after: dict[str, list[Link]] = {}
    for link in links:
        after.setdefault(link.before, []).append(link)
    return after


def _cycles(after: Mapping[str, Sequence[Link]]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each agency from which one comes back to itself, with the way."""
    found = []
    for start in sorted(after):
        seen: set[str] = set()
        queue: list[tuple[str, ...]] = [(start,)]
        while queue:
            trail = queue.pop()
            for link in after.get(trail[-1], ()):
                if link.after == start:
                    found.append((start, (*trail, start)))
                    queue = []
                    break
                if link.after not in seen:
                    seen.add(link.after)
                    queue.append((*trail, link.after))
    return found
