"""The page door: somebody comes from another system to prove who they are, and goes back with a code."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.base.actors import ActorKind
from tinhso.kernel.identity.public import Account, ActorRequest, client_address, network_of, refusal_page, within
from tinhso.kernel.signon import asking, queries
from tinhso.kernel.signon.actions import grants
from tinhso.kernel.signon.asking import Asked, AskedTooOften, AskRefused, Lost
from tinhso.kernel.signon.form_targets import KEPT_SECONDS, arrived, leads_to, on_the_way
from tinhso.kernel.signon.scopes import SCOPES
from tinhso.kernel.signon.signing import issuer

ASKED_A_MINUTE = 600
"""Requests that one network may bring: an authority with one address signs in ten people a second at most."""
_RESUME, _CONSENT = "signon.resume", "signon.consent"


class Redirect(HttpResponse):
    """Sends to an address that is registered here, whatever its scheme."""

    def __init__(self, address: str, status: int = 302) -> None:
        super().__init__(status=status)
        self["Location"] = address


def came_without_cookies(request: HttpRequest) -> bool:
    """
    Tell whether a form was posted that may come from a page of another site.

    Browsers keep our cookies from it (SameSite=Lax), so nobody would seem signed in, and a session begun now would
    take the place of theirs. Following a redirect to a GET, they send them.
    """
    return request.method == "POST" and settings.SESSION_COOKIE_NAME not in request.COOKIES


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def with_query(address: str, **fields: str) -> str:
    """Return an address with fields added to its query, the empty ones left out."""
    more = urlencode({name: value for name, value in fields.items() if value})
    return f"{address}{'&' if '?' in address else '?'}{more}" if more else address


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: ActorRequest) -> HttpResponse:
    """Answer a system that sends somebody to sign in; a POST changes nothing by itself, so it needs no token of ours."""
    since = 0
    try:
        _count(request)
        if "resume" in request.GET:
            asked, since = _resumed(request.GET["resume"])
        else:
            asked = asking.read(request.POST if request.method == "POST" else request.GET)
        if came_without_cookies(request):
            return Redirect(_resuming(asked, since), status=303)
        return _speaking(asked, _decide(request, asked, since))
    except (Lost, AskedTooOften) as no:
        return refusal_page(request, no)
    except AskRefused as no:
        return _refused(no)


def _count(request: HttpRequest) -> None:
    if not within("authorize", network_of(client_address(request)), ASKED_A_MINUTE, seconds=60):
        raise AskedTooOften


def _refused(no: AskRefused) -> HttpResponse:
    fields = {"error": no.code, "error_description": no.text, "state": no.state, "iss": issuer()}
    return Redirect(with_query(no.redirect_uri, **fields))


def _decide(request: ActorRequest, asked: Asked, since: int) -> HttpResponse:
    account = _account(request)
    proved_at = _proved_at(request, account) if account else None
    if account is None or proved_at is None or not _fresh(asked, proved_at, since, request.at):
        return _to_sign_in(request, asked, account)
    missing = queries.missing_consent(account, asked.system, asked.scopes)
    if missing or "consent" in asked.prompts:
        return _ask_consent(request, asked, account)
    return _let_in(request, asked, account, proved_at)


def _account(request: ActorRequest) -> Account | None:
    signed_in = isinstance(request.user, Account) and request.actor.kind is not ActorKind.ANONYMOUS
    return request.user if signed_in else None  # type: ignore[return-value]


def _proved_at(request: ActorRequest, account: Account) -> datetime | None:
    """Return when the person last proved who they are in this session."""
    moments = [float(record["at"]) for record in get_authentication_records(request, account) if "at" in record]
    return datetime.fromtimestamp(max(moments), tz=UTC) if moments else None


def _fresh(asked: Asked, proved_at: datetime, since: int, at: datetime) -> bool:
    """Tell whether a proof is young enough: who was sent to prove it and did has, however short `max_age` is."""
    if since and proved_at.timestamp() >= since:
        return True
    if asked.prompts & {"login", "select_account"}:
        return False
    return asked.max_age is None or (at - proved_at).total_seconds() <= asked.max_age


def _to_sign_in(request: ActorRequest, asked: Asked, account: Account | None) -> HttpResponse:
    """Send the reader to prove who they are and back; what was asked travels signed."""
    if "none" in asked.prompts:
        raise AskRefused(
            "login_required", "nobody is signed in, or not lately", redirect_uri=asked.redirect_uri, state=asked.state
        )
    if account is None and request.user.is_authenticated:
        logout(request)  # below the level that is demanded: the page of sign-in would send them straight back
    back = _resuming(asked, int(request.at.timestamp()))
    return on_the_way(Redirect(with_query(_door(account), next=back)), origin_of(asked.redirect_uri))


def _resuming(asked: Asked, since: int) -> str:
    """Return our address at which a request goes on, signed: some 2,000 letters at most, each field has its limit."""
    kept = signing.dumps({"asked": asked.packed(), "since": since}, salt=_RESUME, compress=True)
    return with_query(reverse("signon:authorize"), resume=kept)


def _door(account: Account | None) -> str:
    if account is None:
        return reverse("account_login")
    ways = get_adapter().get_reauthentication_methods(account) if account.official_id else []
    if ways:
        return str(ways[0]["url"])
    return with_query(reverse("openid_connect_login", args=["vneid"]), process="login")


def _resumed(text: str) -> tuple[Asked, int]:
    try:
        kept = signing.loads(text, salt=_RESUME, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise Lost(reason=translation.gettext("it took too long")) from None
    return asking.unpacked(kept["asked"]), int(kept["since"])


def _ask_consent(request: ActorRequest, asked: Asked, account: Account) -> HttpResponse:
    if "none" in asked.prompts:
        raise AskRefused(
            "consent_required", "the person has not agreed yet", redirect_uri=asked.redirect_uri, state=asked.state
        )
    kept = {"asked": asked.packed(), "account": str(account.pk), "session": request.session.session_key}
    english = _language(asked) == "en" if asked.locales else translation.get_language() == "en"
    with translation.override("en" if english else "vi"):
        page = render(
            request,
            "signon/consent.html",
            {
                "system": asked.system,
                "name": asked.system.name_en if english else asked.system.name,
                "told": [SCOPES[scope] for scope in asked.scopes],
                "kept": signing.dumps(kept, salt=_CONSENT, compress=True),
            },
        )
    return leads_to(page, origin_of(asked.redirect_uri))


@never_cache
@require_POST
def consent(request: ActorRequest) -> HttpResponse:
    """Take the reader's yes or no and go back to the system. Raises Lost."""
    account = _account(request)
    asked = _offered(request, account)
    proved_at = _proved_at(request, account) if account else None
    if account is None or request.POST.get("answer") != "yes" or proved_at is None:
        return _refused(
            AskRefused("access_denied", "the person declined", redirect_uri=asked.redirect_uri, state=asked.state)
        )
    grants.give_consent(account, asked.system, asked.scopes, actor=request.actor, at=request.at)
    return _let_in(request, asked, account, proved_at)


def _offered(request: ActorRequest, account: Account | None) -> Asked:
    """Return what the reader was asked to agree to: the yes of one person in one browser is nobody else's."""
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=_CONSENT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise Lost(reason=translation.gettext("it took too long")) from None
    if account is None or kept["account"] != str(account.pk) or kept["session"] != request.session.session_key:
        raise Lost(reason=translation.gettext("somebody else is signed in by now"))
    return asking.unpacked(kept["asked"])


def _let_in(request: ActorRequest, asked: Asked, account: Account, proved_at: datetime) -> HttpResponse:
    session_key = request.session.session_key or ""
    code = grants.begin_grant(
        asked, account, session_key=session_key, proved_at=proved_at, actor=request.actor, at=request.at
    )
    return arrived(Redirect(with_query(asked.redirect_uri, code=code, state=asked.state, iss=issuer())))


def _language(asked: Asked) -> str:
    known = {name.split("-")[0].lower() for name, _title in settings.LANGUAGES}
    return next((tag[:2].lower() for tag in asked.locales if tag[:2].lower() in known), "")


def _speaking(asked: Asked, response: HttpResponse) -> HttpResponse:
    """Let the pages of sign-in speak the language that the system speaks with the person, where none was chosen."""
    if wished := _language(asked):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wished, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response
