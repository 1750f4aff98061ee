"""Publishing, versions, the pack, the communes and the printed form: with a real database."""

import io
import json
import shutil
from datetime import date

import pytest
from django.conf import settings
from django.utils import translation
from pypdf import PdfReader

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.refusals import BadInput, Forbidden
from tinhso.kernel.forms.actions import AlreadyInForce, publish_form, withdraw_forms
from tinhso.kernel.forms.bind import Sent, bind
from tinhso.kernel.forms.models import FormVersion
from tinhso.kernel.forms.pack import FormLoader
from tinhso.kernel.forms.pages import step_page
from tinhso.kernel.forms.printing import render_form_pdf
from tinhso.kernel.forms.queries import NoSuchForm, latest_version, list_forms, load_form
from tinhso.kernel.forms.validation import validate_all
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.pack.plan import Pack

from .worlds import FILES, GOOD, ON, form_of, small

CITIZEN = Actor(kind=ActorKind.CITIZEN, key="person:1", name="Tư")


@pytest.mark.django_db
def test_a_form_is_published_changed_and_withdrawn_and_every_version_stays(loader, at):
    publish_form("T.1", small(), actor=loader, at=at)
    publish_form("T.1", small(title="Đơn thử mới"), actor=loader, at=at)
    assert latest_version("T.1") == 2
    assert [load_form("T.1", version).title.vi for version in (1, 2)] == ["Đơn thử", "Đơn thử mới"]
    assert [step.key for step in load_form("T.1").steps] == ["me", "things", "blue"]
    withdraw_forms(["T.1"], actor=loader, at=at)
    with pytest.raises(NoSuchForm):
        load_form("T.1")
    assert load_form("T.1", 1).title.vi == "Đơn thử"
    assert [form.code for form in list_forms()] == []
    events = list(Entry.objects.filter(event__startswith="forms.").order_by("id").values_list("event", flat=True))
    assert events == ["forms.form_published", "forms.form_published", "forms.form_withdrawn"]


@pytest.mark.django_db
def test_the_same_text_is_not_published_twice(loader, at):
    publish_form("T.1", small(), actor=loader, at=at)
    with pytest.raises(AlreadyInForce):
        publish_form("T.1", small(), actor=loader, at=at)
    assert FormVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_bad_form_and_a_citizen_change_nothing(loader, at):
    with pytest.raises(BadInput):
        publish_form("T.1", small(enum=[1]), actor=loader, at=at)
    with pytest.raises(Forbidden):
        publish_form("T.1", small(), actor=CITIZEN, at=at)
    assert FormVersion.objects.count() == 0


@pytest.mark.django_db
def test_reading_a_form_again_costs_one_statement(loader, at, django_assert_num_queries):
    publish_form("T.1", small(), actor=loader, at=at)
    load_form("T.1")
    load_form("T.1", 1)
    with django_assert_num_queries(1):
        load_form("T.1")
    with django_assert_num_queries(1):
        load_form("T.1", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("province", ["quang-nam", "nghich"])
def test_a_pack_is_checked_planned_applied_and_then_nothing_changes(province, loader, at):
    pack = Pack(settings.ROOT / "provinces" / province, at)
    part = FormLoader()
    assert list(part.check(pack)) == []
    assert {change.verb for change in part.plan(pack)} == {"add"}
    apply(part, pack, loader, at)
    codes = {path.stem for path in FILES if path.parts[-3] == province}
    # and one that no procedure has: the questionnaire
    assert {form.code for form in list_forms()} == codes | {"survey"} == pack.shared["forms"].keys()
    assert list(part.plan(pack)) == []
    assert all(load_form(code).sha256 == form_of(path).sha256 for path in FILES if (code := path.stem) in codes)


@pytest.mark.django_db
def test_what_a_pack_no_longer_has_ends_and_what_changed_is_replaced(loader, at, tmp_path):
    shutil.copytree(settings.ROOT / "provinces" / "nghich" / "forms", tmp_path / "forms")
    apply(FormLoader(), Pack(tmp_path, at), loader, at)
    (tmp_path / "forms" / "9.000002.json").unlink()
    bees = tmp_path / "forms" / "9.000001.json"
    bees.write_text(bees.read_text().replace("Giấy phép nuôi ong", "Phép nuôi ong"))
    pack = Pack(tmp_path, at)
    assert [(change.verb, change.key) for change in FormLoader().plan(pack)] == [
        ("replace", "9.000001"),
        ("end", "9.000002"),
    ]
    apply(FormLoader(), pack, loader, at)
    assert latest_version("9.000001") == 2
    with pytest.raises(NoSuchForm):
        latest_version("9.000002")


@pytest.mark.django_db
def test_a_mistake_in_a_pack_is_named_with_file_and_line(at, tmp_path):
    folder = tmp_path / "forms"
    folder.mkdir()
    wrong = small()
    wrong["properties"]["me"]["properties"]["name"]["x-widgett"] = "text"
    (folder / "T.1.json").write_text(json.dumps(wrong, ensure_ascii=False, indent=1))
    (folder / "T.2.json").write_text(json.dumps(small()))
    (folder / "T.3.json").write_text('{"type":\n "object",,}')
    lines = (folder / "T.1.json").read_text().splitlines()
    faults = list(FormLoader().check(Pack(tmp_path, at)))
    line = next(number for number, text in enumerate(lines, 1) if "x-widgett" in text)
    assert [(fault.file, fault.line) for fault in faults] == [
        ("forms/T.1.json", line),
        ("forms/T.2.json", 1),
        ("forms/T.3.json", 2),
    ]
    with translation.override("vi"):
        assert (
            str(faults[0]) == f"forms/T.1.json:{line}: Không có từ khóa “x-widgett” ở đây. Sửa chính tả hoặc bỏ nó đi."
        )


def apply(part, pack, loader, at):
    from tinhso.base.acts import act

    act(part.apply)(pack, actor=loader, at=at)


def commune(code, name, unit, **more):
    from tinhso.kernel.organisation.public import Agency, Kind, Level

    base = {"kind": Kind.COMMITTEE, "level": Level.COMMUNE, "valid_from": date(2020, 1, 1), "name_en": "", "path": code}
    return Agency.objects.create(code=code, name=name, unit_code=unit, **{**base, **more})


@pytest.fixture
def communes(db):
    commune("H47.9", "Ủy ban nhân dân thành phố Hội An", "503", level="district")
    commune("H47.9.1", "Ủy ban nhân dân phường Minh An", "20398", parent_code="H47.9", path="H47.9/H47.9.1")
    commune("H47.9.3", "Ủy ban nhân dân phường Minh Antoàn", "20399", parent_code="H47.9", path="H47.9/H47.9.3")
    commune("H47.9.2", "Ủy ban nhân dân phường Tân An", "20401", parent_code="H47.9", path="H47.9/H47.9.2")


def address_form():
    return next(form_of(path) for path in FILES if path.stem == "1.000894")


def test_a_commune_is_found_by_what_people_type(communes):
    form = address_form()
    typed = {
        "phuong minh an": "20398",
        "Phường Tân An, thành phố Hội An": "20401",
        "an": "an",
        "minh an": "20398",
        "zzzz": "zzzz",
        "Xã Hoà Tiến, Đà Nẵng": "Xã Hoà Tiến, Đà Nẵng",
        "20398": "20398",
    }
    for words, kept in typed.items():
        bound = bind(form, "bride", Sent({"bride.address.unit": [words]}), on=ON)
        assert bound.data["bride"]["address"]["unit"] == kept


def test_a_page_with_communes_costs_few_statements(communes, django_assert_max_num_queries):
    form = address_form()
    data = {"bride": {"address": {"unit": "20398"}}}
    with django_assert_max_num_queries(2):  # the stamp of the organisation, and the list
        page = step_page(form, "bride", data, on=ON)
    control = next(c for c in page.controls if c.name == "bride.address").controls[1]
    assert (control.value, len(control.suggestions)) == ("Phường Minh An, thành phố Hội An", 3)


def test_a_commune_that_closed_is_no_longer_offered(communes):
    from tinhso.kernel.organisation.public import Agency

    Agency.objects.filter(code="H47.9.2").update(valid_to=date(2022, 1, 1))
    page = step_page(address_form(), "bride", {}, on=ON)
    control = next(c for c in page.controls if c.name == "bride.address").controls[1]
    assert [found.code for found in control.suggestions] == ["20398", "20399"]


@pytest.mark.django_db
def test_marriage_rules_name_the_law_they_rest_on():
    form = address_form()
    answers = {"bride": {"born_on": "2005-01-01"}, "groom": {"born_on": "2003-01-01"}}
    with translation.override("vi"):
        texts = [str(fault.text) for fault in validate_all(form, answers, on=ON) if fault.code == "rule"]
    assert texts == ["Bên nữ phải từ đủ 18 tuổi", "Bên nam phải từ đủ 20 tuổi"]
    assert [rule.law for rule in form.rules[:2]] == ["Luật Hôn nhân và gia đình 52/2014/QH13 Đ.8 k.1 điểm a"] * 2


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_filled_form_prints(lang, at):
    from .worlds import small_form

    name = "Nguyễn #strong[Thị] $x$ Tư"
    data = {**GOOD, "me": {**GOOD["me"], "notes": "dòng một\n*dòng hai*", "shade": name}}
    pdf = render_form_pdf(
        small_form(), data, lang, at=at, facts={"signer": "Trần Thị Tư", "to": "UBND phường Minh An", "code": "H47-1"}
    )
    assert pdf == render_form_pdf(
        small_form(), data, lang, at=at, facts={"signer": "Trần Thị Tư", "to": "UBND phường Minh An", "code": "H47-1"}
    )
    text = " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    for words in ("#strong[Thị] $x$", "*dòng hai*", "UBND phường Minh An", "29/02/1960", "H47-1"):
        assert words in text


def test_a_commune_that_is_on_no_list_must_be_a_whole_address_elsewhere(communes):
    form = address_form()
    said = {}
    for typed in ("zzzz", "Xã Hoà Tiến, Đà Nẵng", "20398"):
        faults = bind(form, "bride", Sent({"bride.address.unit": [typed]}), on=ON).faults
        said[typed] = [str(fault.text) for fault in faults if fault.pointer == "/bride/address/unit"]
    assert [typed for typed, told in said.items() if told] == ["zzzz"]
    assert "trong danh sách" in said["zzzz"][0]
