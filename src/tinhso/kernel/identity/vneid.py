"""
Sign-in of citizens by OpenID Connect "VNeID": allauth drives the code flow, this file makes it strict.

Added to allauth: a nonce, the signature of the ID token against the issuer's keys (RS256 only), the issuer of the
answer (RFC 9207), the same subject in ID token and userinfo, and the demanded level (`acr`).
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.protocols import Identified, UnusableClaims, citizen_source

SKEW_SECONDS = 60


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


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The code flow with the ID token's signature checked and its subject compared with userinfo's."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        # only where somebody comes by VNeID: together 0.3 s of start-up
        import httpx
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        config = self.openid_config
        keys = KeySet.import_key_set(httpx.get(config["jwks_uri"], timeout=5).raise_for_status().json())
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
        """Return the sign-in, once both sources speak of the same subject."""
        # as above
        import httpx

        try:
            login = super().complete_login(request, app, token, **kwargs)
        except httpx.HTTPError as fault:
            raise OAuth2Error("the key set cannot be fetched") from fault
        data = login.account.extra_data
        if data["id_token"]["sub"] != data["userinfo"].get("sub"):
            raise OAuth2Error("userinfo is about somebody else")
        return login


class StrictProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider with a nonce in every request."""

    oauth2_adapter_class = StrictAdapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """Send the reader to the provider, with a fresh nonce that comes back inside the ID token."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or self.get_auth_params()), "nonce": nonce}
        return super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)

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
    """Take the provider's answer (stands before allauth's own view of the same name)."""
    adapter = StrictAdapter(request, provider_id)
    issuer = request.GET.get("iss")
    if issuer is not None and issuer != adapter.openid_config["issuer"]:
        raise VneidRefused(reason=_("another issuer answered"))
    return OAuth2CallbackView.adapter_view(adapter)(request)  # type: ignore[no-any-return]


def check_answer(sociallogin: Any) -> Identified:
    """Return who came, once nonce and level are right. Raises VneidRefused, LevelTooLow."""
    data = sociallogin.account.extra_data
    claims, userinfo = data["id_token"], data["userinfo"]
    sent = sociallogin.state.get("nonce") or ""
    if not sent or not secrets.compare_digest(str(claims.get("nonce", "")), sent):
        raise VneidRefused(reason=_("it belongs to another sign-in"))
    try:
        who = citizen_source().read(claims, userinfo)
    except UnusableClaims as fault:
        raise VneidRefused(reason=str(fault)) from fault
    if who.level < settings.VNEID_LEVEL:
        raise LevelTooLow(level=who.level, needed=settings.VNEID_LEVEL)
    # what the national side vouches for goes to Person; the raw claims are not kept a second time
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
