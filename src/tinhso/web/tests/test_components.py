"""Strict tags: what they refuse when a template compiles, and what they print."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError, engines
from django.test import RequestFactory
from django.utils import translation

from tinhso.base.refusals import Fault
from tinhso.web.components import SPECS
from tinhso.web.components.fields import field_id


def show(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{% chip 'ok' %}", "needs text"),
        ("{% chip 'ok' 'x' colour='red' %}", "no attribute 'colour'"),
        ("{% chip 'green' 'x' %}", "kind is one of"),
        ("{% chip 'ok' 'x' 'y' %}", "does not take \"'y'\" without a name"),
        ("{% chip 'ok' kind='ok' text='x' %}", "got 'kind' twice"),
        ("{% field 'a' 'A' kind='colour' %}", "kind is one of"),
        ("{% button %}", "needs text"),
        ("{% notice %}", "Unclosed tag"),
    ],
)
def test_a_wrong_attribute_fails_when_the_template_compiles(source, says):
    with pytest.raises(TemplateSyntaxError, match=says.replace("'", ".")):
        Template(source)


def test_a_wrong_value_from_a_variable_fails_when_it_shows_up():
    template = Template("{% chip kind 'x' %}")
    assert "cq-chip--late" in template.render(Context({"kind": "late"}))
    with pytest.raises(TemplateSyntaxError, match="cannot be 'green'"):
        template.render(Context({"kind": "green"}))


def test_what_people_typed_is_escaped_everywhere():
    evil = "<script>'\"&"
    sources = (
        "{% chip 'ok' v %}{% button v href=v more=v %}{% field 'n' v value=v hint=v error=v %}{% heading v lead=v %}"
        "{% field 'n' v kind='radios' options=o %}{% notice title=v %}{{ v }}{% endnotice %}{% qr 'x' label=v %}"
        "{% file_link v v note=v %}{% timeline t %}{% avatar v %}{% progress 1 label=v %}{% table v %}<tr><td>{{ v }}</td></tr>{% endtable %}"
    )
    html = show(sources, v=evil, o=[(evil, evil)], t=[{"title": evil, "state": "now", "text": evil, "who": evil}])
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 15


def test_a_component_can_be_kept_in_a_variable():
    assert show("{% chip 'ok' 'Đạt' as made %}[{{ made }}]").startswith('[<span class="cq-chip cq-chip--ok">')


def test_every_component_has_its_place_on_the_sheet():
    sheet = engines["django"].engine.get_template("web/design.html").source + "".join(
        engines["django"].engine.get_template(name).source
        for name in ("web/public.html", "web/work.html", "web/parts/official.html", "web/parts/logo.html")
    )
    parts = {"icon", "mark", "drum", "due_badge", "measure", "form_field", "messages", "languages"}
    shown = {name for name in SPECS if f"{{% {name} " in sheet or f"{{% {name}%" in sheet}
    assert sorted(set(SPECS) - shown - parts) == []


def test_a_field_ties_label_hint_and_error_to_its_control():
    html = show("{% field 'phone' 'Số điện thoại' kind='phone' hint='10 số' error='Nhập số' value='09' %}")
    assert '<label class="govuk-label" for="phone">Số điện thoại</label>' in html
    assert 'aria-describedby="phone-hint phone-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="phone-hint"' in html
    assert 'id="phone-error"' in html
    assert "Lỗi:" in html


@pytest.mark.parametrize(
    "value", [date(2022, 11, 7), "2022-11-07", "07/11/2022", {"day": "7", "month": "11", "year": "2022"}]
)
def test_a_date_is_three_boxes_however_it_came(value):
    html = show("{% field 'born' 'Ngày sinh' kind='date' value=v error='Thiếu năm' wrong='year' %}", v=value)
    for part, shown in (("day", "7"), ("month", "11"), ("year", "2022")):
        assert f'name="born-{part}" type="text" inputmode="numeric" value="{shown}"' in html
    assert html.count('aria-invalid="true"') == 1
    assert 'id="born" name="born-day"' in html  # `#born` in an error summary takes focus


def test_radios_mark_the_answer_and_the_first_has_the_id_of_the_field():
    html = show("{% field 'k' 'Kết quả' kind='radios' options=o value=2 %}", o=[(1, "Đạt"), (2, "Trả lại")])
    assert 'id="k" name="k" type="radio" value="1">' in html
    assert 'id="k-2" name="k" type="radio" value="2" checked>' in html


class Sample(forms.Form):
    name = forms.CharField(label="Họ tên", help_text="Viết đủ dấu", max_length=50)
    way = forms.ChoiceField(
        label="Cách nhận", choices=[("a", "Tại quầy"), ("b", "Bưu chính")], widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label="Tôi cam đoan")
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)


def test_a_django_form_is_asked_by_the_same_parts():
    form = Sample({"way": "b"})
    source = "{% error_summary form=form %}{% for f in form %}{% form_field f %}{% endfor %}"
    html = show(source, form=form)
    assert "Có 2 chỗ cần sửa" in html
    assert '<a href="#id_name">' in html
    assert 'maxlength="50"' in html
    assert 'value="b" checked' in html
    assert html.count("(không bắt buộc)") == 1
    assert 'name="sure" type="checkbox" value="on">' in html


def test_an_error_summary_links_pointers_and_prints_nothing_without_faults():
    html = show("{% error_summary faults %}", faults=[Fault("/mother/name", "Nhập tên mẹ")])
    assert '<a href="#mother-name">Nhập tên mẹ</a>' in html
    assert "Có 1 chỗ cần sửa" in html
    assert show("{% error_summary faults %}", faults=[]) == ""
    assert field_id("/mother/name") == "mother-name"


def test_a_due_badge_prints_the_date_in_civil_time():
    at = datetime(2022, 12, 12, 18, 30, tzinfo=UTC)  # already the 13th in Việt Nam
    html = show("{% due_badge 'solid-late' 'Đã trả, trễ 2 ngày' date=at %}", at=at)
    assert 'datetime="2022-12-13T01:30+07:00"' in html
    assert ">13/12/2022</time>" in html
    assert "cq-chip--solid-late" in html


def test_cards_keep_the_roles_of_a_table():
    html = show(
        "{% table 'Hồ sơ' %}<thead><tr>{% th 'Mã' sort='?s=1' order='ascending' %}</tr></thead><tbody><tr><th scope='row'>1</th><td>x</td></tr></tbody>{% endtable %}"
    )
    for said in (
        '<tr role="row">',
        '<td role="cell">',
        'role="columnheader"',
        'role="rowheader"',
        'aria-sort="ascending"',
    ):
        assert said in html
    plain = show("{% table 'Hồ sơ' cards=False %}<tr><td>x</td></tr>{% endtable %}")
    assert "role=" not in plain


def test_a_button_waits_and_a_print_button_never_submits():
    assert 'type="submit" data-waiting="Đang gửi…"' in show("{% button 'Nộp' %}")
    printing = show("{% button 'In' prints=True %}")
    assert 'type="button" data-print' in printing


def test_languages_post_back_to_the_page_that_was_open():
    request = RequestFactory().get("/ho-so/?trang=2")
    html = show("{% languages %}", request=request)
    assert 'name="next" value="/ho-so/?trang=2"' in html
    assert 'value="vi" lang="vi" aria-current="true">Tiếng Việt<' in html


def test_the_ring_is_full_when_late_and_empty_when_nothing_is_used():
    ring = "{% clock used 15 state=state label='x' left='y' %}"
    assert "cq-ring__used" not in show(ring, used=0, state="ok")
    assert 'stroke-dasharray="219.9 219.9"' in show(ring, used=3, state="late")
    assert 'stroke-dasharray="58.6 219.9"' in show(ring, used=4, state="ok")
