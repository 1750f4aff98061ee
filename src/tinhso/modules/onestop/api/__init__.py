"""The one-stop shop for programs. Handlers parse, call one act or query, and render; they decide nothing."""

from tinhso.modules.onestop.api import fees as _fees
from tinhso.modules.onestop.api.applications import applications, files
from tinhso.modules.onestop.api.cash import cash_books, statements
from tinhso.modules.onestop.api.desk import worklist
from tinhso.modules.onestop.api.dossiers import READ, get_dossier
from tinhso.modules.onestop.api.dossiers import router as dossiers
from tinhso.modules.onestop.api.public import agencies, forms, journal, track
from tinhso.modules.onestop.api.shapes import Dossier

# the last address of all: a code may hold a slash, so it would swallow what can be done with a dossier
dossiers.get("/{path:code}", response=Dossier, summary="Read a dossier", openapi_extra=READ)(get_dossier)

__all__ = [
    "_fees",
    "agencies",
    "applications",
    "cash_books",
    "dossiers",
    "files",
    "forms",
    "journal",
    "statements",
    "track",
    "worklist",
]
