from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from tinhso.kernel.forms.asked import prune
from tinhso.kernel.forms.definition import parse_form
from tinhso.kernel.forms.formats import bound_on
from tinhso.kernel.forms.validation import validate_all, validate_step
from tinhso.kernel.forms.validation.sentences import Place

from .worlds import GOOD, ON, small, small_form, words

FORM = small_form()


def me(**over):
    return {**GOOD, "me": {key: value for key, value in {**GOOD["me"], **over}.items() if value is not None}}


def things(**over):
    return {**GOOD, "things": {**GOOD["things"], **over}}


def said(data, lang="vi", form=FORM):
    with translation.override(lang):
        return [(fault.pointer, str(fault.text)) for fault in validate_all(form, data, on=ON)]


@pytest.mark.parametrize(
    ("data", "pointer", "vi", "en"),
    [
        (me(name=None), "/me/name", "Nhập họ tên", "Enter the name"),
        (me(name="A"), "/me/name", "Họ tên phải có ít nhất 2 ký tự", "Name needs at least 2 characters"),
        (me(name="A" * 30), "/me/name", "Rút gọn họ tên còn tối đa 20 ký tự", "Shorten the name to 20 characters or fewer"),
        (me(name=5), "/me/name", "Họ tên phải là chữ", "Name must be given as text"),
        (me(colour=None), "/me/colour", "Chọn màu", "Choose the colour"),
        (me(colour="green"), "/me/colour", "Chọn màu trong danh sách", "Choose the colour from the list"),
        (me(agrees=None), "/me/agrees", "Trả lời có hoặc không: đồng ý", "Answer yes or no: agrees"),
        (me(agrees="x"), "/me/agrees", "Trả lời có hoặc không: đồng ý", "Answer yes or no: agrees"),
        (me(born_on="17/11/22"), "/me/born_on", "Ngày sinh phải có đủ năm, ví dụ 2022", "Born on needs a year of four digits, for example 2022"),
        (me(born_on="/11/1990"), "/me/born_on", "Ngày sinh phải có ngày", "Born on needs a day"),
        (me(born_on="1//1990"), "/me/born_on", "Ngày sinh phải có tháng", "Born on needs a month"),
        (me(born_on="31/2/1990"), "/me/born_on", "Ngày sinh phải là ngày có thật, ví dụ 17/11/2022", "Born on must be a day that exists, for example 17/11/2022"),
        (me(born_on="1990-02-31"), "/me/born_on", "Ngày sinh phải là ngày có thật, ví dụ 17/11/2022", "Born on must be a day that exists, for example 17/11/2022"),
        (me(born_on="2022-11-29"), "/me/born_on", "Ngày sinh không được sau hôm nay", "Born on must be today or earlier"),
        (me(born_on="2010-01-01"), "/me/born_on", "Bạn phải từ đủ 18 tuổi", "You must be 18 or older"),
        (me(number="04919500123"), "/me/number", "Số định danh phải là 12 chữ số trên thẻ căn cước", "Number must be the 12 digits on the identity card"),
        (me(number="049 195 001 234"), "/me/number", "Số định danh phải là 12 chữ số trên thẻ căn cước", "Number must be the 12 digits on the identity card"),
        (me(phone="12"), "/me/phone", "Nhập số điện thoại ở Việt Nam, ví dụ 0905 123 456", "Enter a telephone number in Viet Nam, for example 0905 123 456"),
        (me(email="a@"), "/me/email", "Nhập địa chỉ thư điện tử, ví dụ ten@example.vn", "Enter an e-mail address such as ten@example.vn"),
        (me(surprise=1), "/me/surprise", "Biểu mẫu không hỏi “surprise”. Bỏ mục này đi", "The form does not ask for “surprise”. Leave it out"),
        (things(list=[]), "/things/list", "Thêm ít nhất một mục: các món", "Add at least one entry: items"),
        (things(list=[{"what": "a", "area": 1}] * 4), "/things/list", "Chỉ giữ tối đa 3 mục: các món", "Keep at most 3: items"),
        (things(list=[{"what": "a", "area": "to"}]), "/things/list/0/area", "Diện tích phải là số, ví dụ 1.500,5", "Area must be a number, for example 1,500.5"),
        (things(list=[{"what": "a", "area": -1}]), "/things/list/0/area", "Diện tích phải từ 0 trở lên", "Area must be 0 or more"),
        (things(list=[{"what": "a", "area": 11}]), "/things/list/0/why", "Nhập vì sao", "Enter the why"),
        (things(price="x"), "/things/price", "Giá phải là số nguyên, ví dụ 1.500", "Price must be a whole number, for example 1,500"),
        (things(price=3000000), "/things/price", "Giá không được quá 2.000.000", "Price must be 2,000,000 or less"),
        (things(tags=["c"]), "/things/tags", "Chọn nhãn trong danh sách", "Choose the tags from the list"),
        (things(tags=["a", "a"]), "/things/tags", "Bỏ mục bị lặp: nhãn", "Remove what is there twice: tags"),
        (things(paper="x"), "/things/paper", "Thêm lại tệp: giấy tờ", "Add the file again: paper"),
        ({**GOOD, "me": 3}, "/me", "Về bạn phải gồm nhiều câu trả lời", "About you must be given as a group of answers"),
    ],
)  # fmt: skip
def test_a_fault_says_what_to_do(data, pointer, vi, en):
    assert (pointer, vi) in said(data)
    assert (pointer, en) in said(data, "en")


def test_one_fault_for_each_question_in_the_order_of_the_form():
    found = said({"things": {"list": [{"area": "x"}]}, "me": {"colour": "red"}})
    pointers = [pointer for pointer, _ in found]
    assert pointers == [
        "/me/name",
        "/me/born_on",
        "/me/shade",
        "/me/agrees",
        "/things/list/0/what",
        "/things/list/0/area",
    ]


def test_good_answers_have_no_fault_and_are_kept_with_what_is_computed():
    assert said(GOOD) == []
    assert prune(FORM, GOOD, on=ON) == {**GOOD, "things": {**GOOD["things"], "sum": 1.5}}


def test_what_is_not_asked_is_neither_missing_nor_kept():
    blue = me(colour="blue")
    assert said(blue) == [("/blue/tone", "Nhập tông")]
    assert "shade" not in prune(FORM, blue, on=ON)["me"]
    hidden = {**GOOD, "blue": {"tone": "x"}, "me": {**GOOD["me"]}}
    assert "blue" not in prune(FORM, hidden, on=ON)


def test_what_is_computed_cannot_be_given():
    assert prune(FORM, things(sum=99), on=ON)["things"]["sum"] == 1.5


def test_a_step_shows_its_own_faults():
    assert [fault.pointer for fault in validate_step(FORM, "things", {}, on=ON)] == ["/things/list"]


def test_the_forms_own_words_come_first():
    schema = small()
    schema["properties"]["me"]["properties"]["name"]["x-messages"] = {
        "required": {"vi": "Nhập tên của bạn", "en": "Enter your name"}
    }
    assert ("/me/name", "Nhập tên của bạn") in said(me(name=None), form=parse_form("T.1", schema))


def test_conditions_of_json_schema_and_dependent_answers():
    schema = small()
    step = schema["properties"]["me"]
    step["if"] = {"properties": {"agrees": {"const": True}}, "required": ["agrees"]}
    step["then"] = {"required": ["phone"]}
    step["dependentRequired"] = {"email": ["notes"]}
    form = parse_form("T.1", schema)
    assert said(me(email="a@b.vn"), form=form) == [("/me/phone", "Nhập điện thoại"), ("/me/notes", "Nhập ghi chú")]
    assert said(me(agrees=False), form=form) == []


def test_a_rule_inside_an_entry_stands_at_the_entry():
    schema = small()
    schema["properties"]["things"]["properties"]["list"]["items"]["x-rules"] = [
        {
            "check": "item.area < 5.0 || item.what != 'Bàn'",
            "at": "/area",
            "message": {"vi": "Bàn phải nhỏ", "en": "A table must be small"},
        }
    ]
    form = parse_form("T.1", schema)
    assert said(things(list=[{"what": "Ghế", "area": 6}, {"what": "Bàn", "area": 6}]), form=form) == [
        ("/things/list/1/area", "Bàn phải nhỏ")
    ]


def test_a_chain_of_conditions_is_followed_to_its_end():
    fields = {
        key: {"type": "boolean", **words(key, key), **({"x-when": f"this.{before} == true"} if before else {})}
        for key, before in (("d", "c"), ("c", "b"), ("b", "a"), ("a", ""))
    }
    form = parse_form(
        "T.1",
        small(
            properties={"s": {"type": "object", **words("S", "S"), "properties": fields}},
            required=["s"],
            **{"x-rules": []},
        ),
    )
    asked = {"a": True, "b": True, "c": True, "d": True}
    assert prune(form, {"s": asked}, on=ON) == {"s": asked}
    assert prune(form, {"s": {**asked, "a": False}}, on=ON) == {"s": {"a": False}}


@pytest.mark.parametrize(
    ("bound", "day"),
    [
        ("today", date(2024, 2, 29)), ("today-60d", date(2023, 12, 31)), ("today+1y", date(2025, 2, 28)), ("today-18y", date(2006, 2, 28)),
        ("today+6m", date(2024, 8, 29)), ("1990-05-01", date(1990, 5, 1)),
    ],
)  # fmt: skip
def test_bounds_move_with_the_day(bound, day):
    assert bound_on(bound, date(2024, 2, 29)) == day


def test_the_example_of_a_number_is_one_that_the_question_would_take():
    form = small_form()
    counted = next(f for _path, f in form.fields() if f.schema.get("type") == "integer")
    schema = {**counted.schema, "minimum": 1, "maximum": 50}
    place = Place("/x", replace(counted, schema=schema), "nhiều", "type", "integer", ON)
    with translation.override("vi"):
        assert "ví dụ 3" in str(place)
