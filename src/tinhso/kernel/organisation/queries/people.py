"""Officials, posts, and who may act as what on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value

from tinhso.base.actors import Holding
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.models import Agency, Delegation, Official, Post, Tenure, in_force
from tinhso.kernel.organisation.queries.memory import remembered


def get_official(official_id: UUID | str) -> Official:
    """Return an official by id. Raises NotFound."""
    try:
        return Official.objects.get(pk=official_id)
    except (Official.DoesNotExist, ValueError) as error:
        raise NotFound from error


def find_official(staff_code: str) -> Official:
    """Return an official by staff code. Raises NotFound."""
    found = Official.objects.filter(staff_code=staff_code).first()
    if found is None:
        raise NotFound
    return found


def list_officials(*, demo: bool | None = None, after: str = "", limit: int | None = None) -> list[Official]:
    """Return officials by staff code; `demo` keeps the invented or the real ones; `after` is the last code seen."""
    rows = Official.objects.order_by("staff_code")
    if demo is not None:
        rows = rows.filter(demo=demo)
    if after:
        rows = rows.filter(staff_code__gt=after)
    return list(rows[:limit] if limit else rows)


def holdings_of(official_id: UUID | str, on: date) -> tuple[Holding, ...]:
    """
    Return every post an official may act in on a day, their own first, then what was delegated to them.

    A delegation counts only while the one who gave it still holds the post. Remembered until the organisation
    changes: one statement then, three the first time.
    """
    return remembered(("holdings", str(official_id), on), lambda: _read_holdings(official_id, on))


def _read_holdings(official_id: UUID | str, on: date) -> tuple[Holding, ...]:
    official_id = UUID(str(official_id))
    own = Tenure.objects.filter(in_force(on), official_id=official_id)
    still_held = Tenure.objects.filter(
        in_force(on), post_code=OuterRef("post_code"), official_id=OuterRef("by_official_id")
    )
    lent = Delegation.objects.filter(in_force(on), Exists(still_held), to_official_id=official_id)
    columns = ("post_code", "given", "giver")
    rows = list(
        own.annotate(given=Value(""), giver=Value(""))
        .values_list(*columns)
        .union(lent.values_list("post_code", "roles", "by_official__full_name"), all=True)
    )
    posts = {post.code: post for post in _posts_with_path(on).filter(code__in={row[0] for row in rows})} if rows else {}
    found = [_holding(posts[code], given, giver) for code, given, giver in rows if code in posts]
    return tuple(sorted(found, key=lambda holding: (holding.delegated_by, holding.agency_path, holding.post)))


def _posts_with_path(on: date) -> QuerySet[Post]:
    agency = Agency.objects.filter(in_force(on), code=OuterRef("agency_code"))
    path = Subquery(agency.values("path")[:1])
    return Post.objects.filter(in_force(on)).annotate(agency_path=path).filter(agency_path__isnull=False)


def _holding(post: Post, given: str, giver: str) -> Holding:
    # a delegation never carries more than the post has
    roles = frozenset(post.roles) & frozenset(given.split()) if giver else frozenset(post.roles)
    path = tuple(post.agency_path.split("/"))  # type: ignore[attr-defined]
    return Holding(agency=post.agency_code, agency_path=path, post=post.code, roles=roles, delegated_by=giver)


def who_holds(agency_code: str, role: str, on: date) -> list[Official]:
    """Return the officials who carry a role in an agency on a day, own posts and delegations, by name."""
    posts = Post.objects.filter(in_force(on), agency_code=agency_code, roles__contains=f" {role} ").values("code")
    own = Q(tenures__in=Tenure.objects.filter(in_force(on), post_code__in=posts))
    still_held = Tenure.objects.filter(
        in_force(on), post_code=OuterRef("post_code"), official_id=OuterRef("by_official_id")
    )
    lent = Delegation.objects.filter(in_force(on), Exists(still_held), post_code__in=posts, roles__contains=f" {role} ")
    rows = Official.objects.filter(own | Q(delegations__in=lent)).distinct()
    return sorted(rows, key=lambda official: official.folded)


def roles_by_agency(on: date, *, held: bool = False) -> dict[str, frozenset[str]]:
    """Return the roles that posts of each agency carry on a day; `held`: only of posts that somebody holds. One statement."""
    posts = Post.objects.filter(in_force(on))
    if held:
        posts = posts.filter(code__in=Tenure.objects.filter(in_force(on)).values("post_code"))
    found: dict[str, set[str]] = {}
    for agency, roles in posts.values_list("agency_code", "roles"):
        found.setdefault(agency, set()).update(roles)
    return {agency: frozenset(roles) for agency, roles in found.items()}


def count_holders(on: date) -> dict[tuple[str, str], int]:
    """Return how many officials hold each role in each agency on a day, by posts of their own. Two statements."""
    posts = {
        code: (agency, roles)
        for code, agency, roles in Post.objects.filter(in_force(on)).values_list("code", "agency_code", "roles")
    }
    found: dict[tuple[str, str], set[UUID]] = {}
    for code, official in Tenure.objects.filter(in_force(on)).values_list("post_code", "official_id"):
        agency, roles = posts.get(code, ("", ()))
        for role in roles:
            found.setdefault((agency, role), set()).add(official)
    return {post: len(officials) for post, officials in found.items()}


def list_posts(agency_code: str, on: date) -> list[Post]:
    """Return the posts of an agency on a day, by code."""
    return list(Post.objects.filter(in_force(on), agency_code=agency_code).order_by("code"))


def get_post(code: str, on: date) -> Post:
    """Return a post by code as it is on a day. Raises NotFound."""
    found = Post.objects.filter(in_force(on), code=code).first()
    if found is None:
        raise NotFound
    return found


def list_tenures(agency_code: str, on: date) -> list[Tenure]:
    """Return who holds which post of an agency on a day, with the official loaded."""
    posts = Post.objects.filter(in_force(on), agency_code=agency_code).values("code")
    rows = Tenure.objects.filter(in_force(on), post_code__in=posts).select_related("official")
    return list(rows.order_by("post_code", "official__folded"))
