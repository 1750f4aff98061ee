"""
The province as data: a folder is read whole, checked whole, compared with what is in force, and only then applied.

A part of a pack is lent as `PackPart(key, loader, order)` (`base.registry`); its loader follows `plan.Loader`. Import
what a loader needs from here.
"""

from tinhso.kernel.organisation.pack.checking import Column, as_date, check_rows, check_schema
from tinhso.kernel.organisation.pack.load import BadPack, check_pack, load_pack
from tinhso.kernel.organisation.pack.plan import Change, Loader, Pack, Plan, Verb
from tinhso.kernel.organisation.pack.reading import (
    Document,
    Fault,
    Row,
    Said,
    Table,
    Unreadable,
    read_csv_with_lines,
    read_json_with_lines,
    read_yaml_with_lines,
)

__all__ = [
    "BadPack",
    "Change",
    "Column",
    "Document",
    "Fault",
    "Loader",
    "Pack",
    "Plan",
    "Row",
    "Said",
    "Table",
    "Unreadable",
    "Verb",
    "as_date",
    "check_pack",
    "check_rows",
    "check_schema",
    "load_pack",
    "read_csv_with_lines",
    "read_json_with_lines",
    "read_yaml_with_lines",
]
