"""The app of provisioning."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvisioningConfig(AppConfig):
    """Label `provisioning`."""

    name = "tinhso.modules.provisioning"
    label = "provisioning"
    verbose_name = _("Staff from the staff system")
