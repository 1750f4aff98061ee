"""What the forms kernel lends to the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Module, PackPart, permissions
from tinhso.kernel.forms import access
from tinhso.kernel.forms.events import EVENTS
from tinhso.kernel.forms.pack import FormLoader
from tinhso.kernel.forms.units import UNITS

module = Module(
    slug="",
    title=_("Forms"),
    serves=("S-01", "S-09"),
    prefix="forms",
    lends=(PackPart("forms", FormLoader(), order=50), UNITS, *EVENTS, *permissions(access)),
)
