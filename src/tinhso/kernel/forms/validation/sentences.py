"""
What to do at a place that needs mending, in the reader's language: the form's own words first, else made from the title.

No blame, no "invalid": each sentence is an instruction, so that it can be read out at a counter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise, lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tinhso.kernel.forms.definition import Field
from tinhso.kernel.forms.values import as_typed, show_number

EXAMPLE: Final = 1500
CHOSEN: Final = frozenset({"radios", "select", "checkboxes", "lookup", "unit", "yes-no"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place to mend: the question, what was answered, and which keyword is not met with which bound."""

    pointer: str
    field: Field | None
    value: Any
    keyword: str
    bound: Any
    on: date

    def __str__(self) -> str:
        field = self.field
        if field is None or self.keyword == "additionalProperties":
            return _("The form does not ask for “{name}”. Leave it out").format(name=self.pointer.rsplit("/", 1)[-1])
        own = field.messages.get("required" if self.keyword == "minItems" and not self.value else self.keyword)
        if own is not None:
            return str(own)
        return SENTENCES.get(self.keyword, _choose)(self, field)


def sentence(place: Place) -> Promise:
    """Return the sentence, made when it is shown."""
    return lazystr(place)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _missing(_place: Place, field: Field) -> str:
    title = field.title.inside()
    if field.widget == "checkbox":
        return _("Tick “{title}” to go on").format(title=field.title)
    if field.widget == "yes-no":
        return _("Answer yes or no: {title}").format(title=title)
    if field.widget in CHOSEN:
        return _("Choose the {title}").format(title=title)
    if field.widget == "file":
        return _("Add the file: {title}").format(title=title)
    if field.is_repeat:
        return _("Add at least one entry: {title}").format(title=title)
    return _("Enter the {title}").format(title=title)


def _choose(place: Place, field: Field) -> str:
    if place.value is None:
        return _missing(place, field)
    if field.schema.get("x-free"):
        said = _(
            "Choose the {title} from the list; in another province, write commune, district and province with commas"
        )
        return said.format(title=field.title.inside())
    return _("Choose the {title} from the list").format(title=field.title.inside())


def _kind(place: Place, field: Field) -> str:
    title = field.title
    kind = str(field.schema.get("type", ""))
    if kind == "integer":
        example = show_number(_example(field))
        return _("{title} must be a whole number, for example {example}").format(title=title, example=example)
    if kind == "number":
        return _("{title} must be a number, for example {example}").format(title=title, example=show_number(1500.5))
    if kind == "boolean":
        return _missing(place, field)
    if kind == "object":
        return _("{title} must be given as a group of answers").format(title=title)
    if kind == "array":
        return _("{title} must be given as a list").format(title=title)
    return _("{title} must be given as text").format(title=title)


def _example(field: Field) -> int:
    """Return a number that the question would take."""
    least, most = field.schema.get("minimum", 0), field.schema.get("maximum", EXAMPLE)
    return EXAMPLE if most >= EXAMPLE else int(max(least, min(3, most)))


def _too_short(place: Place, field: Field) -> str:
    return _("{title} needs at least {count} characters").format(title=field.title, count=place.bound)


def _too_long(place: Place, field: Field) -> str:
    return _("Shorten the {title} to {count} characters or fewer").format(title=field.title.inside(), count=place.bound)


def _too_small(place: Place, field: Field) -> str:
    return _("{title} must be {number} or more").format(title=field.title, number=show_number(place.bound))


def _not_above(place: Place, field: Field) -> str:
    return _("{title} must be more than {number}").format(title=field.title, number=show_number(place.bound))


def _too_great(place: Place, field: Field) -> str:
    return _("{title} must be {number} or less").format(title=field.title, number=show_number(place.bound))


def _multiple(place: Place, field: Field) -> str:
    return _("{title} must go in steps of {number}").format(title=field.title, number=show_number(place.bound))


def _too_few(place: Place, field: Field) -> str:
    if not place.value:
        return _missing(place, field)
    return _("Add entries until there are {count}: {title}").format(title=field.title.inside(), count=place.bound)


def _too_many(place: Place, field: Field) -> str:
    return _("Keep at most {count}: {title}").format(title=field.title.inside(), count=place.bound)


def _twice(_place: Place, field: Field) -> str:
    return _("Remove what is there twice: {title}").format(title=field.title.inside())


def _too_early(place: Place, field: Field) -> str:
    if place.bound == place.on:
        return _("{title} must be today or later").format(title=field.title)
    return _("{title} must be {day} or later").format(title=field.title, day=f"{place.bound:%d/%m/%Y}")


def _too_late(place: Place, field: Field) -> str:
    if place.bound == place.on:
        return _("{title} must be today or earlier").format(title=field.title)
    return _("{title} must be {day} or earlier").format(title=field.title, day=f"{place.bound:%d/%m/%Y}")


def _format(place: Place, field: Field) -> str:
    if field.format in {"date", "partial-date"}:
        return _date(place, field)
    told = FORMAT_SENTENCES.get(field.format)
    text = _(told) if told else _("Check the {title} and enter it again")
    return text.format(title=field.title.inside(), Title=_capital(str(field.title)))


def _date(place: Place, field: Field) -> str:
    day, month, year = as_typed(place.value)
    facts = {"title": field.title, "year": place.on.year}
    if field.format == "date" and not day:
        return _("{title} needs a day").format(**facts)
    if not month and (day or field.format == "date"):
        return _("{title} needs a month").format(**facts)
    if not year.isdigit() or len(year) != 4:  # noqa: PLR2004 - digits of a year
        return _("{title} needs a year of four digits, for example {year}").format(**facts)
    return _("{title} must be a day that exists, for example 17/11/{year}").format(**facts)


FORMAT_SENTENCES: Final = {
    "citizen-number": gettext_noop("{Title} must be the 12 digits on the identity card"),
    "tax-code": gettext_noop(
        "{Title} must be 10 digits, or 13 digits for a branch, or the 12-digit personal identification number."
    ),
    "vn-phone": gettext_noop("Enter a telephone number in Viet Nam, for example 0905 123 456"),
    "email": gettext_noop("Enter an e-mail address such as ten@example.vn"),
    "uuid": gettext_noop("Add the file again: {title}"),
}
SENTENCES: Final[dict[str, Callable[[Place, Field], str]]] = {
    "required": _missing,
    "type": _kind,
    "minLength": _too_short,
    "maxLength": _too_long,
    "minimum": _too_small,
    "exclusiveMinimum": _not_above,
    "maximum": _too_great,
    "multipleOf": _multiple,
    "minItems": _too_few,
    "maxItems": _too_many,
    "uniqueItems": _twice,
    "x-min": _too_early,
    "x-max": _too_late,
    "format": _format,
    "lookup": _choose,
    "const": _missing,
}
