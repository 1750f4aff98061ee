"""The app `quality`."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Label `quality`."""

    name = "tinhso.modules.quality"
    label = "quality"
