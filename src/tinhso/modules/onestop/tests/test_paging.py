"""Lists end where they end: what does not fit on a page is on the next, once, whatever came in or went out meanwhile."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from itertools import chain
from uuid import UUID

import pytest
from django.urls import reverse
from tests.snapshot import with_province

from tinhso.base.refusals import NotFound
from tinhso.kernel.journal.public import new_id
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import money
from tinhso.modules.onestop.models import Application, DeliveryState, Dossier, MoneyState, Payment, PaymentState
from tinhso.modules.onestop.queries import dossiers
from tinhso.modules.onestop.queries.paging import PAGE
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.onestop.tests.test_citizen_pages import page as own_page
from tinhso.modules.onestop.tests.test_pages_budget import sent_by, signed_in

pytestmark = with_province
MORE = PAGE + 3


def copies(code, many, **changes):
    """Write the same dossier down many times more, a minute apart; every third shares its moment with the one before."""
    first = Dossier.objects.get(code=code)
    made = []
    for number in range(many):
        row = Dossier.objects.get(pk=first.pk)
        row.pk, row.code, row.filed_from, row.case_id = new_id(), f"{code[:-4]}{number + 9000}", None, None
        moment = later(number - number % 3)
        row.submitted_at, row.finished_at = moment, moment if row.finished_at else None
        made.append(row)
    Dossier.objects.bulk_create(made)
    Dossier.objects.update(**changes)


def walk(read, actor):
    """Return the codes of every page, in order."""
    pages, after = [], ""
    while True:
        page = read(actor, after=after)
        pages.append([row.code for row in page.rows])
        if not (after := page.after):
            return pages


LISTS = {
    "inbox": (dossiers.to_receive, "lan", {}),
    "outbox": (
        dossiers.to_return,
        "lan",
        {"delivery": DeliveryState.READY, "finished_at": later(1), "state": NationalState.FINISHED},
    ),
    "waiting": (dossiers.waiting_for_applicant, "lan", {"state": NationalState.SUPPLEMENT_ASKED}),
    "cash": (
        dossiers.money_waiting,
        "hoa",
        {"received_at": later(1), "due_at": later(9), "state": NationalState.ACCEPTED},
    ),
    "mine": (dossiers.list_own, "tu", {}),
}


@pytest.mark.parametrize("name", LISTS)
def test_every_row_is_on_one_page(who, name):
    read, actor, changes = LISTS[name]
    copies(playing.file(who.tu).code, 2 * PAGE + 3, **changes)
    pages = walk(read, getattr(who, actor))
    assert [len(page) for page in pages] == [PAGE, PAGE, 4]
    assert sorted([*chain(*pages)]) == sorted(Dossier.objects.values_list("code", flat=True))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_fits_has_no_next_page(who, name):
    read, actor, changes = LISTS[name]
    copies(playing.file(who.tu).code, PAGE - 1, **changes)
    assert read(getattr(who, actor)).after == ""


def test_what_goes_back_stands_before_fees_also_across_pages(who):
    copies(playing.file(who.tu).code, MORE, received_at=later(1), due_at=later(9), state=NationalState.ACCEPTED)
    back = list(Dossier.objects.order_by("-submitted_at").values_list("pk", flat=True)[: PAGE + 1])
    Dossier.objects.filter(pk__in=back).update(money=MoneyState.BACK)
    Payment.objects.bulk_create(
        Payment(
            dossier_id=key,
            order_code=str(key),
            amount_vnd=1,
            method="cash",
            state=PaymentState.EXCESS,
            created_at=later(1),
        )
        for key in back
    )
    pages = walk(dossiers.money_waiting, who.hoa)
    kinds = dict(Dossier.objects.values_list("code", "money"))
    assert [kinds[code] for code in [*chain(*pages)]] == ["back"] * (PAGE + 1) + ["due"] * 3


def test_who_waits_before_reception_stands_among_the_others(who):
    """No clock was running: the databases would put what has no moment at different ends."""
    copies(playing.file(who.tu).code, MORE, state=NationalState.SUPPLEMENT_ASKED)
    keys = list(Dossier.objects.order_by("submitted_at", "id").values_list("pk", flat=True))
    for key in keys[::2]:
        row = Dossier.objects.get(pk=key)
        Dossier.objects.filter(pk=key).update(paused_at=row.submitted_at + timedelta(seconds=1))
    codes = [*chain(*walk(dossiers.waiting_for_applicant, who.lan))]
    assert len(set(codes)) == len(codes) == MORE + 1
    rows = {row.code: row for row in Dossier.objects.all()}
    moments = [rows[code].paused_at or rows[code].submitted_at for code in codes]
    assert moments == sorted(moments)


def test_what_left_the_list_meanwhile_hides_nothing(who):
    copies(playing.file(who.tu).code, MORE)
    first = dossiers.to_receive(who.lan)
    Dossier.objects.filter(code__in=[row.code for row in first.rows[10:20]]).update(state=NationalState.WITHDRAWN)
    rest = dossiers.to_receive(who.lan, after=first.after).rows
    assert len(first.rows) + len(rest) == MORE + 1


FAR = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00|{UUID(int=1)}".encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor", ["x", "é", "MjAyMi0xMS0yOFQwOTowMDowMHwx", "MjAyMi0xMS0yOHxhfGI", "A" * 200, "%00", FAR]
)
def test_a_cursor_that_is_not_ours_begins_nowhere(who, cursor):
    for read, actor, _changes in LISTS.values():
        with pytest.raises(NotFound):
            read(getattr(who, actor), after=cursor)


NEXT = re.compile(r'href="\?(sau|nhap)=([\w-]+)" rel="next"')


@pytest.mark.parametrize(
    ("name", "username"), [("inbox", "lan"), ("outbox", "lan"), ("waiting", "lan"), ("cash", "hoa")]
)
def test_the_desk_turns_the_page(who, name, username):
    _read, _actor, changes = LISTS[name]
    copies(playing.file(who.tu).code, MORE, **changes)
    client, address = signed_in(username), reverse(f"onestop:{name}")
    first = client.get(address).content.decode()
    assert f"{PAGE} trên trang này" in first
    assert "Trang đầu" not in first
    found = NEXT.search(first)
    second = client.get(f"{address}?{found[1]}={found[2]}").content.decode()
    assert not NEXT.search(second)
    assert f'<a href="{address}">Trang đầu</a>' in second
    codes = re.compile(r'href="/mot-cua/ho-so/([\w.-]+)/"')
    shown = [*codes.findall(first), *codes.findall(second)]
    assert sorted(shown) == sorted(Dossier.objects.values_list("code", flat=True))
    assert client.get(address + "?sau=x").status_code == 404


def test_a_second_page_costs_what_the_first_does(who):
    copies(playing.file(who.tu).code, MORE)
    client, address = signed_in("lan"), reverse("onestop:inbox")
    found = NEXT.search(client.get(address).content.decode())
    assert len(sent_by(client, f"{address}?sau={found[2]}")) == len(sent_by(client, address))


def test_my_dossiers_turn_the_page(who):
    copies(playing.file(who.tu).code, MORE)
    playing.start(who.tu)
    first = own_page(who.tu, "mine")
    found = NEXT.search(first)
    second = own_page(who.tu, "mine", query=f"?{found[1]}={found[2]}")
    codes = re.compile(r'<span class="cq-code">([\w.-]+)</span>')
    assert sorted([*codes.findall(first), *codes.findall(second)]) == sorted(
        Dossier.objects.values_list("code", flat=True)
    )
    assert ('id="nhap"' in first, 'id="nhap"' in second) == (True, False)


def test_my_drafts_turn_the_page_for_themselves(who):
    draft = playing.start(who.tu)
    rows = []
    for number in range(MORE):
        row = Application.objects.get(pk=draft.pk)
        row.pk, row.updated_at = new_id(), later(number)
        rows.append(row)
    Application.objects.bulk_create(rows)
    playing.file(who.tu)
    first = own_page(who.tu, "mine")
    found = NEXT.search(first)
    assert found[1] == "nhap"
    second = own_page(who.tu, "mine", query=f"?{found[1]}={found[2]}")
    drafts = re.compile(r'href="/ho-so/[^"]*([0-9a-f]{8}-[0-9a-f-]{27})/')
    shown = {*drafts.findall(first), *drafts.findall(second)}
    assert shown >= {str(key) for key in Application.objects.filter(state="draft").values_list("pk", flat=True)}
    assert ('id="da-nop"' in first, 'id="da-nop"' in second) == (True, False)


def test_search_says_when_there_is_more(who):
    copies(playing.file(who.tu).code, PAGE - 2)
    client, address = signed_in("lan"), reverse("onestop:search") + "?q=nguyen+tu"
    assert "mới nhất" not in client.get(address).content.decode()
    copies(playing.file(who.tu, at=later(days=1)).code, 5)
    assert "50 hồ sơ mới nhất" in client.get(address).content.decode()


def test_money_taken_leaves_the_list(who):
    code = playing.accepted(who)
    assert walk(dossiers.money_waiting, who.hoa) == [[code]]
    money.take_payment(code, actor=who.hoa, at=later(20))
    assert walk(dossiers.money_waiting, who.hoa) == [[]]
