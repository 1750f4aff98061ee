"""Every read of identity: people, accounts, actors, tokens, notices, and who is locked out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language, gettext

from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, Holding
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.base.text import fold
from tinhso.kernel.identity import access
from tinhso.kernel.identity.models import Account, ApiToken, Business, Emergency, FailedSignIn, Message, Notice, Person
from tinhso.kernel.organisation.public import (
    Official,
    agencies_by_code,
    find_agency,
    get_post,
    holdings_of,
    remembered,
)

FAILURES_BEFORE_LOCK = 5
FAILURES_OF_ADDRESS_BEFORE_LOCK = 30
LOCK_WINDOW = timedelta(minutes=15)
PAGE = 20
EMERGENCY = "emergency:"
"""How the post of a role begins that was taken in an emergency: there is no such post."""


def get_person(person_id: UUID | str) -> Person:
    """Return the person of an id. Raises NotFound."""
    return _get(Person, person_id)


def get_business(business_id: UUID | str) -> Business:
    """Return the business of an id. Raises NotFound."""
    return _get(Business, business_id)


def people_by_id(ids: Iterable[UUID | str]) -> dict[str, Person]:
    """Return the people of these ids by id text, in one statement."""
    return {str(person.pk): person for person in Person.objects.filter(pk__in=list(ids))}


def find_person(citizen_number: str, *, seen_by: Actor) -> Person | None:
    """Return the person of a personal number, or None; None too for who may not search."""
    if not access.can_search_people(seen_by):
        return None
    return Person.objects.filter(citizen_number=citizen_number.strip()).first()


def names_by_number(numbers: Iterable[str]) -> dict[str, str]:
    """Return the names under which people and businesses are known, by personal number or tax code. Two statements."""
    asked = list(numbers)
    if not asked:
        return {}
    people = Person.objects.filter(citizen_number__in=asked).values_list("citizen_number", "full_name")
    firms = Business.objects.filter(tax_code__in=asked).values_list("tax_code", "name")
    return {**dict(firms), **dict(people)}


def search_people(words: str, *, seen_by: Actor, limit: int = PAGE) -> list[Person]:
    """Return people by the beginning of a name (marks do not matter), a personal number or a phone number."""
    asked = fold(words)
    if not asked or not access.can_search_people(seen_by):
        return []
    if asked.isdigit():
        found = Person.objects.filter(citizen_number=asked) | Person.objects.filter(phone=asked)
        return list(found[:limit])
    people = Person.objects.all()
    for word in asked.split():
        people = people.filter(name_folded__contains=word)
    return list(people.order_by("name_folded", "id")[:limit])


def find_account(username: str) -> Account | None:
    """Return the account of a user name, in any case, or None."""
    return Account.objects.select_related("official", "person", "business").filter(username__iexact=username).first()


def account_of(key: str) -> Account | None:
    """Return an account of an actor key (`official:<id>`, `person:<id>`, `business:<id>`), or None."""
    kind, _colon, value = key.partition(":")
    if kind not in {"official", "person", "business"}:
        return None
    return Account.objects.filter(**{f"{kind}_id": value}).order_by("added_at").first()


def accounts_reached_at(email: str) -> list[Account]:
    """Return the open accounts of officials whose mail goes to this address, in any case: who may be sent a new way in."""
    found = Account.objects.select_related("official").filter(official__email__iexact=email, is_active=True)
    # databases differ in what "any case" means beyond ASCII, and nobody may be let in by a letter that looks like another
    return [account for account in found if account.reached_at.lower() == email.lower()]


def display_name(account: Account) -> str:
    """Return the name of whom an account belongs to, as pages greet them."""
    return str(account.official or account.person or account.business or account.username)


def list_accounts(*, seen_by: Actor, words: str = "", after: str = "", limit: int = PAGE) -> list[Account]:
    """Return accounts by user name, those after the name `after`; none for who may not manage accounts."""
    if not access.can_manage_accounts(seen_by):
        return []
    accounts = Account.objects.select_related("official", "person", "business").filter(username__gt=after)
    if words:
        asked = fold(words)
        accounts = accounts.filter(
            Q(username__icontains=words.strip())
            | Q(official__folded__contains=asked)
            | Q(person__name_folded__contains=asked)
            | Q(business__name_folded__contains=asked)
        )
    return list(accounts.order_by("username")[:limit])


def demonstration_accounts() -> list[Account]:
    """Return the accounts of invented officials, by user name."""
    accounts = Account.objects.filter(is_demonstration=True, official__isnull=False)
    return list(accounts.select_related("official").order_by("username"))


def actor_for(
    account: Account,
    *,
    assurance: str,
    level: int,
    at: datetime,
    session: str = "",
    scopes: frozenset[str] | None = None,
) -> Actor:
    """
    Return the actor behind an account on the civil date of `at`; ANONYMOUS for a closed account.

    An official who has proved a password only holds nothing where a second factor is demanded; a citizen or business
    below the demanded level of VNeID is nobody here.
    """
    if not account.is_active or (not account.official_id and level < settings.VNEID_LEVEL):
        return ANONYMOUS
    key = account.subject_key
    kind_and_name, person_id = _who(account)
    holdings: tuple[Holding, ...] = ()
    if account.official_id and (level > 1 or not settings.SECOND_FACTOR):
        holdings = holdings_of(account.official_id, civil_date(at))
    facts = {"account": str(account.pk)}
    if holdings and scopes is None and level > 1 and (taken := emergency_of(str(account.official_id), at)):
        holdings = (*holdings, _as_holding(taken, at))
        facts |= {"emergency": str(taken.pk), "emergency_until": taken.until.isoformat()}
    return Actor(
        kind=kind_and_name[0],
        key=key,
        name=kind_and_name[1],
        assurance=assurance,
        level=level,
        holdings=holdings,
        scopes=scopes,
        person_id=person_id,
        session=session,
        facts=facts,
    )


def emergency_of(official_id: str, at: datetime) -> Emergency | None:
    """Return the role that an official has taken in an emergency at a moment: read once per change of the organisation."""
    # of everybody at once: there is hardly ever one, and nobody pays a statement of their own for that
    rows = remembered(("emergencies",), lambda: _emergencies(at))
    mine = (row for row in rows if str(row.official_id) == official_id)
    return next((row for row in mine if row.began_at <= at < row.over_at), None)


def _emergencies(at: datetime) -> list[Emergency]:
    return list(Emergency.objects.filter(until__gt=at, ended_at=None).order_by("-pk"))


def _as_holding(taken: Emergency, at: datetime) -> Holding:
    agency = find_agency(taken.agency_code, on=civil_date(at))
    path = agency.path_codes if agency else (taken.agency_code,)
    return Holding(taken.agency_code, path, f"{EMERGENCY}{taken.pk}", frozenset({taken.role}))


def list_emergencies(*, seen_by: Actor, limit: int = 50) -> list[Emergency]:
    """Return the emergencies, newest first: all for administrators and auditors of the province, else one's own."""
    rows = Emergency.objects.select_related("official").order_by("-pk")
    if not seen_by.has_role_for_province("admin", "auditor"):
        rows = rows.filter(official_id=seen_by.key.removeprefix("official:")) if seen_by.is_official else rows.none()
    return list(rows[:limit])


def get_emergency(emergency_id: UUID, *, seen_by: Actor) -> Emergency:
    """Return one of the emergencies that the actor may see. Raises NotFound."""
    found = next((row for row in list_emergencies(seen_by=seen_by) if row.pk == emergency_id), None)
    if found is None:
        raise NotFound
    return found


def _who(account: Account) -> tuple[tuple[ActorKind, str], str]:
    if account.official is not None:
        return (ActorKind.OFFICIAL, account.official.full_name), ""
    if account.person is not None:
        return (ActorKind.CITIZEN, account.person.full_name), str(account.person_id)
    return (ActorKind.BUSINESS, account.business.name if account.business else ""), str(account.business_id)


def assurance_of(records: Iterable[Mapping[str, Any]], *, vneid_level: int) -> tuple[str, int]:
    """
    Return how a session was proved and its level, from allauth's records of the steps taken in it.

    Levels: 1 password, 2 password with a code or VNeID level 2, 3 bound to a device (passkey).
    """
    methods = {(str(r.get("method")), str(r.get("type", ""))) for r in records}
    if ("mfa", "webauthn") in methods:
        return "passkey", 3
    if ("socialaccount", "") in methods:
        return f"vneid:{vneid_level}", min(vneid_level, 2)
    second = methods & {("mfa", "totp"), ("mfa", "recovery_codes")}
    if second:
        return "password+totp" if ("mfa", "totp") in second else "password+recovery-code", 2
    return "password", 1


def name_digest(username: str) -> str:
    """Return what a tried user name is kept as: people type passwords into that box."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{username.strip().casefold()}".encode()).hexdigest()


def locked_until(username: str, address: str, *, at: datetime) -> datetime | None:
    """Return until when this name, or this address, may not try to sign in; None when it may."""
    since = at - LOCK_WINDOW
    ends = []
    for limit, field, value in (
        (FAILURES_BEFORE_LOCK, "name_digest", name_digest(username)),
        (FAILURES_OF_ADDRESS_BEFORE_LOCK, "address", address),
    ):
        recent = FailedSignIn.objects.filter(**{field: value}, at__gt=since, at__lte=at).order_by("-at")
        moments = list(recent.values_list("at", flat=True)[limit - 1 : limit])
        ends += [moment + LOCK_WINDOW for moment in moments]
    return max(ends, default=None)


def tokens_of(account: Account, *, seen_by: Actor) -> list[ApiToken]:
    """Return the tokens of an account, newest first; none for who may not see them."""
    if not access.can_hold_token(seen_by, account):
        return []
    return list(account.api_tokens.order_by("-issued_at"))


def get_token(token_id: UUID | str, *, seen_by: Actor) -> ApiToken:
    """Return a token by id. Raises NotFound for an absent one and for somebody else's."""
    token = _get(ApiToken, token_id)
    if not access.can_hold_token(seen_by, token.account):
        raise NotFound
    return token


def unread_count(actor: Actor) -> int:
    """Return how many notices wait for the actor: one statement, none for nobody."""
    if actor.kind is ActorKind.ANONYMOUS:
        return 0
    return Notice.objects.filter(recipient=actor.key, read_at__isnull=True).count()


def list_notices(*, seen_by: Actor, after: UUID | None = None, limit: int = PAGE) -> list[Notice]:
    """Return the actor's notices, newest first, those older than `after`."""
    mine = Notice.objects.filter(recipient=seen_by.key)
    if after:
        mine = mine.filter(pk__lt=after)
    return list(mine.order_by("-pk")[:limit])


def dead_messages(*, seen_by: Actor, limit: int = 100) -> list[Message]:
    """Return messages that were given up, newest first; none for who may not manage accounts."""
    if not access.can_manage_accounts(seen_by):
        return []
    return list(Message.objects.filter(state="dead").order_by("-queued_at")[:limit])


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody is reached: name, mail address (empty for none), language."""

    name: str = ""
    email: str = ""
    language: str = "vi"


def reach_of(key: str) -> Reach:
    """Return how the owner of an actor key is reached; an empty Reach for nobody we know."""
    kind, _colon, value = key.partition(":")
    models: dict[str, type[Person | Business | Official]] = {
        "person": Person,
        "business": Business,
        "official": Official,
    }
    owner = models[kind].objects.filter(pk=value).first() if kind in models else None
    if owner is None:
        return Reach()
    account = account_of(key)
    return Reach(str(owner), owner.email, account.language if account else "vi")


def posts_of(actor: Actor, *, at: datetime) -> list[dict[str, str]]:
    """Return the actor's posts as a page shows them: title, agency, and who delegated it."""
    on = civil_date(at)
    own = [held for held in actor.holdings if not held.post.startswith(EMERGENCY)]
    agencies = agencies_by_code({held.agency for held in own}, on)
    english = (get_language() or "vi").startswith("en")
    rows = []
    for held in own:
        post, agency = get_post(held.post, on), agencies.get(held.agency)
        rows.append(
            {
                "title": post.title_en if english else post.title,
                "agency": (agency.name_en if english else agency.name) if agency else held.agency,
                "delegated_by": held.delegated_by,
            }
        )
    return rows


class _Plain(dict[str, Any]):
    """Facts of a text; one that is missing shows as its name rather than failing a page."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def render_text(msgid: str, facts: Mapping[str, Any]) -> str:
    """Return a stored msgid in the active language, its facts filled in."""
    english = (get_language() or "vi").startswith("en")
    # a fact `x` in Vietnamese may have a twin `x_en`
    twins = {name.removesuffix("_en"): value for name, value in facts.items() if name.endswith("_en") and value}
    return gettext(msgid).format_map(_Plain({**facts, **(twins if english else {})})) if msgid else ""


def _get[M: (Person, Business, ApiToken)](model: type[M], key: UUID | str) -> M:
    try:
        wanted = UUID(str(key))
    except ValueError:
        raise NotFound from None
    row = model.objects.filter(pk=wanted).first()
    if row is None:
        raise NotFound
    return row


def actor_of_official(official: Official, *, at: datetime) -> Actor:
    """
    Return an invented official as if signed in with a second factor: for demonstration data made by acting.

    Raises NotFound for an official who is not invented, or has no account: nobody real is ever acted for.
    """
    account = Account.objects.filter(official=official, official__demo=True, is_active=True).first()
    if account is None:
        raise NotFound
    return actor_for(account, assurance="demonstration", level=2, at=at)
