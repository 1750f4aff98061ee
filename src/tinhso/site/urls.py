"""Every address of the house: a loop over the manifests."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from tinhso.base.registry import registry
from tinhso.site import api
from tinhso.site.live import views as live
from tinhso.site.watch.probes import PROBES


def _mounted() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for package, module in registry.modules().items():
        # these addresses themselves are the house's
        if package != __package__ and find_spec(f"{package}.urls"):
            mount = module.slug if module.mount is None else module.mount
            prefix = f"{mount}/" if mount else ""
            found.append(path(prefix, include(f"{package}.urls")))
    return found


_own: list[URLPattern | URLResolver] = [
    *(path(probe.removeprefix("/"), view, name=probe[1:]) for probe, view in PROBES.items()),
    path("truc-tiep/", live.stream, name="live"),
    path("truc-tiep/quyen/", live.may_hear, name="live_rights"),
    path("api/", include(api.urlpatterns)),
]
urlpatterns = [path("", include((_own, "site"))), path("api/", api.api.urls), *_mounted()]
handler400 = "tinhso.web.errors.bad_request"
handler403 = "tinhso.web.errors.forbidden"
handler404 = "tinhso.web.errors.not_found"
handler429 = "tinhso.kernel.identity.limits.too_many_attempts"  # asked for by allauth
handler500 = "tinhso.web.errors.server_error"
