"""The app `holdings`."""

from django.apps import AppConfig


class HoldingsConfig(AppConfig):
    """Label `holdings`."""

    name = "tinhso.modules.holdings"
    label = "holdings"
