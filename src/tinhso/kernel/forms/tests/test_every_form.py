"""What must be true of every form in every pack: answers survive the page, and nothing posted breaks it."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.forms.asked import asked, prune
from tinhso.kernel.forms.bind import Sent, as_posted, bind
from tinhso.kernel.forms.overview import answers_document, summary, tasks
from tinhso.kernel.forms.pages import step_page
from tinhso.kernel.forms.validation import validate_all
from tinhso.kernel.forms.values import show

from .answers import form_answers
from .worlds import FILES, ON, form_of, small_form

FORMS = [pytest.param(form_of(path), id=f"{path.parts[-3]}-{path.stem}") for path in FILES]
FORMS.append(pytest.param(small_form(), id="small"))
QUIET = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
pytestmark = pytest.mark.usefixtures("no_units")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@QUIET
def test_valid_answers_survive_the_page_and_have_no_fault(form, lang, data):
    given_answers = data.draw(form_answers(form))
    kept = prune(form, given_answers, on=ON)
    posted = {}
    with translation.override(lang):
        for step in form.steps:
            if step.key in kept:
                posted = bind(form, step.key, as_posted(form, step.key, kept, on=ON), data=posted, on=ON).data
    assert prune(form, posted, on=ON) == kept
    assert [fault for fault in validate_all(form, posted, on=ON) if fault.code != "rule"] == []


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@QUIET
def test_whatever_is_posted_can_be_shown_again(form, data):
    step = data.draw(st.sampled_from(form.steps))
    names = sorted({".".join(part.replace("*", "0") for part in path) for path, _ in form.fields() if path[1:]})
    ends = st.sampled_from(["", "-day", "-month", "-year", "-count"])
    junk = st.one_of(
        st.text(max_size=12), st.sampled_from(["1", "2", "true", "-1", "9" * 30, "1e400", "\x00", "\ud800", "٣"])
    )
    name = st.one_of(
        st.builds(str.__add__, st.sampled_from(names), ends), st.sampled_from(["_add", "_remove", "_drop"])
    )
    post = Sent(
        data.draw(st.dictionaries(name, st.lists(st.one_of(junk, st.sampled_from(names)), max_size=2), max_size=12))
    )
    with translation.override(data.draw(st.sampled_from(["vi", "en"]))):
        bound = bind(form, step.key, post, on=ON)
        shown = {each.key for each in form.steps if each.when is None}
        if step.key in shown:
            page = step_page(form, step.key, bound.data, on=ON, faults=bound.faults, focus=bound.focus)
            html = render_to_string("forms/step.html", {"page": page})
            assert page.step.key == step.key
            assert all(str(fault.text) for fault in bound.faults)
            assert "\x00" not in html
        tasks(form, bound.data, on=ON)
        summary(form, bound.data, on=ON)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@QUIET
def test_whatever_the_api_is_sent_gets_an_answer(form, data):
    """One answer of a valid set is replaced by any JSON at all."""
    answers = data.draw(form_answers(form))
    step = data.draw(st.sampled_from(form.steps))
    junk = data.draw(JSON)
    spoilt = {**answers, step.key: data.draw(st.sampled_from([junk, {**answers[step.key], "surprise": junk}]))}
    if children := [child.key for child in step.children]:
        spoilt = data.draw(
            st.sampled_from(
                [spoilt, {**answers, step.key: {**answers[step.key], data.draw(st.sampled_from(children)): junk}}]
            )
        )
    assert all(str(fault.text) and fault.pointer.startswith("/") for fault in validate_all(form, spoilt, on=ON))
    assert answers_document(form, spoilt, "vi", on=ON)["title"] == form.title.vi


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_form_says_in_two_languages_what_to_do(form):
    for lang in ("vi", "en"):
        with translation.override(lang):
            texts = [str(fault.text) for fault in validate_all(form, {}, on=ON)]
        assert texts
        assert all("{" not in text for text in texts)
        starts = ("Nhập", "Chọn", "Thêm", "Cho biết", "Ghi", "Trả lời", "Đánh dấu") if lang == "vi" else (
            "Enter", "Choose", "Add", "Say", "Answer", "Tick", "Write"
        )  # fmt: skip
        assert [text for text in texts if not text.startswith(starts)] == []


@pytest.mark.parametrize("form", FORMS)
def test_every_required_question_is_asked_at_its_own_place(form):
    missing = {fault.pointer for fault in validate_all(form, {}, on=ON)}
    pruned = prune(form, {}, on=ON)
    wanted = {
        each.pointer
        for each in asked(form, pruned, on=ON)
        if each.field.required and not each.field.is_group and each.field.compute is None
    }
    optional_groups = {p for p in wanted if not _holds(pruned, p.rsplit("/", 1)[0])}
    assert missing == wanted - optional_groups


def _holds(data, pointer):
    for part in pointer.split("/")[1:]:
        if not isinstance(data, dict) or part not in data:
            return False
        data = data[part]
    return True


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["1\u00a0copy", "2\u00a0copies", "0\u00a0copies"]), ("vi", ["1\u00a0bản", "2\u00a0bản", "0\u00a0bản"])],
)
def test_one_of_a_thing_is_said_as_one(language, said):
    schema = {"type": "integer", "x-unit": {"vi": "bản", "en": "copies", "en_one": "copy"}}
    field = SimpleNamespace(widget="text", schema=schema)
    with translation.override(language):
        assert [show(field, number, on=ON) for number in (1, 2, 0)] == said
