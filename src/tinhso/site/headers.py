"""
What every answer tells the browser beyond Django's own headers.

Sources: OWASP ASVS 5.0, 3.5.8, 14.3.1 and 14.3.2; W3C Permissions Policy; Fetch (Cross-Origin-Resource-Policy).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

UNUSED: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
"""Powers of a browser that no page of ours asks for: a script that got in gets none of them either."""
PERMISSIONS: Final = ", ".join(f"{power}=()" for power in UNUSED)


class HeadersMiddleware:
    """Add the headers; what a view set itself stays as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            # a page of somebody who is known, or was a moment ago: no copy stays for who uses the machine next
            response.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST" and request.path == reverse(settings.WEB_SIGN_OUT):
            response.headers.setdefault("Clear-Site-Data", '"cache"')
        return response


class HostCookieStorage(CookieStorage):
    """Sentences that are shown once, in a cookie that no other host can set."""

    cookie_name = "__Host-messages"


class HostMessages(FallbackStorage):
    """Django's own way of keeping them, under that name: used over https."""

    storage_classes = (HostCookieStorage, SessionStorage)
