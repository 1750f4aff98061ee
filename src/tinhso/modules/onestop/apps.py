"""The app `onestop`."""

from django.apps import AppConfig


class OnestopConfig(AppConfig):
    """Label `onestop`."""

    name = "tinhso.modules.onestop"
    label = "onestop"
