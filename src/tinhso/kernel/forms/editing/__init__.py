"""A form while it is written: its outline, its changes one by one, what is wrong with it, what differs from another version."""

from tinhso.kernel.forms.editing.compare import FormChange, compare_forms
from tinhso.kernel.forms.editing.conditions import Told, condition_of, condition_words, told
from tinhso.kernel.forms.editing.faults import FormFault, Use, find_faults
from tinhso.kernel.forms.editing.outline import MOST_QUESTIONS, Row, kind_of, node_at, outline, paths_of
from tinhso.kernel.forms.editing.questions import (
    KINDS,
    LIMITS,
    CannotEdit,
    add_question,
    answers_of,
    change_form,
    change_question,
    change_rule,
    empty_form,
    move_question,
    read_form_file,
    remove_question,
    remove_rule,
)

__all__ = [
    "KINDS",
    "LIMITS",
    "MOST_QUESTIONS",
    "CannotEdit",
    "FormChange",
    "FormFault",
    "Row",
    "Told",
    "Use",
    "add_question",
    "answers_of",
    "change_form",
    "change_question",
    "change_rule",
    "compare_forms",
    "condition_of",
    "condition_words",
    "empty_form",
    "find_faults",
    "kind_of",
    "move_question",
    "node_at",
    "outline",
    "paths_of",
    "read_form_file",
    "remove_question",
    "remove_rule",
    "told",
]
