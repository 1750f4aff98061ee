"""Indicators as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    """Label `indicators`: definitions, formulas, observations with all their versions, targets."""

    name = "tinhso.kernel.indicators"
    label = "indicators"
    verbose_name = _("Indicators")
