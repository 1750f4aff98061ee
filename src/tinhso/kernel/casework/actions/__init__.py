"""Every act of casework, one function each."""

from tinhso.kernel.casework.actions.cases import cancel_case, correlate, reschedule_case, start_case
from tinhso.kernel.casework.actions.flows import deploy_flow, retire_flow
from tinhso.kernel.casework.actions.leaving import release_all
from tinhso.kernel.casework.actions.refusals import (
    BadMoment,
    CaseOver,
    NoAgency,
    NoFlow,
    NotExpected,
    NotHolder,
    NotTaken,
    StepOver,
    TakenAlready,
    TooMuchData,
    UnknownOutcome,
)
from tinhso.kernel.casework.actions.taking_part import note_late_answer, succeed
from tinhso.kernel.casework.actions.waiting import fire_due_timers, run_services, try_again
from tinhso.kernel.casework.actions.work import assign_task, complete_task, release_task, take_task

__all__ = [
    "BadMoment",
    "CaseOver",
    "NoAgency",
    "NoFlow",
    "NotExpected",
    "NotHolder",
    "NotTaken",
    "StepOver",
    "TakenAlready",
    "TooMuchData",
    "UnknownOutcome",
    "assign_task",
    "cancel_case",
    "complete_task",
    "correlate",
    "deploy_flow",
    "fire_due_timers",
    "note_late_answer",
    "release_all",
    "release_task",
    "reschedule_case",
    "retire_flow",
    "run_services",
    "start_case",
    "succeed",
    "take_task",
    "try_again",
]
