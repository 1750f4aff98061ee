"""The design system as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Label `web`; no tables."""

    name = "tinhso.web"
    label = "web"

    def ready(self) -> None:
        """Register the system checks of the menus."""
        from tinhso.web import checks  # noqa: F401 - checks register themselves once the apps are there
