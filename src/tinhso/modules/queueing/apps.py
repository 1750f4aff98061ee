"""The app `queueing`."""

from django.apps import AppConfig


class QueueingConfig(AppConfig):
    """Label `queueing`."""

    name = "tinhso.modules.queueing"
    label = "queueing"
