"""The last app to get ready: takes in every manifest."""

from django.apps import AppConfig
from django.conf import settings

from tinhso.base.registry import registry


class SiteConfig(AppConfig):
    """Label `house` (Django has a `sites` of its own); no tables."""

    name = "tinhso.site"
    label = "house"

    def ready(self) -> None:
        """Find the manifests of all installed packages, once; join those who watch."""
        if not registry.modules():
            registry.discover(settings.OWN_APPS)
        from tinhso.site.watch import joining  # settings must be there first

        joining.listen()
