"""Makes valid answers for any form, question by question, as a person could give them."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tinhso.kernel.forms.asked import clean_text
from tinhso.kernel.forms.formats import bound_on

from .worlds import ON

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyÁÀẢÃẠẰỄộứỳ '-,."
NUMBERS = ["049195001234", "001060000001", "049203004567"]
CODES = ["0100109106", "0100109106-001"]
PHONES = ["0905123456", "0905 123 456", "+84905123456", "02353852739"]


def answers(field):
    """Return a strategy of valid values of a question."""
    if field.is_group:
        return members(field)
    if field.is_repeat:
        least = field.schema.get("minItems", 1 if field.required else 0)
        return st.lists(members(field), min_size=least, max_size=min(3, field.max_items))
    if field.multiple and field.choices:
        return st.lists(st.sampled_from([c.value for c in field.choices]), min_size=1, unique=True)
    if field.choices:
        return st.sampled_from([c.value for c in field.choices])
    return KINDS.get(field.widget, _text)(field)


@st.composite
def members(draw, group):
    made = {}
    for child in group.children:
        if child.compute is None and (child.required or draw(st.booleans())):
            made[child.key] = draw(answers(child))
    return made


def form_answers(form):
    """Return a strategy of answers to all steps of a form."""
    return st.fixed_dictionaries({step.key: members(step) for step in form.steps})


def _text(field):
    least, most = field.schema.get("minLength", 1), min(field.schema.get("maxLength", 60), 60)
    if "pattern" in field.schema:
        made = st.from_regex(field.schema["pattern"], fullmatch=True, alphabet=LETTERS + "0123456789:")
    else:
        made = st.text(LETTERS, min_size=least, max_size=most)
    return made.map(clean_text).filter(lambda text: least <= len(text) <= most)


def _date(field):
    low = bound_on(str(field.schema.get("x-min", "1950-01-01")), ON)
    high = bound_on(str(field.schema.get("x-max", "today+10y")), ON)
    return st.integers(0, (high - low).days).map(lambda days: (low + timedelta(days=days)).isoformat())


def _partial(field):
    low, high = date(1950, 1, 1), min(bound_on(str(field.schema.get("x-max", "today")), ON), ON)
    years = st.integers(low.year, high.year - 1)
    return st.one_of(
        years.map(str), st.tuples(years, st.integers(1, 12)).map(lambda p: f"{p[0]}-{p[1]:02}"),
        st.dates(low, high).map(date.isoformat),
    )  # fmt: skip


def _number(field):
    low = field.schema.get("minimum", field.schema.get("exclusiveMinimum", 0))
    high = min(field.schema.get("maximum", 10**9), 10**9)
    if field.schema["type"] == "integer":
        return st.integers(low, high)
    return st.integers(low * 100 + 1, high * 100).map(lambda n: n // 100 if n % 100 == 0 else n / 100)


KINDS = {
    "date": _date,
    "partial-date": _partial,
    "number": _number,
    "money": _number,
    "yes-no": lambda _f: st.booleans(),
    "checkbox": lambda _f: st.just(True),
    "citizen-number": lambda _f: st.sampled_from(NUMBERS),
    "tax-code": lambda _f: st.sampled_from(CODES),
    "phone": lambda _f: st.sampled_from(PHONES),
    "email": lambda _f: st.sampled_from(["tu@example.vn", "a.b+c@mail.example.vn"]),
    "unit": lambda f: _text(f).map(lambda text: f"Xã {text}, tỉnh Mẫu"),
    "file": lambda f: (
        st.lists(st.uuids().map(str), min_size=1, max_size=2, unique=True) if f.multiple else st.uuids().map(str)
    ),
}
