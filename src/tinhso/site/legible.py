"""
No request holds the character NUL: no field of ours needs it, and PostgreSQL keeps it in no text. No address gives a name twice.

What is given twice is read differently by a proxy, a filter and us (OWASP ASVS 5.0, 15.3.7). So: in an address no name may
stand twice; in JSON neither (`base.strict_json`); in a form boxes that are ticked are a list, and of any other field the last
counts, as Django reads it. Sign-on refuses it in forms too, in the words of its own protocol (RFC 6749, 3.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tinhso.kernel.identity.problems import problem
from tinhso.kernel.identity.public import wants_json
from tinhso.site.problems import PREFIX, Malformed
from tinhso.web.errors import page

NUL: Final = "\x00"
SIGN_ON: Final = "/oidc/"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class LegibleMiddleware:
    """Answer 400 wherever an address or a form holds NUL. Bodies of JSON are read by who asks for them, as strictly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; look at the address."""
        if NUL in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return _refused(request)
        if "&" in request.META.get("QUERY_STRING", "") and not request.path_info.startswith(SIGN_ON):
            for name, values in request.GET.lists():
                if len(values) > 1:
                    return _twice(request, name)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_arguments: object) -> HttpResponse | None:
        """Look at the form, after its token was looked at: no stranger has us read one for nothing."""
        is_form = request.method == "POST" and request.content_type in _FORMS
        # the API takes no forms but files, and reads those itself
        if is_form and not request.path_info.startswith(PREFIX):
            for name, values in request.POST.lists():
                if NUL in name or any(NUL in value for value in values):
                    return _refused(request)
        return None


def _twice(request: HttpRequest, name: str) -> HttpResponse:
    if wants_json(request):
        return problem(Malformed(), request)
    text = _("The address gives “{name}” twice. Open the page anew from the menu, and type what you look for again.")
    title = _("We could not read the request")
    return page(request, "web/400.html", 400, title=title, text=text.format(name=name[:40]))


def _refused(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return problem(Malformed(), request)
    return page(
        request,
        "web/400.html",
        400,
        title=_("We could not read the request"),
        text=_(
            "It holds a sign that is no letter (NUL). Go back, type the text again instead of pasting it, then send."
        ),
    )
