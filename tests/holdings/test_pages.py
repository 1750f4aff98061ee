"""The pages of the data store, asked as browsers ask them."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from tests.doors import come_in
from tests.holdings.test_backload import row, sheet
from tests.holdings.test_reuse import TU, deliver, keep
from tests.snapshot import with_province
from tests.world import account_of, at_now, known_citizen  # noqa: F401

from tinhso.base.sheets import read_rows
from tinhso.kernel.documents.public import prepare, save
from tinhso.modules.holdings.actions.sending import folder_of
from tinhso.modules.holdings.models import Batch, Holding
from tinhso.modules.holdings.tasks import load_waiting
from tinhso.modules.onestop.actions import applications, copies, filing, reception
from tinhso.modules.onestop.models import DossierFile, PaperCheck, TrueCopy
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, MINH_AN, PIN, later

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders", "at_now")]
BIRTH = "1.001193"


def browser(account):
    return come_in(Client(), account, at=AT, level=2)


def test_the_holder_sees_it_and_who_read_it(who):
    keep(who)
    code = playing.taken(who)
    desk = browser(account_of("ha"))
    assert desk.post("/kho/tra-cuu/", {"number": TU}).status_code == 422
    answer = desk.post("/kho/tra-cuu/", {"number": "049 185 000123", "dossier": code.lower()})
    assert "15/2015" in answer.content.decode()
    assert desk.get(f"/tep/{Holding.objects.get().document_id}/").status_code == 200
    mine = browser(known_citizen().account)
    page = mine.get("/kho/").content.decode()
    assert "Giấy chứng nhận kết hôn" in page
    readers = mine.get("/kho/ai-da-xem/").content.decode()
    assert who.ha.name in readers
    assert code in readers


def test_a_draft_offers_it_and_one_click_takes_it(who):
    keep(who)
    mine = browser(known_citizen().account)
    draft = applications.start_application(BIRTH, actor=who.tu, at=AT)
    page = mine.get(f"/ho-so/don/{draft.id}/giay-to/KH/").content.decode()
    assert "Tỉnh đã có giấy tờ này" in page
    assert mine.post(f"/ho-so/don/{draft.id}/giay-to/KH/kho/{Holding.objects.get().id}/").status_code == 302
    assert "ket-hon.pdf" in mine.get(f"/ho-so/don/{draft.id}/giay-to/KH/").content.decode()


def test_the_counter_offers_it_and_the_offer_is_journalled(who):
    keep(who)
    desk = browser(account_of("lan"))
    for _time in range(2):
        assert "15/2015" in desk.get(f"/mot-cua/tiep-nhan/moi/{BIRTH}/?so={TU}").content.decode()
    mine = browser(known_citizen().account).get("/kho/ai-da-xem/").content.decode()
    assert mine.count(who.lan.name) == 1


def zip_of(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.pdf", content)
    file.seek(0)
    return file


def sent(name, file):
    file.seek(0)
    file.name = name
    return file


def test_a_sheet_and_a_zip_are_looked_through_loaded_checked(who):
    clerk, leader = browser(account_of("ngoc")), browser(account_of("minh"))
    rows = list(read_rows(io.BytesIO(b"".join(clerk.get("/kho/nap/mau/").streaming_content)), name="x"))
    assert rows[0][0] == "Số định danh"
    files = zip_of(**{"1": playing.pdf(), "2": playing.pdf(width=201)})
    given = {
        "agency": MINH_AN,
        "sheet": sent("sổ.xlsx", sheet(row(1), row(2), row(3))),
        "archive": sent("a.zip", files),
    }
    address = clerk.post("/kho/nap/", given).headers["Location"]
    page = clerk.get(address).content.decode()
    assert "Người thứ 1" in page
    assert "3.pdf" in page
    assert clerk.post(f"{address}bat-dau/").status_code == 302
    (batch,) = load_waiting(lambda: AT)
    assert (batch.taken, batch.broken) == (2, 1)
    broken = list(read_rows(io.BytesIO(b"".join(clerk.get(f"{address}loi/").streaming_content)), name="x"))
    assert "3.pdf" in broken[1][-1]
    assert clerk.get(f"{address}kiem-tra/").status_code == 403
    sample = leader.get(f"{address}kiem-tra/").content.decode()
    assert sample.count('type="checkbox"') == 2
    told = leader.post(f"{address}kiem-tra/", {"note": "đúng"}).content.decode()
    assert "giấy tờ của các dòng này trước: 2, 3" in told
    assert "đúng</textarea>" in told
    for one in batch.sample:
        assert leader.get(f"{address}kiem-tra/{one}/", follow=True).status_code == 200
    assert "2 trên 2 giấy tờ" in leader.get(f"{address}kiem-tra/").content.decode()
    assert leader.post(f"{address}kiem-tra/", {f"w-{batch.sample[0]}": "1"}).status_code == 200
    assert leader.post(f"{address}kiem-tra/", {"note": "đúng"}).status_code == 302
    assert Batch.objects.get().state == "in_force"
    assert not folder_of(batch.id).exists()


def test_what_is_no_zip_is_refused_on_the_page(who):
    clerk = browser(account_of("ngoc"))
    given = {"agency": MINH_AN, "sheet": sent("s.xlsx", sheet(row(1))), "archive": sent("a.zip", io.BytesIO(b"no"))}
    assert "Không đọc được tệp nén" in clerk.post("/kho/nap/", given).content.decode()
    assert not Batch.objects.exists()


def test_a_paper_is_compared_decided_and_signed_as_a_true_copy(who):
    scan = save(prepare(playing.pdf(width=333), name="kết hôn.pdf"), actor=who.lan, at=AT)
    dossier = reception.take_at_counter(
        BIRTH, MINH_AN, filing.Applicant(who.tu.key, who.tu.name, TU),
        components=[{"code": "GCS", "name": "Giấy chứng sinh", "originals": 1, "copies": 0}],
        scans=[("KH", scan)], actor=who.lan, at=AT,
    )  # fmt: skip
    file = DossierFile.objects.get(dossier=dossier)
    playing.give_key(who.lan)
    desk = browser(account_of("lan"))
    address = f"/mot-cua/doi-chieu/{file.id}/{dossier.code}/"
    assert desk.get(address).status_code == 200
    assert "Ghi rõ điểm khác" in desk.post(address, {"finding": "differs"}).content.decode()
    assert desk.post(address, {"finding": "agrees"}).status_code == 302
    assert PaperCheck.objects.get().by_name == who.lan.name
    said = {"number": "15/2015", "issued_on": "02/03/2015", "issuer": "UBND phường Minh An", "pin": PIN}
    assert desk.post(address, {**said, "pin": "000000"}).status_code == 200
    assert not TrueCopy.objects.exists()
    assert desk.post(address, said).status_code == 302
    deliver(later(1))
    deliver(later(2))
    one = Holding.objects.get()
    assert (one.source, one.type_code, one.number, one.issuer) == (
        "copy",
        "KQ.G15.000032",
        "15/2015",
        "UBND phường Minh An",
    )
    with pytest.raises(copies.CertifiedBefore):
        copies.certify_copy(dossier.code, file.id, copies.AboutPaper(), pin=PIN, actor=who.lan, at=AT)


def test_papers_saved_are_public(who):
    assert Client().get("/kho/giay-to-khong-phai-nop/").status_code == 200
    assert Client().get("/api/holdings/saved-papers").json() == []


def test_programs_read_their_own_and_officials_with_a_purpose(who):
    keep(who)
    mine = browser(known_citizen().account)
    (item,) = mine.get("/api/holdings").json()["items"]
    assert (item["number"], item["is_in_force"]) == ("15/2015", True)
    assert mine.get("/api/holdings/readings").json()["items"] == []
    desk = browser(account_of("ha"))
    refused = desk.post("/api/holdings/look", {"number": TU}, content_type="application/json")
    assert refused.status_code in (403, 422)


def test_the_archive_of_ones_data_holds_it(who):
    keep(who)
    mine = browser(known_citizen().account)
    answer = mine.post("/api/personal-data", "{}", content_type="application/json")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        said = archive.read("data.json").decode()
    assert "15/2015" in said
