"""
Answers in their rows: those that the law calls sensitive lie sealed, all others as they are (docs/adr/0021).

A column of answers holds what is plain, and under `~sealed` one text of `base.sealing` with the rest: `[[path, value], …]`.
Among them lies a salt, `[["~salt"], …]`: a fingerprint of answers that few people could have given would tell them to who guesses.
The text opens in its own row only. It is opened when somebody asks for the answers of the row, not when the row is read, and
sealed when the row is written. Rows from before, and forms without sensitive questions, hold plain answers alone.
"""

from __future__ import annotations

import json
import logging
import secrets
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.base.registry import Sealed
from tinhso.base.rows import OfRow
from tinhso.base.sealing import PLAIN, Unsealable, ring, seal_text, sealed_under, seals_answers, unseal_text
from tinhso.kernel.forms.sensitive import (
    DoesNotFit,
    Marks,
    Taken,
    codes_marked,
    marks_of,
    put_back,
    take_out,
    touches,
)

log = logging.getLogger(__name__)

SEALED: Final = "~sealed"
"""Where the sealed text stands: no step and no question can be called so."""
SALT: Final = "~salt"
_SALT_BYTES: Final = 16


class AnswersLocked(Refusal):
    """Answers lie under a sealing key that is not here, or were moved or changed."""

    code = "forms.answers_locked"
    text = _(
        "Some answers cannot be opened: the key they are sealed with is missing here. Nothing is lost. Call the administrator."
    )
    status = HTTPStatus.SERVICE_UNAVAILABLE


class _Opened(DeferredAttribute):
    """Opens what is sealed when somebody asks for it."""

    field: KeptField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not value:
            return value
        text = self.field.text_in(value)
        if text:
            try:
                value = self.field.opened(instance, value, text)
            except (Unsealable, DoesNotFit) as fault:
                log.exception("answers cannot be opened: %s", self.field.purpose(instance))
                raise AnswersLocked from fault
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class KeptField(OfRow, models.JSONField):
    """A JSON column of a row whose sensitive part is sealed; `AnswersField` and `ChangesField` say which part that is."""

    descriptor_class = _Opened

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Return a plain JSON column: what is in it is no matter of the table."""
        name, _path, given, named = super().deconstruct()
        return name, "django.db.models.JSONField", list(given), dict(named)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002 - Django's own signature
        """Return what is written: sealed, where something in it is sensitive and answers are sealed by now."""
        value = model_instance.__dict__[self.attname]
        if not value or self.text_in(value):
            return value
        marks = self.marks(model_instance)
        if not marks or not seals_answers():
            return value
        kept, taken = self.parted(value, marks)
        if not taken:
            return value
        words = json.dumps([*self.along(model_instance), *taken], separators=(",", ":"))
        return self.with_text(kept, taken, seal_text(words, purpose=self.purpose(model_instance)))

    def along(self, row: models.Model) -> Taken:  # noqa: ARG002 - answers have something
        """Return what is sealed with the answers and is none."""
        return []

    def purpose(self, row: models.Model) -> str:
        """Return what the text is sealed for: this column of this row."""
        key = row.pk.hex if isinstance(row.pk, UUID) else row.pk
        return f"{row._meta.label_lower}.{self.name}:{key}"  # noqa: SLF001 - Django's public name

    def opened(self, row: models.Model, value: Any, text: str) -> Any:
        """Return the whole of what is kept. Raises Unsealable, DoesNotFit."""
        return put_back(self.without_text(value), self.taken(row, text))

    def taken(self, row: models.Model, text: str) -> Taken:
        """Return what is sealed in a text of this row. Raises Unsealable."""
        found: Taken = json.loads(unseal_text(text, purpose=self.purpose(row)))
        return found

    def marks(self, row: Any) -> Marks:
        """Return what is sensitive in the form of this row."""
        raise NotImplementedError

    def text_in(self, value: Any) -> str:
        """Return the sealed text of a stored value; empty for none."""
        raise NotImplementedError

    def parted(self, value: Any, marks: Marks) -> tuple[Any, Taken]:
        """Return the plain part, and what is sensitive."""
        raise NotImplementedError

    def with_text(self, kept: Any, taken: Taken, text: str) -> Any:
        """Return what is stored."""
        raise NotImplementedError

    def without_text(self, value: Any) -> Any:
        """Return the plain part of what is stored."""
        raise NotImplementedError


class AnswersField(KeptField):
    """The answers of a form, of a row that names it (`form_code`, `form_version`)."""

    def along(self, row: models.Model) -> Taken:
        """Return the salt of the row, which it keeps for good, made now if there is none."""
        return [([SALT], row.__dict__.setdefault(self._slot, secrets.token_hex(_SALT_BYTES)))]

    def taken(self, row: models.Model, text: str) -> Taken:
        """Return the answers sealed in a text of this row; what lies with them stays with the row. Raises Unsealable."""
        found = super().taken(row, text)
        for path, value in found:
            if path == [SALT]:
                row.__dict__[self._slot] = value
        return [each for each in found if each[0] != [SALT]]

    def salt(self, row: models.Model) -> str:
        """Return the salt that lies, or will lie, sealed with the answers; empty where none of them are. Raises AnswersLocked."""
        value = getattr(row, self.attname)
        if not value or not (marks := self.marks(row)) or not seals_answers() or not self.parted(value, marks)[1]:
            return ""
        return str(self.along(row)[0][1])

    @property
    def _slot(self) -> str:
        return f"_{self.attname}_salt"

    def marks(self, row: Any) -> Marks:
        """Return what is sensitive in the form of this row."""
        return marks_of(row.form_code)

    def text_in(self, value: Any) -> str:
        """Return the sealed text of stored answers; empty for none."""
        return str(value.get(SEALED, "")) if isinstance(value, dict) else ""

    def parted(self, value: Any, marks: Marks) -> tuple[Any, Taken]:
        """Return the plain answers, and the sensitive ones."""
        return take_out(value, marks)

    def with_text(self, kept: Any, taken: Taken, text: str) -> Any:  # noqa: ARG002 - the same for both
        """Return the answers as they are stored."""
        return {**kept, SEALED: text}

    def without_text(self, value: Any) -> Any:
        """Return the plain answers of what is stored."""
        return {key: each for key, each in value.items() if key != SEALED}


class ChangesField(KeptField):
    """Answers that were changed, `[{pointer, was, now}]`, of a row that belongs to one with a form."""

    def __init__(self, *given: Any, of: str = "", **named: Any) -> None:
        """`of`: the relation that leads to the row which names the form."""
        super().__init__(*given, **named)
        self.of = of

    def marks(self, row: Any) -> Marks:
        """Return what is sensitive in the form of the row it belongs to."""
        owner = getattr(row, self.of)
        return marks_of(owner.form_code)

    def text_in(self, value: Any) -> str:
        """Return the sealed text of stored changes; empty for none."""
        return next((str(each[SEALED]) for each in value if SEALED in each), "") if isinstance(value, list) else ""

    def parted(self, value: Any, marks: Marks) -> tuple[Any, Taken]:
        """Return the changes without the answers that are sensitive, and these."""
        taken: Taken = []
        kept = []
        for index, each in enumerate(value):
            is_there = each["was"] is not None or each["now"] is not None
            if is_there and touches(marks, each["pointer"]):
                taken += [([index, when], each[when]) for when in ("was", "now")]
                each = {**each, "was": None, "now": None}  # noqa: PLW2901 - the list given stays as it is
            kept.append(each)
        return kept, taken

    def with_text(self, kept: Any, taken: Taken, text: str) -> Any:
        """Return the changes as they are stored: the text beside the first that it speaks of."""
        first = taken[0][0][0]
        return [{**each, SEALED: text} if index == first else each for index, each in enumerate(kept)]

    def without_text(self, value: Any) -> Any:
        """Return the plain part of what is stored."""
        return [{key: it for key, it in each.items() if key != SEALED} for each in value]


def salt_of(row: models.Model, name: str) -> str:
    """
    Return what to make a fingerprint of these answers with, sealed beside them; empty where nothing in them is sealed.

    The row must be written after or before by the same object. Raises AnswersLocked.
    """
    field = row._meta.get_field(name)  # noqa: SLF001 - Django's public name
    assert isinstance(field, AnswersField)
    return field.salt(row)


def sealed_answers(key: str, model: type[models.Model], name: str, *, form: str = "") -> Sealed:
    """
    Return what a package lends for its column of answers, so that `./tinhso keys` seals it, counts it and spares its keys.

    `form`: the lookup that leads to the form's code, `dossier__form_code`; without it the row names the form itself.
    """
    field = model._meta.get_field(name)  # noqa: SLF001 - Django's public name
    assert isinstance(field, KeptField)
    along = form.rpartition("__")[0]

    def rows() -> Any:
        found = model._default_manager.filter(**{f"{form or 'form_code'}__in": codes_marked()})  # noqa: SLF001
        return found.select_related(along) if along else found.only("id", "form_code", "form_version", name)

    def texts(row: Any) -> list[str]:
        value = row.__dict__[name]
        if not value:
            return []
        text = field.text_in(value)
        is_left = field.parted(field.without_text(value), field.marks(row))[1]
        return [*([text] if text else []), *([PLAIN] if is_left else [])]

    def reseal(row: Any) -> list[str]:
        keys = ring()
        if all(keys and sealed_under(text) == keys[0].id for text in texts(row)):
            return []
        try:
            getattr(row, name)
        except AnswersLocked:
            # told by the count that follows; the row stays for whoever finds the key again
            return []
        return [name]

    return Sealed(key, rows, texts, reseal)
