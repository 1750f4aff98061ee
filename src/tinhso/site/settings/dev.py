"""One machine, one folder: what `./tinhso up` runs with."""

from tinhso.site.settings.base import *  # noqa: F403
