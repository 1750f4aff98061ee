"""A small Django site of others that signs people in through us, by mozilla-django-oidc. Run: relying_site.py PORT JSON."""

from __future__ import annotations

import json
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.http import JsonResponse
from django.urls import include, path

PORT, GIVEN = int(sys.argv[1]), json.loads(sys.argv[2])
settings.configure(
    DEBUG=False,
    SECRET_KEY="of-this-small-site-only",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": GIVEN["database"]}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    SESSION_COOKIE_NAME="small_site",
    LOGIN_REDIRECT_URL="/me",
    LOGIN_REDIRECT_URL_FAILURE="/failed",
    OIDC_RP_CLIENT_ID=GIVEN["id"],
    OIDC_RP_CLIENT_SECRET=GIVEN["secret"],
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_SCOPES="openid email profile",
    OIDC_USE_PKCE=True,
    OIDC_TOKEN_USE_BASIC_AUTH=True,
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{GIVEN['issuer']}/oidc/authorize",
    OIDC_OP_TOKEN_ENDPOINT=f"{GIVEN['issuer']}/oidc/token",
    OIDC_OP_USER_ENDPOINT=f"{GIVEN['issuer']}/oidc/userinfo",
    OIDC_OP_JWKS_ENDPOINT=f"{GIVEN['issuer']}/oidc/jwks.json",
)


def me(request):
    """Tell who this site thinks is signed in."""
    user = request.user
    return JsonResponse({"in": user.is_authenticated, "email": getattr(user, "email", "")})


urlpatterns = [path("oidc/", include("mozilla_django_oidc.urls")), path("me", me), path("failed", me)]

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("runserver", f"127.0.0.1:{PORT}", use_reloader=False, verbosity=0)
