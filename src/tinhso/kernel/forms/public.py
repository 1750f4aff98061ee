"""The one file through which others enter the forms."""

from tinhso.kernel.forms.actions import publish_form, publish_forms, withdraw_forms
from tinhso.kernel.forms.asked import prune, steps_asked
from tinhso.kernel.forms.bind import Bound, Post, SaveFile, Sent, as_posted, bind
from tinhso.kernel.forms.definition import Choice, Field, FormDefinition, parse_form
from tinhso.kernel.forms.kept import AnswersField, AnswersLocked, ChangesField, salt_of, sealed_answers
from tinhso.kernel.forms.lookups import Found, Lookup
from tinhso.kernel.forms.overview import Section, Task, TaskGroup, answers_document, is_complete, summary, tasks
from tinhso.kernel.forms.pages import Control, StepPage, step_page
from tinhso.kernel.forms.prefill import NO_PREFILL, Prefill, changed_locked, fill, relock
from tinhso.kernel.forms.printing import render_form_pdf
from tinhso.kernel.forms.queries import NoSuchForm, latest_version, list_forms, list_versions, load_form
from tinhso.kernel.forms.reopened import NOT_ASKED, Reopened, Settled, answer_again, answer_words, changes, reopen
from tinhso.kernel.forms.sensitive import codes_marked, marks_of
from tinhso.kernel.forms.units import split_address
from tinhso.kernel.forms.validation import validate_all, validate_step
from tinhso.kernel.forms.values import Files, FileShown
from tinhso.kernel.forms.words import Words

__all__ = [
    "NOT_ASKED",
    "NO_PREFILL",
    "AnswersField",
    "AnswersLocked",
    "Bound",
    "ChangesField",
    "Choice",
    "Control",
    "Field",
    "FileShown",
    "Files",
    "FormDefinition",
    "Found",
    "Lookup",
    "NoSuchForm",
    "Post",
    "Prefill",
    "Reopened",
    "SaveFile",
    "Section",
    "Sent",
    "Settled",
    "StepPage",
    "Task",
    "TaskGroup",
    "Words",
    "answer_again",
    "answer_words",
    "answers_document",
    "as_posted",
    "bind",
    "changed_locked",
    "changes",
    "codes_marked",
    "fill",
    "is_complete",
    "latest_version",
    "list_forms",
    "list_versions",
    "load_form",
    "marks_of",
    "parse_form",
    "prune",
    "publish_form",
    "publish_forms",
    "relock",
    "render_form_pdf",
    "reopen",
    "salt_of",
    "sealed_answers",
    "split_address",
    "step_page",
    "steps_asked",
    "summary",
    "tasks",
    "validate_all",
    "validate_step",
    "withdraw_forms",
]
