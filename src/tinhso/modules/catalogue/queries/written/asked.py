"""
What the pages of the editor ask about a procedure: blocks of questions and lists of rows, each with its place in the document.

The document is the local file of the pack (`actions/local.py` is its shape). What stands in it and is not asked here stays
as it is: `KEPT`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.base.refusals import Text
from tinhso.law.online_service import REASONS

type Kind = Literal[
    "text", "words", "lines", "pairs", "shows", "whole", "number", "yes", "choice", "date", "form", "flow"
]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: where its answer stands below the block or row, and what sort of answer it takes."""

    key: str
    label: Text
    kind: Kind = "text"
    hint: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    default: Any = None
    """What an absent answer means: not written, and no change when somebody writes just that."""
    needed: bool = False
    most: int = 600
    """Letters: what a dossier keeps of it has so much room."""


@dataclass(frozen=True, slots=True)
class Block:
    """Questions that are asked on one page."""

    title: Text
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class List:
    """Rows of one sort: what one is called, what is asked about it, and which answers tell it from the others."""

    title: Text
    row: Text
    """“Paper “{name}””, with the answer that names it."""
    add: Text
    asks: tuple[Ask, ...]
    key: tuple[str, ...]
    name: tuple[str, ...]
    """The answers that name it, the first that is given."""


WAYS = (("online", _("Online")), ("direct", _("At the counter")), ("post", _("By post")))
UNITS = (
    ("working_day", pgettext_lazy("unit", "working days")),
    ("day", pgettext_lazy("unit", "days")),
    ("working_hour", pgettext_lazy("unit", "working hours")),
    ("month", pgettext_lazy("unit", "months")),
    ("year", pgettext_lazy("unit", "years")),
)
LEVELS = (("commune", _("Commune")), ("district", _("District")), ("province", _("Province")))
_NAMES = (Ask("name", _("Name"), "words", needed=True), Ask("name_en", _("Name in English"), "words"))
_CASE = Ask("case", _("Only for the case"), hint=_("Code of a case of this procedure. Empty: for all."))
_SOURCE = Ask("source", _("Legal basis"), hint=_("Number of the text, with its article."), needed=True)
_FROM = Ask("from", _("From"), "date")
_KINDS = (("fee", _("Fee (phí)")), ("charge", _("Charge (lệ phí)")))
_UNTIL = Ask("until", pgettext_lazy("last day", "Until"), "date")

BLOCKS: Mapping[str, Block] = {
    "names": Block(
        _("What it is called"),
        (
            Ask("name", _("Name"), "words", _("Empty: as in the national record.")),
            Ask("name_en", _("Name in English"), "words"),
            Ask("field", _("Field"), "words", _("Empty: as in the national record."), most=300),
            Ask("field_en", _("Field in English"), "words"),
            Ask("about", _("What it is for, in a sentence"), "words", most=2000),
            Ask("about_en", _("The same in English"), "words", most=2000),
            Ask("keywords", _("Other words people use"), "lines", _("One a line.")),
            Ask("subjects", _("Whom it is for"), "lines", _("One a line. Empty: as in the national record.")),
            Ask("popular", _("Place among the most used"), "whole", _("1 comes first. Empty: not among them.")),
        ),
    ),
    "work": Block(
        _("Who works on it, and how"),
        (
            Ask("agency/level", _("Level of the agency"), "choice", choices=LEVELS),
            Ask("agency/kind", _("Kind of the agency"), hint=_("Empty: the people’s committee of the level.")),
            Ask("agency/code", _("One agency"), hint=_("Its code, where only one agency of the province settles it.")),
            Ask(
                "agency/roles", _("Further places of the flow"), "pairs",
                _("One a line, such as “office = field:construction” or “police = unit:police”."),
            ),
            Ask("flow", _("Flow"), "flow", _("Empty: it is only shown, and cannot be filed here.")),
            Ask("form", _("Form"), "form"),
            Ask(
                "online", _("Online"), "choice", default="none",
                choices=(("full", _("Fully online")), ("partial", _("Partly online")), ("none", _("At the counter"))),
            ),
            Ask("offline/reason", _("Why it is not fully online"), "choice", choices=tuple((key, _(REASONS[key])) for key in REASONS)),
            Ask("offline/text", _("The reason as citizens read it"), "words"),
            Ask("offline/text_en", _("The reason in English"), "words"),
            Ask("central/system", _("Worked by a central system"), hint=_("Its name. Empty: worked here.")),
            Ask("central/system_en", _("The system in English")),
            Ask("central/url", _("Address of the system"), hint="https://…"),
            Ask("result_template", _("Layout of the result"), hint=_("Empty: the general one.")),
            Ask("result_mark", _("Mark in the number of the result"), hint=_("12/TLHT-BS has the mark TLHT-BS.")),
        ),
    ),
    "fee": Block(
        _("Fee as a whole"),
        (
            Ask(
                "fee/group_answer", _("Answer that names the applicant’s group"),
                hint=_("Step and question of the form, such as applicant.group: exemptions go by it."),
            ),
            Ask(
                "fee/not_given_back", _("Text by which it is kept"),
                hint=_("Where what was paid is kept although the dossier is not received. Empty: it goes back."),
            ),
        ),
    ),
}  # fmt: skip

LISTS: Mapping[str, List] = {
    "ways": List(
        _("Ways of filing and time limits"), _("Way of filing “{name}”"), _("Add a way"),
        (
            Ask("way", _("Way"), "choice", choices=WAYS, needed=True),
            Ask("amount", _("Time limit"), "number", needed=True),
            Ask("unit", _("Counted in"), "choice", choices=UNITS, needed=True),
            Ask("source", _("Legal basis"), hint=_("Number of the text, with its article.")),
            _CASE,
            Ask("fee", _("Fee in words"), hint=_("Only where no rule of a fee is given below.")),
            Ask("note", _("Note"), "words"),
        ),
        ("way", "case"), ("way",),
    ),
    "cases": List(
        _("Cases"), _("Case “{name}”"), _("Add a case"),
        (
            Ask("code", _("Code"), needed=True), *_NAMES,
            Ask("condition", _("When it is one"), "words"),
        ),
        ("code",), ("name", "code"),
    ),
    "components": List(
        _("Papers"), _("Paper “{name}”"), _("Add a paper"),
        (
            Ask("code", _("Code"), hint=_("Letters, digits, dots and dashes. Dossiers name the paper by it."), needed=True),
            *_NAMES,
            Ask("originals", _("Originals"), "whole", default=0),
            Ask("copies", _("Copies"), "whole", default=0),
            Ask("required", _("It must be handed in"), "yes", default=True),
            Ask("note", _("Note"), "words"),
            Ask("note_en", _("Note in English"), "words"),
            Ask("group", _("Heading above it"), "words"),
            Ask("form_file", _("Form number")),
            _CASE,
            Ask(
                "satisfied_by", _("Not asked for where the province holds"), "lines",
                _("Codes of results, one a line, such as KQ.G10.001147."),
            ),
            Ask(
                "shows", _("Held against what was declared"), "shows",
                _("One a line: the question and how it is compared (name, date, number, text), such as “/land/parcel text”."),
            ),
        ),
        ("code",), ("name", "code"),
    ),
    "results": List(
        _("Results"), _("Result “{name}”"), _("Add a result"),
        (
            *_NAMES,
            Ask("code", _("Code"), hint=_("As the catalogue of results writes it, such as KQ.G15.000342.")),
            Ask("paper", _("It is handed over on paper"), "yes", default=False),
            Ask("valid_months", _("Valid for so many months"), "whole", _("Empty: without an end.")),
        ),
        ("code", "name"), ("name", "code"),
    ),
    "legal": List(
        _("Legal bases"), _("Text “{name}”"), _("Add a text"),
        (Ask("number", _("Number"), needed=True), Ask("name", _("Name"), "words")),
        ("number",), ("number",),
    ),
    "fee/items": List(
        _("Fees and charges"), _("Fee “{name}”"), _("Add a fee"),
        (
            Ask("code", _("Code"), needed=True), *_NAMES,
            Ask("kind", _("Fee or charge"), "choice", default="fee", choices=_KINDS),
            Ask(
                "set_by", _("Set by"), "choice", default="national",
                choices=(("national", _("National text")), ("council", _("People’s council of the province"))),
            ),
            Ask("quantity", _("Multiplied by the answer"), hint=_("Step and question of the form, such as copies.count.")),
            Ask("included", _("Free of charge"), "whole", _("So many of them."), default=0),
            Ask("only_if", _("Only where the answer is yes"), hint=_("Step and question of the form.")),
        ),
        ("code",), ("name", "code"),
    ),
    "fee/items/*/amounts": List(
        _("Amounts"), _("Amount {name}"), _("Add an amount"),
        (Ask("amount", _("Amount, đồng"), "whole", needed=True), _FROM, _UNTIL, Ask("way", _("Only in the way"), "choice", choices=WAYS), _CASE, _SOURCE),
        ("way", "case", "from"), ("amount",),
    ),
    "fee/items/*/exempt": List(
        _("Exemptions"), _("Exemption of “{name}”"), _("Add an exemption"),
        (Ask("group", _("Group"), needed=True), *(Ask(one.key, one.label, one.kind) for one in _NAMES), Ask("percent", _("Per cent less"), "number", default=100), Ask("evidence", _("Papers that prove it"), "lines", _("Codes of papers of this procedure, one a line.")), _FROM, _UNTIL, _SOURCE),
        ("group", "from"), ("name", "group"),
    ),
    "fee/later": List(
        _("Fees that become due later"), _("Later fee “{name}”"), _("Add a later fee"),
        (
            Ask("code", _("Code"), needed=True), *_NAMES,
            Ask("kind", _("Fee or charge"), "choice", default="charge", choices=_KINDS),
            Ask(
                "when", _("Demanded"), "choice", default="officer",
                choices=(("officer", _("By the officer")), ("proposed", _("When the result is proposed")), ("issued", _("When the result is issued"))),
            ),
            Ask("amount", _("Amount, đồng"), "whole", _("Empty: the sum is entered, or reckoned by the per cent.")),
            Ask("percent", _("Per cent of a value"), "number"),
            Ask("of", _("Of which value"), "words"),
            Ask("of_en", _("Of which value, in English"), "words"),
            Ask("least", _("At least, đồng"), "whole", default=0),
            Ask("most", _("At most, đồng"), "whole"),
            Ask(
                "holds", _("What waits until it is paid"), "choice", default="result",
                choices=(("work", _("The work")), ("result", _("Handing over the result")), ("nothing", _("Nothing"))),
            ),
            Ask("stands", _("Text by which the clock stands"), hint=_("Only where the work waits.")),
            Ask("pay_within", _("Days to pay"), "whole", _("Empty: as the national figure says.")),
            _FROM, _UNTIL, _SOURCE,
            Ask("verified", _("A lawyer has read it"), "yes", default=False),
        ),
        ("code", "from"), ("name", "code"),
    ),
    "fee/items/*/discounts": List(
        _("Discounts"), _("Discount “{name}”"), _("Add a discount"),
        (Ask("way", _("Way"), "choice", choices=WAYS, needed=True), Ask("percent", _("Per cent less"), "number", default=100), _FROM, _UNTIL, _SOURCE),
        ("way", "from"), ("way",),
    ),
}  # fmt: skip
ORDER = ("names", "work", "ways", "cases", "components", "results", "fee", "fee/items", "fee/later", "legal")
"""In which order the page of a draft shows them; lists inside of rows stand on the page of the row."""
KEPT: Mapping[str, Text] = {
    "linked": _("Which agencies take part, each with its task, time and result"),
}
"""What only a file of the pack says."""
_NUMBER = re.compile(r"(?<=/)\d+(?=/|$)")


def pattern_of(page: str) -> str:
    """Return a place with its numbers as stars: `components/2` is `components/*`."""
    return _NUMBER.sub("*", page)


def list_of(page: str) -> List | None:
    """Return the list that a row belongs to; None for what is no row."""
    pattern = pattern_of(page)
    return LISTS.get(pattern.removesuffix("/*")) if pattern.endswith("/*") else None


def asks_of(page: str) -> tuple[Ask, ...] | None:
    """Return what is asked on a page, of a block or of a row; None for what is no page."""
    if page in BLOCKS:
        return BLOCKS[page].asks
    found = list_of(page)
    return found.asks if found else None


def lists_below(page: str) -> list[str]:
    """Return the lists inside of a row: the amounts of a fee."""
    pattern = pattern_of(page)
    return [
        page + name.removeprefix(pattern) for name in LISTS if name.startswith(f"{pattern}/") and pattern.endswith("*")
    ]
