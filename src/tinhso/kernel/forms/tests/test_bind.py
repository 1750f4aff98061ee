import pytest
from django.http import QueryDict
from django.utils import translation

from tinhso.base.refusals import Refusal
from tinhso.kernel.forms.bind import Sent, as_posted, bind
from tinhso.kernel.forms.definition import parse_form
from tinhso.kernel.forms.prefill import Prefill, fill

from .worlds import FILES, GOOD, ON, form_of, small, small_form

FORM = small_form()


def posted(step="me", lang="vi", files=None, **names):
    post = Sent(
        {
            key if key[0] == "_" else f"{step}.{key}": value if isinstance(value, list) else [value]
            for key, value in names.items()
        }
    )
    with translation.override(lang):
        return bind(FORM, step, post, on=ON, files=files, save_file=lambda upload, _field: upload)


@pytest.mark.parametrize(
    ("day", "month", "year", "kept"),
    [
        ("17", "11", "2022", "2022-11-17"),
        ("7", "1", "1990", "1990-01-07"),
        (" 07 ", "01", "1990", "1990-01-07"),
        ("17/11/2022", "", "", "2022-11-17"),
        ("17", "11", "22", "17/11/22"),
        ("31", "2", "2022", "31/2/2022"),
        ("", "11", "2022", "/11/2022"),
        ("abc", "", "", "abc//"),
        ("1/2", "3", "2022", "1 2/3/2022"),
        ("١", "1", "2022", "١/1/2022"),
    ],
)
def test_a_date_is_read_or_kept_as_typed(day, month, year, kept):
    bound = posted(**{"born_on-day": day, "born_on-month": month, "born_on-year": year})
    assert bound.data["me"]["born_on"] == kept
    shown = as_posted(FORM, "me", {"me": {"born_on": kept}}, on=ON)
    again = bind(FORM, "me", shown, on=ON)
    assert again.data["me"]["born_on"] == kept


@pytest.mark.parametrize(
    ("year", "month", "day", "kept"),
    [
        ("1960", "", "", "1960"),
        ("1960", "5", "", "1960-05"),
        ("1960", "5", "1", "1960-05-01"),
        ("1960", "", "1", "1//1960"),
        ("", "5", "", "/5/"),
    ],
)
def test_a_date_known_only_in_part(year, month, day, kept):
    assert posted(**{"died-day": day, "died-month": month, "died-year": year}).data["me"]["died"] == kept


@pytest.mark.parametrize(
    ("lang", "typed", "kept"),
    [
        ("vi", "1.500.000", 1500000), ("vi", "1500000", 1500000), ("vi", "1 500 000 đ", 1500000), ("vi", "1,500,000", 1500000),
        ("en", "1,500,000", 1500000), ("vi", "1.500 đồng", 1500), ("vi", "một triệu", "một triệu"), ("vi", "1.5.0", "1.5.0"),
        ("vi", "12,5", "12,5"), ("vi", "-3", -3), ("vi", "9" * 40, "9" * 40), ("vi", "1e9", "1e9"), ("vi", "٣", "٣"),
    ],
)  # fmt: skip
def test_money_is_read_or_kept_as_typed(lang, typed, kept):
    assert posted("things", lang, price=typed).data["things"]["price"] == kept


@pytest.mark.parametrize(
    ("lang", "typed", "kept"),
    [
        ("vi", "12,5", 12.5),
        ("vi", "12.5 m²", 12.5),
        ("vi", "1.500,25", 1500.25),
        ("vi", "1.500", 1500),
        ("en", "1,500.25", 1500.25),
        ("en", "1.5", 1.5),
    ],
)
def test_a_number_is_read_in_the_readers_way(lang, typed, kept):
    bound = posted("things", lang, **{"list-count": "1", "list.0.area": typed})
    assert bound.data["things"]["list"] == [{"area": kept}]


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("number", "049 195 001 234", "049195001234"), ("number", "04919500", "04919500"), ("tax", "0100109106 001", "0100109106-001"),
        ("name", "  Nguyễn   Văn\tA ", "Nguyễn Văn A"), ("name", "Nguyê\u0303n", "Nguyễn"), ("name", "a\x00b", "a b"), ("agrees", "true", True),
        ("agrees", "maybe", "maybe"), ("notes", "một\r\n\r\nhai  ba", "một\n\nhai ba"),
    ],
)  # fmt: skip
def test_text_is_kept_composed_and_clean(name, typed, kept):
    assert posted(**{name: typed}).data["me"][name] == kept


def test_entries_are_added_and_removed_without_script():
    post = {"list-count": "2", "list.0.what": "Bàn", "list.1.what": "Ghế", "list.7.what": "lạc"}
    assert posted("things", **post).data["things"]["list"] == [{"what": "Bàn"}, {"what": "Ghế"}]
    more = posted("things", **post, _add="things.list")
    assert (more.data["things"]["list"], more.wants, more.faults, more.focus) == (
        [{"what": "Bàn"}, {"what": "Ghế"}, {}],
        "edit",
        [],
        "things.list.2",
    )
    less = posted("things", **post, _remove="things.list.0")
    assert (less.data["things"]["list"], less.wants, less.is_done) == ([{"what": "Ghế"}], "edit", False)


def test_no_more_entries_than_the_form_allows():
    bound = posted("things", **{"list-count": "999999", "_add": "things.list"})
    assert len(bound.data["things"]["list"]) == 3


def test_files_are_saved_kept_and_dropped():
    saved = posted("things", files=Sent({"things.paper": ["id-1"], "things.photos": ["id-2", "id-3"]}), photos=["id-0"])
    assert (saved.data["things"]["paper"], saved.data["things"]["photos"]) == ("id-1", ["id-0", "id-2", "id-3"])
    dropped = posted("things", photos=["id-0", "id-2"], _drop="things.photos.id-0")
    assert (dropped.data["things"]["photos"], dropped.wants) == (["id-2"], "edit")


def test_a_file_that_is_refused_says_so_at_its_question():
    class TooLarge(Refusal):
        code = "t.too_large"
        text = "Tệp quá lớn"

    def refuse(_upload, _field):
        raise TooLarge

    bound = bind(FORM, "things", Sent(), on=ON, files=Sent({"things.paper": ["x"]}), save_file=refuse)
    assert [(f.pointer, f.text) for f in bound.faults if f.code == "t.too_large"] == [("/things/paper", "Tệp quá lớn")]


def test_other_steps_stay_and_a_step_that_is_not_there_is_an_error():
    bound = bind(
        FORM,
        "me",
        QueryDict("me.name=T%C6%B0+B%C3%AC"),
        on=ON,
        data={"blue": {"tone": "x"}, "me": {"name": "cũ", "phone": "1"}},
    )
    assert bound.data == {"blue": {"tone": "x"}, "me": {"name": "Tư Bì"}}
    with pytest.raises(LookupError):
        bind(FORM, "you", Sent(), on=ON)


def test_faults_of_this_step_only():
    bound = posted(
        **{
            "name": "Tư",
            "colour": "red",
            "shade": "đậm",
            "agrees": "true",
            "born_on-day": "1",
            "born_on-month": "1",
            "born_on-year": "1960",
        }
    )
    assert (bound.faults, bound.is_done) == ([], True)
    assert [fault.pointer for fault in posted(colour="blue", agrees="false").faults] == ["/me/name", "/me/born_on"]


def locked_form():
    schema = small()
    name = schema["properties"]["me"]["properties"]["name"]
    name |= {"x-prefill": "person.full_name", "x-locked": True}
    schema["properties"]["me"]["properties"]["phone"]["x-prefill"] = "person.phone"
    schema["properties"]["me"]["properties"]["notes"]["default"] = "không"
    return parse_form("T.1", schema)


def test_a_locked_answer_cannot_be_posted_away_but_an_open_one_can():
    form = locked_form()
    known = Prefill({"person": {"full_name": "Trần Thị Tư", "phone": "0905123456"}})
    begun = fill(form, {}, known)
    assert begun == {"me": {"name": "Trần Thị Tư", "phone": "0905123456", "notes": "không"}}
    bound = bind(
        form, "me", Sent({"me.name": ["Kẻ khác"], "me.phone": ["0905000111"]}), on=ON, data=begun, prefill=known
    )
    assert bound.data["me"] == {"name": "Trần Thị Tư", "phone": "0905000111"}
    assert fill(form, bound.data, known)["me"] == {"name": "Trần Thị Tư", "phone": "0905000111"}
    assert bind(form, "me", Sent({"me.name": ["Kẻ khác"]}), on=ON).data["me"] == {"name": "Kẻ khác"}


def test_several_steps_can_stand_on_one_page():
    both = Sent({**as_posted(FORM, "me", GOOD, on=ON), **as_posted(FORM, "things", GOOD, on=ON)})
    first = bind(FORM, "me", both, on=ON)
    second = bind(FORM, "things", both, on=ON, data=first.data)
    assert second.data == GOOD
    both["_add"] = ["things.list"]
    assert bind(FORM, "me", both, on=ON).wants == "edit"


def test_kept_answers_post_back_to_themselves():
    for step in ("me", "things"):
        assert bind(FORM, step, as_posted(FORM, step, GOOD, on=ON), on=ON).data[step] | {"sum": 1.5} == GOOD[step] | {
            "sum": 1.5
        }


def test_what_is_known_goes_where_earlier_answers_tell_whom_it_is_about():
    form = next(form_of(path) for path in FILES if path.stem == "1.001193")
    known = Prefill({"person": {"full_name": "Phạm Thị Hồng Nhung", "born_on": "1995-01-30", "street": "Thôn Mẫu 5"}})
    begun = fill(form, {}, known, on=ON)
    assert "full_name" not in begun["mother"]
    mother = {**begun, "applicant": {**begun["applicant"], "relation": "mother"}}
    told = fill(form, mother, known, on=ON)
    assert told["mother"]["full_name"] == "Phạm Thị Hồng Nhung"
    assert told["mother"]["address"] == {"line": "Thôn Mẫu 5"}
    assert "full_name" not in told["father"]
    # what was typed there is hers, and what she emptied stays empty
    typed = {**mother, "mother": {"known": True, "full_name": "Người khác"}}
    assert fill(form, typed, known, on=ON)["mother"] == typed["mother"]
