"""The spine as a Django app: opens the registry once every app is ready."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Label `base`; no tables."""

    name = "tinhso.base"
    label = "base"

    def ready(self) -> None:
        """Note what requests and tasks do; have writes go together."""
        from tinhso.base import later, watching  # settings must be there first

        later.listen()
        watching.listen()
