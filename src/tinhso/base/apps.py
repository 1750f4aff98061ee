"""The spine as a Django app: opens the registry once every app is ready."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Label `base`; no tables."""

    name = "tinhso.base"
    label = "base"

    def ready(self) -> None:
        """Note what requests and tasks do."""
        from tinhso.base import watching  # settings must be there first

        watching.listen()
