"""Tables of quality."""

from tinhso.modules.quality.models.kept import MARKS, Case, Offer, Progress, Share, Tally
from tinhso.modules.quality.models.periods import Closing, Entered, Reported, ReportState
from tinhso.modules.quality.models.surveys import ASKED, Cell, Invitation, Sheet, Survey, Turn

__all__ = [
    "ASKED",
    "MARKS",
    "Case",
    "Cell",
    "Closing",
    "Entered",
    "Invitation",
    "Offer",
    "Progress",
    "ReportState",
    "Reported",
    "Share",
    "Sheet",
    "Survey",
    "Tally",
    "Turn",
]
