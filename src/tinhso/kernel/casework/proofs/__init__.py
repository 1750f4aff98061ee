"""
What is proved of a flow before anybody may publish it.

`soundness` walks through all that can happen, `time` adds up the longest course, `refusals` and `roles` ask what the law
and the organisation ask. Every fault bears an element and a course on which it happens. Pure: no database, no clock.
"""

from tinhso.kernel.casework.proofs.faults import Fault, path_in_words
from tinhso.kernel.casework.proofs.notes import Notes, read_notes
from tinhso.kernel.casework.proofs.refusals import check_refusals
from tinhso.kernel.casework.proofs.roles import Runner, check_roles
from tinhso.kernel.casework.proofs.soundness import check_soundness
from tinhso.kernel.casework.proofs.time import Allowed, LegalLimit, WorstTime, check_time, limit_minutes, worst_time

__all__ = [
    "Allowed",
    "Fault",
    "LegalLimit",
    "Notes",
    "Runner",
    "WorstTime",
    "check_refusals",
    "check_roles",
    "check_soundness",
    "check_time",
    "limit_minutes",
    "path_in_words",
    "read_notes",
    "worst_time",
]
