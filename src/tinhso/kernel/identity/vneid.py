"""
Sign-in of citizens by OpenID Connect "VNeID": allauth drives the code flow, this file makes it strict.

Added to allauth: a nonce, the signature of the ID token against the issuer's keys (RS256 only), the issuer of the
answer (RFC 9207), the same subject in ID token and userinfo, and the demanded level (`acr`). What VNeID says of somebody
goes to Person; with the account only subject and level are kept. When VNeID does not answer, the page says so.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.posting import ask
from tinhso.base.refusals import NotFound, Refusal
from tinhso.base.watching import passed_on
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.limits import client_address, network_of, within
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.protocols import Identified, UnusableClaims, citizen_source

if TYPE_CHECKING:
    import httpx

SKEW_SECONDS = 60
BEGUN_A_MINUTE = 60
"""Sign-ins that one address may begin: each asks VNeID and keeps a row until it ends."""
ANSWER_SECONDS = 5
"""For each piece of an answer."""
WHOLE_SECONDS = 10.0
"""For a whole answer, of which a sign-in waits for four."""
LONGEST_ANSWER = 256 * 1024
ENDPOINTS = frozenset({"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"})

_log = logging.getLogger(__name__)


class VneidRefused(Refusal):
    """The answer of the national sign-on cannot be relied on."""

    code = "identity.vneid_refused"
    text = _("The answer from VNeID could not be checked: {reason}. Sign in again.")
    status = 400


class LevelTooLow(Refusal):
    """Online services need level 2 (NĐ 69/2024/NĐ-CP)."""

    code = "identity.level_too_low"
    text = _("Your VNeID account is at level {level}. This site needs level {needed}; raise it at the commune police.")
    law = "NĐ 69/2024/NĐ-CP"
    status = 403


class VneidAway(Refusal):
    """The national sign-on cannot be reached, or speaks no OpenID Connect at the moment."""

    code = "identity.vneid_away"
    text = _("VNeID does not answer at the moment. Try again in a few minutes; nothing is lost.")
    status = 503


class Questions:
    """What the library takes for a session of requests: each question to VNeID within its time, whatever it sends."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing stays open between two questions."""

    def get(self, url: str, **given: Any) -> httpx.Response:
        """Get an address, as `request` does."""
        return self.request("GET", url, **given)

    def request(self, method: str, url: str, *, auth: Any = None, headers: Any = None, **given: Any) -> httpx.Response:
        """Ask, and return the whole answer. Raises httpx.HTTPError, httpx.InvalidURL."""
        # the library knows the pair under the names of requests
        pair = (auth.username, auth.password) if auth else None
        return ask(
            method,
            url,
            auth=pair,
            headers={**(headers or {}), **passed_on()},
            timeout=ANSWER_SECONDS,
            seconds=WHOLE_SECONDS,
            most_bytes=LONGEST_ANSWER,
            **given,
        )


@contextmanager
def asking_vneid() -> Iterator[None]:
    """Turn what goes wrong on the way to VNeID into VneidAway: no connection, an error of theirs, no JSON."""
    import httpx

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        _log.warning("VNeID: %s", fault)
        raise VneidAway from fault


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The code flow with the ID token's signature checked and its subject compared with userinfo's."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself, asked once for each sign-in. Raises VneidAway."""
        if not hasattr(self, "_openid_config"):
            with asking_vneid(), get_adapter().get_requests_session() as session:
                answer = session.get(self.get_provider().server_url)
                answer.raise_for_status()
                said = answer.json()
                if not isinstance(said, dict) or not said.keys() >= ENDPOINTS:
                    raise ValueError("its description of itself lacks endpoints")
            self._openid_config: dict[str, Any] = said
        return self._openid_config

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        """Return the provider's answer to the code. Raises VneidAway, and OAuth2Error for a code that is none."""
        with asking_vneid():
            return super().get_access_token_data(*args, **kwargs)

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        with asking_vneid():
            said = super()._fetch_user_info(access_token)
        if not isinstance(said, dict) or not said.get("sub"):
            raise OAuth2Error("userinfo is about nobody")
        return said

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        # only where somebody comes by VNeID: together 0.3 s of start-up
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        config = self.openid_config
        try:
            with asking_vneid():
                keys = KeySet.import_key_set(Questions().get(config["jwks_uri"]).raise_for_status().json())
        except (JoseError, KeyError, TypeError) as fault:
            _log.warning("VNeID's keys: %s", fault)
            raise VneidAway from fault
        registry = jwt.JWTClaimsRegistry(
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": config["issuer"]},
            aud={"essential": True, "value": app.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            token = jwt.decode(id_token, keys, algorithms=["RS256"])
            registry.validate(token.claims)
        except (JoseError, ValueError) as fault:
            raise OAuth2Error(f"Invalid id_token: {fault}") from fault
        return dict(token.claims)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return the sign-in, once both sources speak of the same subject; what they say goes with it, not into a table."""
        login = super().complete_login(request, app, token, **kwargs)
        said, login.account.extra_data = login.account.extra_data, {}
        if "id_token" not in said:
            raise OAuth2Error("there is no id_token")
        if said["id_token"]["sub"] != said["userinfo"]["sub"]:
            raise OAuth2Error("userinfo is about somebody else")
        login.claims = said
        return login


class StrictProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider with a nonce in every request."""

    oauth2_adapter_class = StrictAdapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """
        Send the reader to the provider, with a fresh nonce that comes back inside the ID token.

        Always to sign in: joining a second VNeID to an account, the library's other errand, is not done here.
        """
        del process
        if not within("vneid", network_of(client_address(request)), BEGUN_A_MINUTE, seconds=60):
            raise ImmediateHttpResponse(respond_429(request))
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or self.get_auth_params()), "nonce": nonce}
        return super().redirect(request, AuthProcess.LOGIN, next_url, data, nonce=nonce, **kwargs)

    def extract_email_addresses(self, data: Any) -> list[Any]:
        """Keep no list of addresses: the person's own record holds one."""
        del data
        return []

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        """Take nothing here: `citizen_source` reads the claims."""
        del data
        return {}


def strict_provider(provider: Any) -> Any:
    """Return the provider with our checks, if it speaks OpenID Connect."""
    return (
        StrictProvider(provider.request, app=provider.app) if isinstance(provider, OpenIDConnectProvider) else provider
    )


@login_not_required  # type: ignore[untyped-decorator]
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the provider's answer (stands before allauth's own view of the same name). Raises NotFound, VneidAway."""
    adapter = StrictAdapter(request, provider_id)
    try:
        adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise NotFound from None
    issuer = request.GET.get("iss")
    if issuer is not None and issuer != adapter.openid_config["issuer"]:
        raise VneidRefused(reason=_("another issuer answered"))
    return OAuth2CallbackView.adapter_view(adapter)(request)  # type: ignore[no-any-return]


def check_answer(sociallogin: Any) -> Identified:
    """Return who came, once nonce and level are right. Raises VneidRefused, LevelTooLow."""
    claims, userinfo = sociallogin.claims["id_token"], sociallogin.claims["userinfo"]
    sent = sociallogin.state.get("nonce") or ""
    if not sent or not secrets.compare_digest(str(claims.get("nonce", "")), sent):
        raise VneidRefused(reason=_("it belongs to another sign-in"))
    try:
        who = citizen_source().read(claims, userinfo)
    except UnusableClaims as fault:
        raise VneidRefused(reason=str(fault)) from fault
    if who.level < settings.VNEID_LEVEL:
        raise LevelTooLow(level=who.level, needed=settings.VNEID_LEVEL)
    sociallogin.account.extra_data = {"level": who.level}
    return who


@act
def account_for_citizen(who: Identified, *, actor: Actor, at: datetime) -> Account:
    """Return the account of whom VNeID vouches for; the first time, person, business and account are made."""
    require(by_system, actor)
    person = actions.find_or_add_person(citizen_number=who.citizen_number, full_name=who.full_name, actor=actor, at=at)
    known = {"birth_on": who.birth_on, "sex": who.sex, "address": who.address, "phone": who.phone, "email": who.email}
    actions.change_person(
        person,
        full_name=who.full_name,
        verified_by=who.assurance,
        actor=actor,
        at=at,
        **{name: value for name, value in known.items() if value},
    )
    if not who.tax_code:
        account = Account.objects.filter(person=person).first()
        return account or actions.add_account(f"vneid-{person.pk.hex}", person=person, actor=actor, at=at)
    business = actions.find_or_add_business(
        tax_code=who.tax_code, name=who.business_name, representative=person, actor=actor, at=at
    )
    username = f"vneid-{business.pk.hex[-16:]}-{person.pk.hex[-16:]}"
    account = Account.objects.filter(username=username).first()
    return account or actions.add_account(username, business=business, actor=actor, at=at)
