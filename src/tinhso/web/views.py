"""The few pages of the design system itself, and the parts of the installable site."""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from tinhso.web import errors, look, sheet
from tinhso.web.context import address_named

ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
PRECACHED = (
    "web/public.css",
    "web/app.js",
    "web/icons.svg",
    "web/drum.svg",
    "web/fonts/bvp-latin-400.woff2",
    "web/fonts/bvp-vietnamese-400.woff2",
    "web/fonts/bvp-latin-600.woff2",
    "web/fonts/bvp-vietnamese-600.woff2",
    "web/fonts/digits.woff2",
)
"""The shell that is kept for when there is no network; no page with anybody's data is ever kept."""


@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Show every component: what developers copy from, and what the browser tests scan."""
    return render(request, "web/design.html", sheet.examples())


@require_GET
def theme(request: HttpRequest) -> HttpResponse:
    """Send the province's colours. Its address carries a stamp, so it may be kept for a year."""
    province = look.province(get_language() or settings.LANGUAGE_CODE)
    response = HttpResponse(look.theme_css(province.tokens), content_type="text/css; charset=utf-8")
    fresh = request.GET.get("v") == province.theme
    response["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and, by `settings.WEB_KEEP_LANGUAGE`, with who is signed in; go back."""
    response = set_language(request)
    keep, chosen = getattr(settings, "WEB_KEEP_LANGUAGE", ""), request.POST.get("language", "")
    if keep and chosen in dict(settings.LANGUAGES):
        import_string(keep)(request, chosen)
    return response


@require_POST
def extend_session(request: HttpRequest) -> HttpResponse:
    """Make the session last a full term again; answers with its length in seconds."""
    request.session.modified = True
    request.session.set_expiry(None)
    return JsonResponse({"seconds": request.session.get_expiry_age()})


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Describe the installable site."""
    province = look.province(get_language() or settings.LANGUAGE_CODE)
    described = {
        "name": province.portal,
        "short_name": province.portal_short,
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "id": "/",
        "display": "standalone",
        "background_color": "#f7f6f3",
        "theme_color": province.colour,
        "icons": [
            {
                "src": static(f"web/icon-{'maskable-' if purpose == 'maskable' else ''}{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ICONS
        ],
    }
    return JsonResponse(described, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """Send the service worker, with the list of what it keeps; a changed list is a new worker."""
    kept = [*(static(name) for name in PRECACHED), reverse("web:offline")]
    version = hashlib.sha256("\n".join(kept).encode()).hexdigest()[:12]
    facts = {
        "kept": json.dumps(kept),
        "version": version,
        "offline": reverse("web:offline"),
        "static": settings.STATIC_URL,
        "live": address_named(getattr(settings, "WEB_LIVE", "")),
    }
    response = render(request, "web/sw.js", facts, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no network, in both languages: this page is kept before anybody chose one."""
    return errors.page(request, "web/offline.html", 200, title=_("No network"))
