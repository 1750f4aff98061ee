"""What programs read first: who we are and which keys we sign with (Discovery 1.0, RFC 8414, RFC 7517)."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.signon.asking import PROMPTS
from tinhso.kernel.signon.callers import allow_browsers
from tinhso.kernel.signon.models import ProofMethod
from tinhso.kernel.signon.scopes import LEVELS, SCOPES
from tinhso.kernel.signon.signing import issuer, key_set

KEYS_KEPT_SECONDS = 3600
CLAIMS = (
    "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "name", "family_name", "given_name",
    "middle_name", "birthdate", "gender", "locale", "zoneinfo", "updated_at", "email", "email_verified",
    "phone_number", "phone_number_verified", "address", "vn.citizen_id", "vn.tax_code", "vn.org",
)  # fmt: skip


@require_GET
def configuration(_request: ActorRequest) -> HttpResponse:
    """Tell a system where everything is and what is supported."""
    names = {
        "authorization_endpoint": "authorize",
        "token_endpoint": "token",
        "userinfo_endpoint": "userinfo",
        "revocation_endpoint": "revoke",
        "introspection_endpoint": "introspect",
        "pushed_authorization_request_endpoint": "par",
        "end_session_endpoint": "logout",
        "jwks_uri": "jwks",
    }
    confidential = [ProofMethod.BASIC, ProofMethod.POST]
    said = {
        "issuer": issuer(),
        **{field: issuer() + reverse(f"signon:{name}") for field, name in names.items()},
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": list(ProofMethod.values),
        "revocation_endpoint_auth_methods_supported": list(ProofMethod.values),
        "introspection_endpoint_auth_methods_supported": confidential,
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(SCOPES),
        "claims_supported": list(CLAIMS),
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "acr_values_supported": list(LEVELS),
        "prompt_values_supported": sorted(PROMPTS),
        "ui_locales_supported": ["vi", "en"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
    return allow_browsers(JsonResponse(said))  # type: ignore[no-any-return]


@require_GET
def jwks(request: ActorRequest) -> HttpResponse:
    """Publish the keys with which our signatures are checked."""
    response = JsonResponse(key_set(request.at))
    response["Cache-Control"] = f"public, max-age={KEYS_KEPT_SECONDS}"
    return allow_browsers(response)  # type: ignore[no-any-return]
