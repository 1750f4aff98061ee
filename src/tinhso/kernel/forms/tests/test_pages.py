import json
import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tinhso.kernel.forms.bind import Sent, bind
from tinhso.kernel.forms.conditions import on_page
from tinhso.kernel.forms.definition import parse_form
from tinhso.kernel.forms.overview import answers_document, is_complete, summary, tasks
from tinhso.kernel.forms.pages import step_page
from tinhso.kernel.forms.prefill import Prefill
from tinhso.kernel.forms.values import FileShown

from .worlds import FILES, GOOD, ON, form_of, small, small_form

FORM = small_form()


def page_html(form, step, data, lang="vi", **more):
    with translation.override(lang):
        page = step_page(form, step, data, on=ON, **more)
        return page.document_title, render_to_string("forms/step.html", {"page": page})


def test_an_error_is_told_in_the_title_the_summary_and_at_its_control():
    with translation.override("vi"):
        bound = bind(FORM, "me", Sent({"me.colour": ["red"], "me.born_on-year": ["22"]}), on=ON)
    title, html = page_html(FORM, "me", bound.data, faults=bound.faults)
    assert title == "Về bạn – Đơn thử"  # the shell puts “Lỗi:” in front
    for pointer in ("name", "born_on", "shade", "agrees"):
        assert f'href="#me-{pointer}"' in html
        assert re.search(rf'<(?:input|div|select)[^>]*id="me-{pointer}"', html)
        assert f'id="me-{pointer}-error"' in html
    assert re.search(r'id="me-name"[^>]*aria-describedby="me-name-error"[^>]*aria-invalid="true"', html)
    assert 'name="me.born_on-year"' in html
    assert 'value="22"' in html


def test_a_page_without_faults_has_a_plain_title():
    title, html = page_html(FORM, "me", GOOD, "en")
    assert title == "About you – Trial form"
    assert "govuk-error" not in html


def test_every_control_has_a_name_for_those_who_cannot_see():
    for path in FILES:
        form = form_of(path)
        if path.parts[-3] == "quang-nam":
            continue
        for step in form.steps:
            html = page_html(form, step.key, {})[1]
            ids = set(re.findall(r'<label[^>]*for="([^"]+)"', html))
            for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
                if 'type="hidden"' not in tag:
                    assert re.search(r'id="([^"]+)"', tag)[1] in ids
            every = re.findall(r' id="([^"]+)"', html)
            assert len(every) == len(set(every))


def test_a_condition_on_the_same_page_travels_with_the_question():
    html = page_html(FORM, "me", {})[1]
    rule = re.search(r'data-when="([^"]+)"', html)[1].replace("&quot;", '"')
    assert json.loads(rule) == [{"name": "me.colour", "in": ["red"]}]


@pytest.mark.parametrize(
    ("source", "terms"),
    [
        ("this.a == 'x'", [{"name": "g.0.a", "in": ["x"]}]),
        (
            "item.a == true && step.b in ['x', 'y']",
            [{"name": "g.0.a", "in": ["true"]}, {"name": "step.b", "in": ["x", "y"]}],
        ),
        ("other.a == 'x'", []),
        ("this.a == 'x' || this.b == 'y'", []),
        ("this.n > 3", []),
        ("this.a != 'x'", []),
    ],
)
def test_only_plain_equalities_are_judged_by_the_browser(source, terms):
    assert on_page(source, step="step", this="g.0", item="g.0") == terms


def test_a_step_that_is_not_asked_has_no_page():
    with pytest.raises(LookupError):
        step_page(FORM, "blue", GOOD, on=ON)
    assert step_page(FORM, "blue", {**GOOD, "me": {**GOOD["me"], "colour": "blue"}}, on=ON).number == 3


def test_entries_can_be_added_and_removed_by_buttons_alone():
    html = page_html(FORM, "things", {"things": {"list": [{"what": "Bàn"}, {}]}})[1]
    assert 'name="_add" value="things.list"' in html
    assert 'name="_remove" value="things.list.1"' in html
    assert 'name="things.list-count" value="2"' in html
    full = page_html(FORM, "things", {"things": {"list": [{}, {}, {}]}})[1]
    assert 'name="_add"' not in full


def test_prefilled_answers_are_marked_and_locked_ones_cannot_be_typed():
    schema = small()
    fields = schema["properties"]["me"]["properties"]
    fields["name"] |= {"x-prefill": "person.full_name", "x-locked": True}
    fields["phone"]["x-prefill"] = "person.phone"
    known = Prefill({"person": {"full_name": "Trần Thị Tư", "phone": "0905123456"}})
    form = parse_form("T.1", schema)
    html = page_html(form, "me", {"me": {"phone": "0905123456"}}, prefill=known)[1]
    assert html.count("Lấy từ Cơ sở dữ liệu quốc gia về dân cư") == 2
    assert 'name="me.name"' not in html
    assert "Trần Thị Tư" in html
    changed = page_html(form, "me", {"me": {"phone": "0905000111"}}, prefill=known)[1]
    assert changed.count("Lấy từ Cơ sở dữ liệu quốc gia về dân cư") == 1


def test_locked_answers_have_no_change_link():
    schema = small()
    schema["properties"]["me"]["properties"]["name"] |= {"x-prefill": "person.full_name", "x-locked": True}
    form, known = parse_form("T.1", schema), Prefill({"person": {"full_name": "Trần Thị Tư"}})
    linked = {
        row["pointer"]: "href" in row
        for section in summary(form, GOOD, on=ON, change=lambda step: f"/{step}/", prefill=known)
        for row in section.rows
    }
    assert (linked["/me/name"], linked["/me/colour"]) == (False, True)


def test_a_computed_answer_is_shown_as_soon_as_it_is_known():
    rows = {"things": {"list": [{"area": 1.5}, {"area": 2}]}}
    with translation.override("vi"):
        page = step_page(FORM, "things", rows, on=ON)
    assert next(c.value for c in page.controls if c.name == "things.sum") == "3,5"
    assert next(c.value for c in step_page(FORM, "things", {}, on=ON).controls if c.name == "things.sum") == ""


def test_what_was_typed_is_never_markup():
    html = page_html(FORM, "me", {"me": {"name": "<script>x</script>", "notes": "</textarea><b>"}})[1]
    assert "<script>x" not in html
    assert "</textarea><b>" not in html


def test_files_show_their_names_and_can_be_dropped():
    files = {"f1": FileShown("f1", "giay.pdf", 1887436, "/tep/f1/")}
    html = page_html(FORM, "things", {"things": {"paper": "f1", "photos": ["f1", "f2"]}}, files=files)[1]
    assert 'name="_drop" value="things.paper.f1"' in html
    assert 'href="/tep/f1/"' in html
    assert step_page(FORM, "things", {}, on=ON).has_files
    with translation.override("vi"):
        rows = summary(FORM, {"things": {"paper": "f1"}}, on=ON, files=files)[0].rows
    assert rows[0]["value"] == "giay.pdf (1,8\u00a0MB)"


def states(data, **more):
    with translation.override("vi"):
        return {task.key: task.state for group in tasks(FORM, data, on=ON, **more) for task in group.tasks}


def test_tasks_say_how_far_each_step_is():
    assert states({}) == {"me": "todo", "things": "todo"}
    assert states({"me": {"name": "Tư"}}) == {"me": "doing", "things": "todo"}
    assert states({"me": {**GOOD["me"], "email": "x"}}) == {"me": "fix", "things": "todo"}
    assert states(GOOD) == {"me": "done", "things": "done"}
    assert states(GOOD, to_mend={"me"}) == {"me": "fix", "things": "done"}
    assert states(GOOD, visited={"me"}) == {"me": "done", "things": "todo"}
    assert states({"me": {"colour": "blue"}})["blue"] == "todo"
    assert is_complete(FORM, GOOD, on=ON)
    assert not is_complete(FORM, {}, on=ON)


def test_a_task_that_waits_for_another_is_locked():
    schema = small()
    schema["properties"]["things"]["x-after"] = ["me"]
    form = parse_form("T.1", schema)
    assert [t.state for t in tasks(form, {}, on=ON)[0].tasks] == ["todo", "locked"]
    assert [t.state for t in tasks(form, GOOD, on=ON)[0].tasks] == ["done", "done"]
    assert tasks(form, {}, on=ON)[0].tasks[1].item("/x/")["href"] == ""


def test_the_summary_shows_answers_as_people_write_them():
    data = {**GOOD, "me": {**GOOD["me"], "died": "2020-05"}, "things": {**GOOD["things"], "tags": ["a", "b"]}}
    with translation.override("vi"):
        sections = summary(FORM, data, on=ON, change=lambda step: f"/sua/{step}/")
    rows = {row["pointer"]: row for section in sections for row in section.rows}
    assert {pointer: row["value"] for pointer, row in rows.items()} == {
        "/me/name": "Trần Thị Tư",
        "/me/born_on": "29/02/1960",
        "/me/died": "05/2020",
        "/me/colour": "Đỏ",
        "/me/shade": "thẫm",
        "/me/agrees": "Có",
        "/things/list/0/what": "Bàn",
        "/things/list/0/area": "1,5",
        "/things/sum": "1,5",
        "/things/price": "1.500.000\u00a0đ",
        "/things/tags": "A; B",
    }
    assert rows["/things/list/0/what"]["under"] == "Món 1"
    assert rows["/me/name"]["href"] == "/sua/me/#me-name"
    assert "href" not in rows["/things/sum"]
    with translation.override("vi"):
        html = render_to_string("forms/summary.html", {"sections": sections})
    assert html.count(">Sửa<") == len(rows) - 1


def test_the_document_speaks_the_language_asked_for():
    with translation.override("vi"):
        document = answers_document(FORM, GOOD, "en", on=ON, facts={"signer": "Trần Thị Tư"})
    assert (document["title"], document["sections"][0]["rows"][3]) == (
        "Trial form",
        {"key": "Shade", "under": "", "value": "thẫm"},
    )
    assert document["labels"]["signer"] == "Applicant"
    assert json.loads(json.dumps(document)) == document
