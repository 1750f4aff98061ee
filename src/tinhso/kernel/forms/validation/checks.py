"""JSON Schema first, then formats, dates with bounds, lookups and the rules between answers."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from tinhso.base.refusals import Fault
from tinhso.kernel.forms import formats
from tinhso.kernel.forms.asked import Asked, Scope, asked
from tinhso.kernel.forms.definition import Field, FormDefinition, Rule
from tinhso.kernel.forms.lookups import label_of, remembering
from tinhso.kernel.forms.validation.sentences import Place, sentence

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FORMAT_CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "date": formats.is_date,
    "partial-date": formats.is_partial_date,
    "email": formats.is_email,
    "citizen-number": formats.is_citizen_number,
    "tax-code": formats.is_tax_code,
    "vn-phone": lambda text: formats.phone_e164(text) is not None,
    "uuid": formats.is_uuid,
}


@remembering()
def find_faults(form: FormDefinition, data: Mapping[str, Any], on: date) -> list[Fault]:
    """Return every fault of pruned answers: one for each question, the first that applies, in the order of the form."""
    places = {each.pointer: each for each in asked(form, data, on=on)}
    found: dict[str, Fault] = {}
    for pointer, keyword, value in [*_schema_faults(form, data, places), *_format_faults(places, on)]:
        known = places.get(pointer)
        field = known.field if known else form.field_at(pointer)
        place = Place(pointer, field, known.value if known else None, keyword, value, on)
        found.setdefault(pointer, Fault(pointer, sentence(place), keyword))
    for pointer, rule in _broken_rules(form, places):
        if not any(known == pointer or known.startswith(f"{pointer}/") for known in found):
            found[pointer] = Fault(pointer, rule.message.lazy(), "rule")
    order = {pointer: index for index, pointer in enumerate(places)}
    return sorted(found.values(), key=lambda fault: order.get(fault.pointer, len(order)))


def _schema_faults(
    form: FormDefinition, data: Mapping[str, Any], places: Mapping[str, Asked]
) -> Iterator[tuple[str, str, Any]]:
    for error in _validator(form).iter_errors(data):
        pointer = _question(_pointer(error.absolute_path), places)
        keyword = str(error.validator)
        # a question that is not asked cannot be missing
        if keyword in {"required", "dependentRequired"} and pointer not in places:
            continue
        yield pointer, "required" if keyword == "dependentRequired" else keyword, error.validator_value


def _question(pointer: str, places: Mapping[str, Asked]) -> str:
    """Return the pointer of the question: that of the whole list where one ticked box or one file is wrong."""
    above = pointer.rpartition("/")[0]
    return above if above in places and places[above].field.multiple else pointer


def _pointer(path: deque[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _format_faults(places: Mapping[str, Asked], on: date) -> Iterator[tuple[str, str, Any]]:
    for each in places.values():
        values = each.value if each.field.multiple and isinstance(each.value, list) else [each.value]
        for value in values:
            if isinstance(value, str):
                yield from _text_faults(each, value, on)


def _text_faults(each: Asked, value: str, on: date) -> Iterator[tuple[str, str, Any]]:
    field = each.field
    check = FORMAT_CHECKS.get(field.format)
    if check is not None and not check(value):
        yield each.pointer, "format", field.format
    elif field.format in {"date", "partial-date"}:
        yield from _bound_faults(each.pointer, field, value, on)
    elif field.lookup and label_of(field.lookup, value, on) is None and not _is_elsewhere(field, value):
        yield each.pointer, "lookup", field.lookup


def _is_elsewhere(field: Field, value: str) -> bool:
    """Tell whether what is on no list may stand as it was typed: only what names more than one place is an address."""
    return bool(field.schema.get("x-free")) and sum(len(part.strip()) > 1 for part in value.split(",")) > 1


def _bound_faults(pointer: str, field: Field, value: str, on: date) -> Iterator[tuple[str, str, Any]]:
    for keyword, wrong in (("x-min", _ends_before), ("x-max", _begins_after)):
        if keyword in field.schema:
            bound = formats.bound_on(str(field.schema[keyword]), on)
            if wrong(value, bound):
                yield pointer, keyword, bound


def _ends_before(value: str, bound: date) -> bool:
    return value < bound.isoformat()[: len(value)]


def _begins_after(value: str, bound: date) -> bool:
    return value > bound.isoformat()[: len(value)]


def _broken_rules(form: FormDefinition, places: Mapping[str, Asked]) -> Iterator[tuple[str, Rule]]:
    root = next(iter(places.values())).scope if places else None
    if root is None:
        return
    for rule in form.rules:
        if root.value(rule.check) is False:
            yield rule.at, rule
    for each in places.values():
        if each.field.is_group and isinstance(each.value, Mapping):
            yield from _rules_of(each.field, each.pointer, each.scope.within(each.value))
        elif each.field.is_repeat and isinstance(each.value, list):
            for index, entry in enumerate(each.value):
                yield from _rules_of(each.field, f"{each.pointer}/{index}", each.scope.within(entry, item=True))


def _rules_of(field: Field, pointer: str, scope: Scope) -> Iterator[tuple[str, Rule]]:
    for rule in field.rules:
        if scope.value(rule.check) is False:
            yield f"{pointer}{rule.at}", rule


def _required(_validator: Any, names: list[str], instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """Name each missing answer at its own place, where JSON Schema would name the object around it."""
    if isinstance(instance, Mapping):
        for name in names:
            if name not in instance:
                yield _fault("missing", name)


def _dependent(validator: Any, pairs: Mapping[str, list[str]], instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, Mapping):
        for name, others in pairs.items():
            if name in instance:
                yield from _required(validator, others, instance, schema)


def _unasked(_validator: Any, _value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    if isinstance(instance, Mapping):
        for name in instance:
            if name not in schema.get("properties", {}):
                yield _fault("not asked", name)


def _chosen(
    _validator: Any, choices: list[Mapping[str, Any]], instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    """Look for the answer among the choices; the general `oneOf` would run a validator for each of 55 ethnic groups."""
    if not any(instance == choice["const"] for choice in choices):
        yield _fault("not a choice")


@functools.cache
def _validator_class() -> Any:
    # 0.2 s to import: only where answers are checked
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    return extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {"required": _required, "dependentRequired": _dependent, "additionalProperties": _unasked, "oneOf": _chosen},
    )


def _fault(message: str, name: str = "") -> ValidationError:
    from jsonschema.exceptions import ValidationError

    return ValidationError(message, path=deque([name] if name else []))


def _validator(form: FormDefinition) -> Any:
    return _validator_of(form.sha256, _Schema(form.schema))


class _Schema:
    """Lets a schema be an argument of a cached function: the fingerprint beside it is the key."""

    __slots__ = ("schema",)

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Schema)

    def __hash__(self) -> int:
        return 0


@functools.lru_cache(maxsize=256)
def _validator_of(_sha256: str, schema: _Schema) -> Any:
    return _validator_class()(schema.schema)
