"""Posts, officials, tenures and delegations of a pack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tinhso.base.text import fold
from tinhso.kernel.organisation.models import ROLES, Delegation, Official, Post, Tenure
from tinhso.kernel.organisation.pack.dated import Sync, Wanted, hash_of
from tinhso.kernel.organisation.pack.parts.organisation.agencies import TWICE, UNKNOWN_AGENCY, Tree
from tinhso.kernel.organisation.pack.parts.organisation.tables import Span, by_key, on_day, overlapping, span
from tinhso.kernel.organisation.pack.plan import Change
from tinhso.kernel.organisation.pack.reading import Fault, Row, Table

UNKNOWN_ROLE = _("There is no role “{role}”. Roles: {known}.")
UNKNOWN_POST = _("There is no post “{post}” in organisation/posts.csv.")
UNKNOWN_OFFICIAL = _("There is no official “{staff_code}” in organisation/officials.csv.")
AGENCY_NOT_YET = _("The agency “{agency}” does not exist on {day}.")
POST_NOT_YET = _("The post “{post}” does not exist on {day}.")
TWICE_OFFICIAL = _("“{value}” belongs to the official in line {line} already.")
TENURE_OVERLAP = _("{name} holds “{post}” already, see line {line}. End that tenure first.")
SEATS_FULL = _("“{post}” has {seats} seat(s), and {count} officials hold it on {day}: see line {line}.")
NOT_THE_HOLDER = _("“{by}” does not hold “{post}” on {day}, so cannot delegate it.")
ROLE_NOT_IN_POST = _("“{post}” does not carry the role “{role}”, so it cannot be delegated.")

_STAFF = {"staff": F("official__staff_code")}
POST = Sync(Post, "post", ("code",), compared={"agency_code": "agency", "title": "title", "roles": "roles"})
TENURE = Sync(Tenure, "tenure", ("post_code", "staff"), annotate=_STAFF)
DELEGATION = Sync(Delegation, "delegation", ("post_code", "staff"), annotate={"staff": F("to_official__staff_code")})
_OFFICIAL = ("full_name", "email", "username", "phone")


def roles_of(row: Row) -> tuple[str, ...]:
    """Return the roles in a cell (separated by spaces), sorted."""
    return tuple(sorted(set(row["roles"].split())))


def check_posts(table: Table, tree: Tree) -> Iterable[Fault]:
    """Return what is wrong with the posts: codes given twice, unknown agencies and roles."""
    for spans in by_key(table, "code").values():
        for before, again in overlapping(spans):
            yield again.row.fault(TWICE, code=again.row["code"], line=before.row.line)
    for item in map(span, table):
        row, agency = item.row, item.row["agency"]
        if not tree.knows(agency):
            yield row.fault(UNKNOWN_AGENCY, code=agency)
        elif on_day(tree.spans[agency], item.start) is None:
            yield row.fault(AGENCY_NOT_YET, agency=agency, day=item.start.isoformat())
        for role in roles_of(row):
            if role not in ROLES:
                yield row.fault(UNKNOWN_ROLE, role=role, known=", ".join(ROLES))


def check_officials(table: Table) -> Iterable[Fault]:
    """Return staff codes and user names that two officials share."""
    seen: dict[tuple[str, str], int] = {}
    for row in table:
        for column in ("staff_code", "username"):
            value = row[column]
            if value and seen.setdefault((column, value), row.line) != row.line:
                yield row.fault(TWICE_OFFICIAL, value=value, line=seen[column, value])


def check_tenures(table: Table, posts: Table, officials: Table) -> Iterable[Fault]:
    """Return what is wrong with the tenures: unknown posts and officials, one seat held by too many."""
    known = {key[0]: spans for key, spans in by_key(posts, "code").items()}
    names = {row["staff_code"]: row["full_name"] for row in officials}
    sound: dict[str, list[Span]] = {}
    for item in map(span, table):
        row, post = item.row, item.row["post"]
        if row["staff_code"] not in names:
            yield row.fault(UNKNOWN_OFFICIAL, staff_code=row["staff_code"])
        elif post not in known:
            yield row.fault(UNKNOWN_POST, post=post)
        elif on_day(known[post], item.start) is None:
            yield row.fault(POST_NOT_YET, post=post, day=item.start.isoformat())
        else:
            sound.setdefault(post, []).append(item)
    for spans in by_key(table, "post", "staff_code").values():
        for before, again in overlapping(spans):
            row = again.row
            name = names.get(row["staff_code"], row["staff_code"])
            yield row.fault(TENURE_OVERLAP, name=name, post=row["post"], line=before.row.line)
    for post, items in sound.items():
        yield from _check_seats(post, items, known[post])


def _check_seats(post: str, items: list[Span], versions: list[Span]) -> Iterable[Fault]:
    for item in items:
        version = on_day(versions, item.start)
        seats = int(version.row["seats"] or 1) if version else 1
        together = [other for other in items if other.holds_on(item.start)]
        people = {other.row["staff_code"] for other in together}
        if len(people) > seats and item is max(together, key=lambda other: other.row.line):
            first = min(together, key=lambda other: other.row.line).row.line
            facts = {"post": post, "seats": seats, "count": len(people), "day": item.start.isoformat(), "line": first}
            yield item.row.fault(SEATS_FULL, **facts)


def check_delegations(table: Table, posts: Table, officials: Table, tenures: Table) -> Iterable[Fault]:
    """Return delegations by somebody who does not hold the post, to nobody, or of roles it does not carry."""
    known = {row["code"]: set(roles_of(row)) for row in posts}
    staff = {row["staff_code"] for row in officials}
    held = by_key(tenures, "post", "staff_code")
    for item in map(span, table):
        row, post = item.row, item.row["post"]
        if post not in known:
            yield row.fault(UNKNOWN_POST, post=post)
            continue
        if row["to_staff_code"] not in staff:
            yield row.fault(UNKNOWN_OFFICIAL, staff_code=row["to_staff_code"])
        if on_day(held.get((post, row["by_staff_code"]), ()), item.start) is None:
            yield row.fault(NOT_THE_HOLDER, by=row["by_staff_code"], post=post, day=item.start.isoformat())
        for role in roles_of(row):
            if role not in known[post]:
                yield row.fault(ROLE_NOT_IN_POST, post=post, role=role)


def wanted_posts(table: Table) -> list[Wanted]:
    """Return the posts as rows of the database."""
    found = []
    for item in map(span, table):
        row = item.row
        fields: dict[str, Any] = {"agency_code": row["agency"], "title": row["title"], "title_en": row["title_en"]}
        fields |= {"roles": roles_of(row), "seats": int(row["seats"] or 1)}
        found.append(Wanted((row["code"],), item.start, item.end, fields))
    return found


def wanted_tenures(table: Table) -> list[Wanted]:
    """Return the tenures as rows of the database, the official still by staff code."""
    return [
        Wanted((item.row["post"], item.row["staff_code"]), item.start, item.end, {"decision": item.row["decision"]})
        for item in map(span, table)
    ]


def wanted_delegations(table: Table) -> list[Wanted]:
    """Return the delegations as rows of the database, the officials still by staff code."""
    found = []
    for item in map(span, table):
        row = item.row
        fields: dict[str, Any] = {"by": row["by_staff_code"], "roles": roles_of(row), "decision": row["decision"]}
        found.append(Wanted((row["post"], row["to_staff_code"]), item.start, item.end, fields))
    return found


def official_fields(row: Row) -> dict[str, Any]:
    """Return what is kept of an official besides the staff code."""
    fields: dict[str, Any] = {name: row[name] for name in _OFFICIAL}
    fields["demo"] = row["demo"] == "true"
    return fields


def official_steps(table: Table) -> tuple[list[Row], list[tuple[Official, Row]]]:
    """Return the officials to enter and those to change. Officials that a pack leaves out stay as they are."""
    known = {official.staff_code: official for official in Official.objects.all()}
    new = [row for row in table if row["staff_code"] not in known]
    pairs = [(known[row["staff_code"]], row) for row in table if row["staff_code"] in known]
    return new, [(official, row) for official, row in pairs if official.content != hash_of(official_fields(row))]


def official_changes(table: Table) -> list[Change]:
    """Return what would change about officials, as lines of a plan."""
    new, changed = official_steps(table)
    found = [Change("organisation", "add", "official", row["staff_code"], row["full_name"]) for row in new]
    for official, row in changed:
        detail = f"{official.full_name} → {row['full_name']}" if official.full_name != row["full_name"] else ""
        found.append(Change("organisation", "replace", "official", row["staff_code"], detail))
    return found


def folded_official(fields: dict[str, Any], staff_code: str) -> str:
    """Return the text by which an official is found."""
    return fold(f"{fields['full_name']} {staff_code} {fields['email']}")[:300]
