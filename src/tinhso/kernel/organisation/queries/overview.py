"""Reads for administrators: officials page by page, what they hold and held, posts by code, packs that were loaded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tinhso.base.refusals import NotFound
from tinhso.base.text import fold
from tinhso.kernel.organisation.models import Agency, Delegation, Official, PackLoad, Post, Tenure
from tinhso.kernel.organisation.queries.memory import remembered
from tinhso.kernel.organisation.queries.province import province


def page_officials(
    *, on: date, text: str = "", within: Iterable[str] | None = None, after: str = "", limit: int = 50
) -> list[Official]:
    """
    Return officials by staff code, those after the code `after`, whose name, code or e-mail holds every word.

    `within`: only those who hold, held or will hold a post of these agencies or below, and those who never held any;
    None: all. One statement.
    """
    rows = Official.objects.filter(staff_code__gt=after)
    for word in fold(text).split():
        rows = rows.filter(folded__contains=word)
    if within is not None:
        paths = Q(pk__in=[])
        for code in within:
            paths |= Q(path=code) | Q(path__startswith=f"{code}/") | Q(path__endswith=f"/{code}")
            paths |= Q(path__contains=f"/{code}/")
        posts = Post.objects.standing().filter(agency_code__in=Agency.objects.on(on).filter(paths).values("code"))
        held = Tenure.objects.standing().filter(official_id=OuterRef("pk"))
        rows = rows.filter(Exists(held.filter(post_code__in=posts.values("code"))) | ~Exists(held))
    return list(rows.order_by("staff_code")[:limit])


def tenures_of(official_ids: Iterable[UUID]) -> list[Tenure]:
    """Return every tenure of these officials, past and to come too, newest first, with the official. One statement."""
    rows = Tenure.objects.standing().filter(official_id__in=list(official_ids)).select_related("official")
    return list(rows.order_by("-valid_from", "post_code"))


def get_tenure(tenure_id: int) -> Tenure:
    """Return a tenure with its official. Raises NotFound."""
    found = Tenure.objects.standing().select_related("official").filter(pk=tenure_id).first()
    if found is None:
        raise NotFound
    return found


def delegations_of(official_id: UUID) -> list[Delegation]:
    """Return the delegations that an official gave or received, newest first, with both officials. One statement."""
    rows = Delegation.objects.standing().filter(Q(by_official_id=official_id) | Q(to_official_id=official_id))
    return list(rows.select_related("by_official", "to_official").order_by("-valid_from", "post_code"))


def posts_by_code(codes: Iterable[str]) -> dict[str, Post]:
    """Return the latest row of each post, in force or not. One statement."""
    rows = Post.objects.standing().filter(code__in=set(codes)).order_by("valid_from")
    return {row.code: row for row in rows}


def latest_agencies(codes: Iterable[str]) -> dict[str, Agency]:
    """Return the latest row of each agency, in force or not. One statement."""
    rows = Agency.objects.standing().filter(code__in=set(codes)).order_by("valid_from")
    return {row.code: row for row in rows}


def agency_versions(code: str) -> list[Agency]:
    """Return every standing row of an agency, newest first: names and places it had. One statement."""
    return list(Agency.objects.standing().filter(code=code).order_by("-valid_from"))


def own_names() -> tuple[str, ...]:
    """Return every name under which the province and its agencies are or were known, in both languages. Once remembered, none."""

    def read() -> tuple[str, ...]:
        here = province()
        rows = Agency.objects.values_list("name", "name_en", "short_name").distinct()
        found = {here.name, here.name_en, here.short}.union(*rows)
        return tuple(sorted(found - {""}))

    return remembered("own_names", read)


def list_loads(limit: int = 20) -> list[PackLoad]:
    """Return the loads of packs that changed something, newest first. One statement."""
    return list(PackLoad.objects.order_by("-loaded_at")[:limit])
