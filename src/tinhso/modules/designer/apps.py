"""The app of the designer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesignerConfig(AppConfig):
    """Label `designer`."""

    name = "tinhso.modules.designer"
    label = "designer"
    verbose_name = _("Design of flows")
