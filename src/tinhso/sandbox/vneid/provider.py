"""The provider's endpoints."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from threading import RLock
from typing import Any
from urllib.parse import unquote_plus, urlencode

from joserfc.errors import JoseError

from tinhso.base.clock import now
from tinhso.sandbox.config import Config
from tinhso.sandbox.people import Citizen, find
from tinhso.sandbox.vneid import screens
from tinhso.sandbox.vneid.asked import SCOPES, Access, Asked, BadClient, Code, Refused, Session, read_asked
from tinhso.sandbox.vneid.keys import Keys
from tinhso.sandbox.web import App, Request, Response, as_json, redirect

CODE_SECONDS = 60
TOKEN_SECONDS = 300
COOKIE = "vneid_phien"
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
NO_STORE = [("Cache-Control", "no-store"), ("Pragma", "no-cache")]


class Provider:
    """An OpenID provider with one client. Sessions, codes and tokens live in memory: a restart signs everybody out."""

    def __init__(self, config: Config, keys: Keys, clock: Callable[[], float] = lambda: now().timestamp()) -> None:
        """Serve the client of `config`; `clock` gives the present moment in seconds."""
        self.config, self.keys, self.clock = config, keys, clock
        self._lock = RLock()
        self._sessions: dict[str, Session] = {}
        self._waiting: dict[str, Asked] = {}
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Access] = {}

    def add_to(self, app: App) -> None:
        """Add the addresses."""
        app.add("GET", "/vneid/.well-known/openid-configuration", self.discovery)
        app.add(
            "GET",
            "/vneid/jwks.json",
            lambda _request: as_json(self.keys.public(), headers=[("Cache-Control", "max-age=300")]),
        )
        app.add("GET POST", "/vneid/authorize", self.authorize)
        app.add("POST", "/vneid/login", self.login)
        app.add("POST", "/vneid/consent", self.consent)
        app.add("POST", "/vneid/token", self.token)
        app.add("GET POST", "/vneid/userinfo", self.userinfo)
        app.add("GET POST", "/vneid/logout", self.logout)

    def discovery(self, _request: Request) -> Response:
        """Describe the provider (Discovery 1.0)."""
        at = self.config.issuer
        return as_json(
            {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "userinfo_endpoint": f"{at}/userinfo",
                "jwks_uri": f"{at}/jwks.json",
                "end_session_endpoint": f"{at}/logout",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": list(SCOPES),
                "claims_supported": [
                    "sub", "name", "birthdate", "gender", "address", "phone_number", "email", "citizen_id", "org_tax_code",
                    "org_name", "acr", "amr", "auth_time",
                ],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "acr_values_supported": ["urn:vn:vneid:1", "urn:vn:vneid:2"],
                "prompt_values_supported": ["none", "login", "consent", "select_account"],
                "authorization_response_iss_parameter_supported": True,
                "request_parameter_supported": False,
                "request_uri_parameter_supported": False,
                "claims_parameter_supported": False,
                "ui_locales_supported": ["vi", "en"],
            }
        )  # fmt: skip

    def authorize(self, request: Request) -> Response:
        """Ask who it is, ask what may be told, and give a code."""
        try:
            asked = read_asked(request.query if request.method == "GET" else request.form, self.config)
        except BadClient as fault:
            return screens.bad_client(str(fault))
        except Refused as fault:
            return self._refuse(fault.asked, fault.error, fault.description)
        with self._lock:
            session = self._session(request, asked)
            if "none" in asked.prompts:
                return self._answer_silently(asked, request, session)
            ticket = secrets.token_urlsafe(24)
            self._waiting[ticket] = asked
        if session and not asked.prompts & {"login", "select_account"}:
            return screens.consent(ticket, self._citizen(session.person), asked.scopes)
        return screens.sign_in(ticket)

    def _answer_silently(self, asked: Asked, request: Request, session: Session | None) -> Response:
        """Answer `prompt=none`: no page may be shown."""
        if session is None:
            return self._refuse(asked, "login_required", "nobody is signed in")
        if asked.client_id not in session.consented:
            return self._refuse(asked, "consent_required", "consent was not given yet")
        return self._give_code(asked, request.cookies[COOKIE], session)

    def login(self, request: Request) -> Response:
        """Take who it is: an invented person picked, or a number typed."""
        form = dict(request.form)
        ticket = form.get("ticket", "")
        asked = self._waiting.get(ticket)
        if asked is None:
            return screens.too_late()
        person = find(form.get("person") or form.get("number", ""))
        if person is None:
            return screens.sign_in(ticket, wrong=True)
        sid = secrets.token_urlsafe(24)
        with self._lock:
            self._sessions.pop(request.cookies.get(COOKIE, ""), None)
            self._sessions[sid] = Session(person.key, int(self.clock()))
        shown = screens.consent(ticket, person, asked.scopes)
        shown.headers.append(("Set-Cookie", f"{COOKIE}={sid}; Path=/vneid; HttpOnly; SameSite=Lax"))
        return shown

    def consent(self, request: Request) -> Response:
        """Take yes or no, and go back to the client; or let somebody else at the same browser sign in."""
        form = dict(request.form)
        if form.get("answer") == "other" and form.get("ticket", "") in self._waiting:
            return screens.sign_in(form["ticket"])
        with self._lock:
            asked = self._waiting.pop(form.get("ticket", ""), None)
            sid = request.cookies.get(COOKIE, "")
            session = self._sessions.get(sid)
            if asked is None or session is None:
                return screens.too_late()
            if form.get("answer") != "yes":
                return self._refuse(asked, "access_denied", "the person said no")
            session.consented.add(asked.client_id)
            return self._give_code(asked, sid, session)

    def token(self, request: Request) -> Response:
        """Change a code into tokens."""
        if not self._client_is_right(request.headers.get("authorization", "")):
            challenge = [("WWW-Authenticate", 'Basic realm="vneid"'), *NO_STORE]
            return as_json({"error": "invalid_client"}, 401, challenge)
        pairs = request.form
        form = dict(pairs)
        if len(pairs) != len(form):
            return _token_error("invalid_request", "a parameter is given twice")
        if "client_secret" in form:
            return _token_error("invalid_request", "a client uses one method of authentication")
        if form.get("grant_type") != "authorization_code":
            return _token_error("unsupported_grant_type", "only authorization_code is supported")
        with self._lock:
            code = self._codes.get(form.get("code", ""))
            if code is not None and code.used:
                # a code that comes twice was stolen: what the first bearer got is taken back (RFC 6749, 4.1.2)
                self._access.pop(code.access_token, None)
            fault = self._code_fault(code, form)
            if fault or code is None:
                return _token_error("invalid_grant", fault)
            code.used = True
            code.access_token = secrets.token_urlsafe(32)
            self._access[code.access_token] = Access(code.person, code.asked.scopes, self.clock() + TOKEN_SECONDS)
        return as_json(
            {
                "access_token": code.access_token,
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
                "scope": " ".join(code.asked.scopes),
                "id_token": self.keys.sign(self._id_claims(code)),
            },
            headers=NO_STORE,
        )

    def userinfo(self, request: Request) -> Response:
        """Tell what the scopes of an access token allow."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        access = self._access.get(token.strip()) if scheme.lower() == "bearer" else None
        person = find(access.person) if access else None
        if access is None or person is None or access.until <= self.clock():
            said = 'Bearer realm="vneid"' + (', error="invalid_token"' if token else "")
            return as_json({"error": "invalid_token"}, 401, [("WWW-Authenticate", said)])
        return as_json({"sub": self._sub(person), **claims_of(person, access.scopes)}, headers=NO_STORE)

    def logout(self, request: Request) -> Response:
        """End the provider's session (RP-Initiated Logout 1.0); back only to a registered address."""
        values = dict(request.query if request.method == "GET" else request.form)
        back = values.get("post_logout_redirect_uri", "")
        hint = values.get("id_token_hint", "")
        if not self._hint_is_ours(hint):
            return screens.bad_client("id_token_hint")
        if back and (
            back not in self.config.logout_uris or not (hint or values.get("client_id") == self.config.client_id)
        ):
            return screens.bad_client("post_logout_redirect_uri")
        if request.method == "GET" and not hint:
            return screens.ask_logout(back, values.get("client_id", ""), values.get("state", ""))
        with self._lock:
            self._sessions.pop(request.cookies.get(COOKIE, ""), None)
        gone = [("Set-Cookie", f"{COOKIE}=; Path=/vneid; Max-Age=0; HttpOnly; SameSite=Lax")]
        if not back:
            return screens.signed_out(gone)
        state = f"?{urlencode({'state': values['state']})}" if values.get("state") else ""
        return redirect(back + state, headers=gone)

    def _session(self, request: Request, asked: Asked) -> Session | None:
        """Return the browser's session if it is young enough for what is asked."""
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session and asked.max_age is not None and self.clock() - session.signed_in_at > asked.max_age:
            return None
        return session

    def _forget(self) -> None:
        """Drop codes and tokens that ended ten minutes ago: a used code is remembered that long to notice a second use."""
        gone = self.clock() - 600
        self._codes = {key: code for key, code in self._codes.items() if code.until > gone}
        self._access = {key: access for key, access in self._access.items() if access.until > gone}

    def _give_code(self, asked: Asked, sid: str, session: Session) -> Response:
        self._forget()
        code = secrets.token_urlsafe(32)
        self._codes[code] = Code(asked, session.person, session.signed_in_at, sid, self.clock() + CODE_SECONDS)
        return redirect(asked.answer(self.config.issuer, code=code))

    def _refuse(self, asked: Asked, error: str, description: str) -> Response:
        return redirect(asked.answer(self.config.issuer, error=error, error_description=description))

    def _client_is_right(self, header: str) -> bool:
        """Tell whether Basic names our client; both halves are form-urlencoded first (RFC 6749, 2.3.1)."""
        scheme, _space, packed = header.partition(" ")
        try:
            name, colon, secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except ValueError:
            return False
        right = hmac.compare_digest(unquote_plus(secret).encode(), self.config.client_secret.encode())
        return scheme.lower() == "basic" and bool(colon) and unquote_plus(name) == self.config.client_id and right

    def _code_fault(self, code: Code | None, form: dict[str, str]) -> str:
        """Return why the code is not good, empty when it is."""
        if code is None:
            return "no such code"
        verifier = form.get("code_verifier", "")
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        checks = (
            (code.used, "the code was used before"),
            (code.until <= self.clock(), "the code is too old"),
            (form.get("redirect_uri") != code.asked.redirect_uri, "redirect_uri is another one"),
            (not _VERIFIER.fullmatch(verifier), "code_verifier is missing or malformed"),
            (not hmac.compare_digest(made, code.asked.challenge), "code_verifier does not fit"),
        )
        return next((said for wrong, said in checks if wrong), "")

    def _id_claims(self, code: Code) -> dict[str, object]:
        person, at = self._citizen(code.person), int(self.clock())
        half = hashlib.sha256(code.access_token.encode()).digest()[:16]
        claims: dict[str, object] = {
            "iss": self.config.issuer,
            "sub": self._sub(person),
            "aud": code.asked.client_id,
            "iat": at,
            "exp": at + TOKEN_SECONDS,
            "auth_time": code.signed_in_at,
            "acr": f"urn:vn:vneid:{person.level}",
            "amr": ["pwd", "otp"] if person.level > 1 else ["pwd"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            "sid": hashlib.sha256(code.session.encode()).hexdigest()[:24],
        }
        return {**claims, "nonce": code.asked.nonce} if code.asked.nonce else claims

    def _citizen(self, key: str) -> Citizen:
        person = find(key)
        if person is None:
            raise LookupError(key)
        return person

    def _sub(self, person: Citizen) -> str:
        """Return the pairwise subject: the same for this client at every sign-in, telling nothing."""
        return hashlib.sha256(f"{self.config.client_id}|{person.key}".encode()).hexdigest()[:40]

    def _hint_is_ours(self, hint: str) -> bool:
        """Tell whether the hint is absent, or an ID token we gave to our client, however old."""
        if not hint:
            return True
        try:
            claims = self.keys.read(hint)
        except (JoseError, ValueError):
            return False
        return claims.get("iss") == self.config.issuer and claims.get("aud") == self.config.client_id


def claims_of(person: Citizen, scopes: tuple[str, ...]) -> dict[str, Any]:
    """Return what the scopes allow to be told; what is not known is left out."""
    by_scope: dict[str, dict[str, Any]] = {
        "profile": {"name": person.name, "birthdate": person.birthdate, "gender": person.gender, "locale": "vi-VN"},
        "email": {"email": person.email, "email_verified": bool(person.email)} if person.email else {},
        "phone": {"phone_number": person.phone, "phone_number_verified": True} if person.phone else {},
        "address": {"address": {"formatted": person.address, "country": "VN"}} if person.address else {},
        "vn.citizen_id": {"citizen_id": person.citizen_number},
        "vn.org": {"org_tax_code": person.tax_code, "org_name": person.business_name} if person.tax_code else {},
    }
    told: dict[str, Any] = {}
    for scope in scopes:
        told.update(by_scope.get(scope, {}))
    return told


def _token_error(error: str, description: str) -> Response:
    return as_json({"error": error, "error_description": description}, 400, NO_STORE)
