"""Changing a flow file by hand of a table or a form, where nobody draws: its steps, their properties, the drawing itself."""

from tinhso.kernel.casework.editing.drawing import with_drawing
from tinhso.kernel.casework.editing.steps import (
    CannotChange,
    Properties,
    add_step,
    change_element,
    process_named,
    properties_of,
    remove_step,
)

__all__ = [
    "CannotChange",
    "Properties",
    "add_step",
    "change_element",
    "process_named",
    "properties_of",
    "remove_step",
    "with_drawing",
]
