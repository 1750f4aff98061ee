"""Facts that the operations centre announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

LOADED = Event("operations.boards_loaded", _("Boards of the operations centre were loaded"))
ARRANGED = Event("operations.board_arranged", _("A board of the operations centre was arranged anew"))

ANNOUNCED = (LOADED, ARRANGED)
