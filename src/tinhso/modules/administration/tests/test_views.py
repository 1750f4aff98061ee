"""Pages: what is shown, to whom; the same number of statements for one row and for three."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tinhso.base.actors import system
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import Flow, ServiceCatalogue, deploy_flow
from tinhso.kernel.forms.public import parse_form, publish_forms
from tinhso.kernel.identity.public import ApiToken, Message, find_account, issue_token
from tinhso.kernel.journal.public import Delivery, Entry, new_id, seal
from tinhso.kernel.organisation.public import Delegation, Official, Tenure
from tinhso.modules.administration.manifest import module
from tinhso.modules.administration.queries.words import actor_said, proof_said, subject_said
from tinhso.modules.administration.urls import urlpatterns

from .conftest import AT, PASSWORD, an_official, later
from .test_actions import FLOW, PROVED, state

pytestmark = pytest.mark.django_db
LOADER = system("loader")


def a_form(code):
    """Return the smallest form there can be."""
    name = {"type": "string", "title": "Tên", "x-title-en": "Name", "maxLength": 20}
    part = {"type": "object", "title": "Phần", "x-title-en": "Part", "properties": {"b": name}}
    return parse_form(
        code,
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": code,
            "title": "Tờ khai",
            "x-title-en": "Form",
            "x-procedure": code,
            "type": "object",
            "properties": {"a": part},
        },
    )


def url(name, *args):
    return reverse(f"administration:{name}", args=args)


def a_dead_letter():
    entry = Entry.objects.order_by("id").first()
    return Delivery.objects.create(
        entry=entry,
        subscriber="x.y",
        subject_type="dossier",
        subject_key="H47-1",
        attempts=9,
        error="hỏng",
        next_at=AT,
        dead_at=AT,
    )


def a_message(state="dead"):
    return Message.objects.create(
        event_id=new_id(),
        recipient="official:x",
        address="a@x.vn",
        subject="s",
        body="nội dung kín",
        state=state,
        next_at=AT,
        queued_at=AT,
    )


def a_token(key="lan"):
    return issue_token(
        find_account(f"{key}.qn"),
        name="Máy",
        scopes=["dossier:read"],
        expires_at=AT + timedelta(days=9),
        actor=LOADER,
        at=AT,
    )[0]


@pytest.fixture
def world(province):
    """The province with one of everything that pages list."""
    deploy_flow(FLOW, actor=LOADER, at=AT)
    publish_forms([a_form("1.1")], actor=LOADER, at=AT)
    return province | {"letter": a_dead_letter(), "message": a_message(), "token": a_token()}


def pages(world):
    """Return every page that answers GET, with what it needs."""
    lan = world["lan"].pk
    tenure = Tenure.objects.get(official=world["lan"]).pk
    entry = Entry.objects.order_by("id").first().pk
    everybody = {
        url("home"), url("people"), url("person", lan), url("agencies"), url("agency", "H47.32.20"), url("procedures"),
        url("forms"), url("form", "1.1"), url("emergencies"),
    }  # fmt: skip
    province = {
        url("flows"), url("flow", "thu", 1), url("flow_file", "thu", 1), url("journal"), url("log"), url("entry", entry),
        url("troubles"), url("stuck"), url("mail", "dead"), url("mail", "waiting"), url("tokens"), url("settings"),
        url("operations"),
    }  # fmt: skip
    staff = {
        url("add_official"), url("change_official", lan), url("appoint", lan), url("end_tenure", tenure),
        url("delegate", tenure), url("open_account", lan), url("shut_account", lan),
        url("sign_out", lan), url("take_emergency"),
    }  # fmt: skip
    return {"all": everybody, "province": province, "staff": staff, "top": {url("give_token", lan)}}


OPEN = {
    "quan": {"all", "province", "staff", "top"},
    "kiem": {"all", "province"},
    "binh": {"all", "staff"},
    "lan": set(),
    "khanh": set(),
}


@pytest.mark.parametrize("who", sorted(OPEN))
def test_each_page_is_open_to_whom_it_is_for(who, world, enter):
    client = enter(world[who])
    for group, addresses in pages(world).items():
        for address in sorted(addresses):
            found = client.get(address).status_code
            assert found == (200 if group in OPEN[who] else 403), f"{who} {address}: {found}"


def test_nobody_is_sent_to_sign_in(world, client):
    for addresses in pages(world).values():
        for address in addresses:
            answer = client.get(address)
            assert (answer.status_code, answer.url.startswith("/tai-khoan/login/")) == (302, True), address


def posts(world):
    """Return every POST with data that would do something."""
    lan = world["lan"].pk
    tenure = Tenure.objects.get(official=world["lan"]).pk
    near = {"valid_from": "22/11/2022", "decision": "1/QĐ"}
    return {
        url("add_official"): {"staff_code": "NEW-1", "full_name": "Người Mới"},
        url("change_official", lan): {"full_name": "Tên Khác"},
        url("appoint", lan) + "?q=minh+an": {"post": "H47.32.20/minh", **near},
        url("end_tenure", tenure): {"last_day": "31/12/2022", "decision": "2/QĐ"},
        url("delegate", tenure): {"staff_code": "MINH", "roles": ["reception"], **near},
        url("reset_password", lan): PROVED,
        url("shut_account", lan): {"reason": "nghỉ"},
        url("reopen_account", lan): {},
        url("give_token", lan): {"name": "x", "scopes": "dossier:read", "days": 30},
        url("take_token", world["token"].pk): {},
        url("replay", world["letter"].pk): {},
        url("retry_mail", world["message"].pk): {},
        url("withdraw_flow", "thu"): {},
        url("sign_out", lan): {"reason": "mất điện thoại"},
    }


@pytest.mark.parametrize("who", ["kiem", "lan", "khanh", "hung"])
def test_a_denial_moves_nothing(who, world, enter):
    client, before = enter(world[who]), state()
    for address, data in posts(world).items():
        assert client.post(address, data).status_code in (403, 404), address
    assert state() == before
    assert Delivery.objects.get().dead_at is not None


@pytest.mark.parametrize("key", sorted(range(14)))
def test_each_post_of_the_province_moves_something(key, world, enter):
    client, before = enter(world["quan"]), state()
    address, data = list(posts(world).items())[key]
    assert client.post(address, data).status_code in (200, 302), address
    assert state() != before


def test_every_route_is_named_in_these_tests(world):
    known = {address.split("?")[0] for group in pages(world).values() for address in group} | {
        a.split("?")[0] for a in posts(world)
    }
    kept = {"procedure", "take_back", "retry_step", "end_emergency"}  # have tests of their own
    kept |= {"reforms", "reform", "reform_csv", "reform_figures", "reform_question"}
    for route in urlpatterns:
        if route.name not in kept:
            assert any(route.resolve(address.removeprefix("/quan-tri/")) for address in known), route.name


def test_passwords_are_shown_once_and_never_kept_by_the_browser(world, enter):
    client = enter(world["binh"])
    nothing = client.post(url("reset_password", world["lan"].pk), {"note": "nói qua điện thoại"})
    assert (nothing.status_code, list(nothing.context["form"].errors)) == (422, ["proved"])
    assert find_account("lan.qn").check_password(PASSWORD)
    answer = client.post(url("reset_password", world["lan"].pk), PROVED)
    shown = answer.content.decode().split('id="mat-khau">')[1].split("<")[0]
    assert find_account("lan.qn").check_password(shown)
    assert not find_account("lan.qn").check_password(PASSWORD)
    assert "no-store" in answer["Cache-Control"]


def test_a_first_account(world, enter):
    new = an_official("moi", "Người Mới", account=False)
    client = enter(world["binh"])
    answer = client.post(url("open_account", new.pk), {"username": "Có Dấu"})
    assert answer.status_code == 422
    answer = client.post(url("open_account", new.pk), {"username": "lan.qn"})
    assert "lan.qn" in answer.content.decode()
    assert answer.status_code == 422
    answer = client.post(url("open_account", new.pk), {"username": "moi.qn"})
    assert 'id="mat-khau"' in answer.content.decode()
    assert find_account("moi.qn").official_id == new.pk


def test_an_appointment_in_two_steps(world, enter):
    client = enter(world["binh"])
    new = an_official("moi", "Người Mới", account=False)
    assert "H47.32.20" not in client.get(url("appoint", new.pk)).content.decode()
    assert "Chức vụ lan" in client.get(url("appoint", new.pk) + "?q=minh+an").content.decode()
    assert "Chức vụ hung" not in client.get(url("appoint", new.pk) + "?q=núi+thành").content.decode()
    given = {"post": "H47.32.20/lan", "valid_from": "01/12/2022", "decision": "5/QĐ-UBND"}
    assert client.post(url("appoint", new.pk) + "?q=minh+an", given).status_code == 302
    assert Tenure.objects.get(official=new).decision == "5/QĐ-UBND"
    again = client.post(url("appoint", new.pk) + "?q=minh+an", given)
    assert again.status_code == 422
    assert Tenure.objects.filter(official=new).count() == 1


def test_a_delegation_is_taken_back(world, enter):
    client = enter(world["binh"])
    address = url("delegate", Tenure.objects.get(official=world["lan"]).pk)
    assert client.post(address, posts(world)[address]).status_code == 302
    mistyped = client.post(address, posts(world)[address] | {"staff_code": "MING"})
    assert (mistyped.status_code, list(mistyped.context["form"].errors)) == (422, ["staff_code"])
    made = Delegation.objects.get()
    page = client.get(url("person", world["minh"].pk)).content.decode()
    assert "Nguyễn Thị Lan → Trần Văn Minh" in page
    back = url("take_back", world["lan"].pk, made.pk)
    assert enter(world["kiem"]).post(back, {"reason": "x"}).status_code == 403
    assert client.post(back, {"reason": "9/QĐ"}).status_code == 302
    assert "organisation.delegation_revoked" in Entry.objects.values_list("event", flat=True)


def test_the_list_of_people_is_ones_own_part(world, enter):
    mine = enter(world["binh"]).get(url("people")).content.decode()
    assert "Nguyễn Thị Lan" in mine
    assert "Bình Hội An" in mine
    assert "Hùng Núi Thành" not in mine
    assert "Hùng Núi Thành" in enter(world["kiem"]).get(url("people")).content.decode()
    assert enter(world["binh"]).get(url("person", world["hung"].pk)).status_code == 404
    assert enter(world["binh"]).get(url("agency", "H47.47")).status_code == 404
    found = enter(world["quan"]).get(url("people") + "?q=nui+thanh").content.decode()
    assert "Hùng Núi Thành" not in found


def test_the_tree_of_agencies_is_ones_own_part(world, enter):
    mine = enter(world["binh"]).get(url("agencies")).content.decode()
    assert mine.index("thành phố Hội An") < mine.index("phường Minh An")
    assert "Núi Thành" not in mine
    whole = enter(world["kiem"]).get(url("agencies")).content.decode()
    assert "Núi Thành" in whole


def test_the_pages_turn_by_key(world, enter, monkeypatch):
    monkeypatch.setattr("tinhso.modules.administration.queries.people.PAGE", 2)
    monkeypatch.setattr("tinhso.modules.administration.queries.agencies.PAGE", 2)
    for who, name in (("quan", "people"), ("quan", "agencies"), ("binh", "people")):
        client, address, seen = enter(world[who]), url(name), []
        for _page in range(9):
            page = client.get(address).content.decode()
            seen += [part.split("<")[0].split(">")[1] for part in page.split('class="cq-table__code"><a href')[1:]]
            if 'rel="next"' not in page:
                break
            address = url(name) + page.split('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace(
                "&amp;", "&"
            )
        assert len(seen) == len(set(seen)), name
        assert seen == sorted(seen)
        assert len(seen) == {"quanpeople": 7, "quanagencies": 4, "binhpeople": 3}[who + name]


def test_a_flow_is_shown_as_a_list_and_not_published_from_a_file(world, enter):
    client = enter(world["quan"])
    page = client.get(url("flow", "thu", 1)).content.decode()
    assert page.index("Làm") < page.index('id="b3"')
    assert "2 " in page
    assert client.get(url("flow_file", "thu", 1)).content == FLOW
    # a flow is published by two people in the designer, never from here
    assert client.post("/quan-tri/quy-trinh/cong-bo/", {"file": SimpleUploadedFile("a.bpmn", FLOW)}).status_code == 404
    assert 'href="/thiet-ke/"' in client.get(url("flows")).content.decode()
    assert Flow.objects.count() == 1


def test_the_journal_is_searched_and_an_entry_proved(world, enter):
    client = enter(world["kiem"])
    whole = client.get(url("journal")).content.decode()
    assert "casework.flow_published" in whole
    narrowed = client.get(url("journal") + "?viec=identity.*").content.decode()
    assert "casework.flow_published" not in narrowed
    assert "identity.account_added" in narrowed
    assert "identity.account_added" not in client.get(url("journal") + "?den=01/01/2020").content.decode()
    assert client.get(url("journal") + "?loai=dossier").status_code == 200
    assert client.get(url("journal") + "?sau=nonsense").status_code == 200
    entry = Entry.objects.filter(event="casework.flow_published").get()
    assert "sha256" in client.get(url("entry", entry.pk)).content.decode()
    seal(AT)
    assert "cq-note--ok" in client.get(url("entry", entry.pk)).content.decode()
    verified = client.post(url("log")).content.decode()
    assert "cq-note--ok" in verified
    assert client.get(url("entry", new_id())).status_code == 404


def test_mail_pages_never_show_what_is_said(world, enter):
    page = enter(world["kiem"]).get(url("mail", "dead")).content.decode()
    assert "a@x.vn" in page
    assert "nội dung kín" not in page
    assert enter(world["kiem"]).get(url("mail", "sent")).status_code == 404


def test_settings_show_no_secret(world, enter, monkeypatch):
    from tinhso.base.env import DECLARED

    secrets = [name for name, variable in DECLARED.items() if variable.secret]
    assert "TINHSO_SECRET_KEY" in secrets
    for name in [*secrets, "TINHSO_DEMO_PASSWORD", "TINHSO_DEMO_PIN"]:
        monkeypatch.setenv(name, "bi-mat-khong-ai-biet")
    monkeypatch.setenv("TINHSO_PUBLIC_URL", "https://ai:mat-khau@tinh.example")
    page = enter(world["quan"]).get(url("settings")).content.decode()
    assert "bi-mat-khong-ai-biet" not in page
    assert "mat-khau@" not in page
    assert "TINHSO_SECRET_KEY" in page


def test_procedures_say_what_is_missing(world, enter):
    from tinhso.kernel.casework.public import Service
    from tinhso.modules.administration.queries.services import missing_of

    assert registry.one(ServiceCatalogue).list is not None
    bare = missing_of(Service(code="1", name="x", flow_code="no-such", form_code="1.1"), {"thu"}, {"1.1"})
    assert len(bare) == 4
    assert enter(world["kiem"]).get(url("procedure", "9.999999")).status_code == 404


def test_stuck_steps_are_tried_again_by_the_province_only(world, enter):
    assert enter(world["kiem"]).post(url("retry_step", new_id())).status_code == 403
    assert enter(world["quan"]).post(url("retry_step", new_id())).status_code == 404


LISTS = {
    "people": lambda n: an_official(f"them{n}", f"Người {n}", "H47.32.20", ["clerk"]),
    "troubles": lambda n: Delivery.objects.create(
        entry=list(Entry.objects.order_by("id")[1:9])[n],
        subscriber="x.y",
        subject_type="d",
        subject_key="k",
        next_at=AT,
        dead_at=AT,
    ),
    "tokens": lambda _n: a_token("minh"),
    "flows": lambda n: deploy_flow(FLOW.replace(b'id="thu"', f'id="thu{n}"'.encode()), actor=LOADER, at=AT),
    "forms": lambda n: publish_forms([a_form(f"2.{n}")], actor=LOADER, at=AT),
    "journal": lambda _n: a_token("lan"),
}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_lists_cost_the_same_for_more_rows(name, world, enter):
    client = enter(world["quan"])

    def cost():
        client.get(url(name))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url(name)).status_code == 200
        return len(seen)

    few = cost()
    for n in range(3):
        LISTS[name](n)
    assert cost() == few
    assert few < 25


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_read_in_both_languages(language, world, enter):
    client = enter(world["quan"])
    client.cookies["ngon_ngu"] = language
    for addresses in pages(world).values():
        for address in addresses:
            if "tep" not in address:
                assert f'lang="{language}"' in client.get(address).content.decode()


def test_officials_entered_twice_are_told_apart(world, enter):
    client = enter(world["binh"])
    given = {"staff_code": "LAN", "full_name": "Lan Khác"}
    answer = client.post(url("add_official"), given)
    assert answer.status_code == 422
    assert "Nguyễn Thị Lan" in answer.content.decode()
    assert not Official.objects.filter(full_name="Lan Khác").exists()


def test_the_manifest_lends_what_urls_have():
    for loan in module.lends:
        if hasattr(loan, "menu"):
            assert reverse(loan.key).startswith("/quan-tri/")


def test_a_tenure_ends_with_a_day(world, enter):
    tenure = Tenure.objects.get(official=world["lan"])
    client = enter(world["binh"])
    assert client.post(url("end_tenure", tenure.pk), {"last_day": "hôm nay", "decision": "x"}).status_code == 422
    assert (
        client.post(url("end_tenure", tenure.pk), {"last_day": f"{later(9):%d/%m/%Y}", "decision": "x"}).status_code
        == 302
    )
    assert Tenure.objects.get(pk=tenure.pk).valid_to == later(9)
    assert ApiToken.objects.count() == 1


def test_the_journal_and_the_settings_speak_words_first(world, enter):
    client = enter(world["quan"])
    page = client.get(url("settings")).content.decode()
    assert "thư mục gói dữ liệu của tỉnh" in page
    assert "folder of the province pack" not in page
    assert (subject_said("dossier"), proof_said("vneid:2"), actor_said("loader")) == (
        "Hồ sơ", "VNeID mức 2", "Nạp gói dữ liệu",
    )  # fmt: skip
    assert (subject_said("x"), proof_said("x"), actor_said("Lan", "official:1")) == ("x", "x", "Lan")


def test_after_a_new_official_was_entered_their_page_opens(world, enter):
    client = enter(world["quan"])
    answer = client.post(url("add_official"), {"staff_code": "QN-999", "full_name": "Võ Thị Mới"})
    assert answer.status_code == 302
    assert "Võ Thị Mới" in client.get(answer.url).content.decode()
    assert answer.url != url("people")


TOO_FAR = ("01/01/0001", "31/12/1899", "01/01/2101", "31/12/9999", "9999-12-31")


@pytest.mark.parametrize("day", TOO_FAR)
def test_a_day_that_no_calendar_reaches_is_answered_at_its_field(world, enter, day):
    client = enter(world["quan"])
    for name in ("tu", "den"):
        page = client.get(url("journal") + f"?{name}={day}")
        assert page.status_code == 200
        assert "Hãy ghi năm từ 1900 đến 2100." in page.content.decode()
    tenure = Tenure.objects.get(official=world["lan"]).pk
    posted = {
        url("appoint", world["lan"].pk) + "?q=minh+an": {"post": "H47.32.20/minh", "valid_from": day, "valid_to": day},
        url("end_tenure", tenure): {"last_day": day},
        url("delegate", tenure): {"staff_code": "MINH", "roles": ["reception"], "valid_from": day, "valid_to": day},
    }
    for address, given in posted.items():
        answer = client.post(address, {**given, "decision": "1/QĐ"})
        assert answer.status_code == 422, address
        assert "Hãy ghi năm từ 1900 đến 2100." in answer.content.decode()


@pytest.mark.parametrize("day", ["01/01/1900", "31/12/2100", "28/11/2022"])
def test_days_that_can_be_meant_are_searched_by(world, enter, day):
    page = enter(world["kiem"]).get(url("journal") + f"?tu={day}&den={day}")
    assert (page.status_code, "1900 đến 2100" in page.content.decode()) == (200, False)


@pytest.mark.parametrize("typed", ["9" * 30, "9" * 5000, "-1", "x", "0001-01-01"])
def test_pages_that_begin_nowhere_are_no_error(world, enter, typed):
    client = enter(world["quan"])
    for name in ("journal", "people", "agencies", "procedures", "troubles", "stuck", "tokens"):
        assert client.get(url(name) + f"?sau={typed}").status_code in (200, 404), name
