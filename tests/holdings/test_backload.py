"""Results from the archives: every row judged, killed and gone on with, nothing twice, in force only after a second look."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from uuid import UUID

import pytest
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.base.sheets import read_rows, write_xlsx
from tinhso.kernel.casework.public import held_for
from tinhso.kernel.documents.public import get_document
from tinhso.kernel.journal.public import entries
from tinhso.kernel.organisation.public import get_official  # noqa: F401 - the cast is the organisation's
from tinhso.modules.holdings.actions import backload, checking, files
from tinhso.modules.holdings.models import Batch, BatchState, BrokenRow, FormerNumber, Holding, Reading, State
from tinhso.modules.holdings.queries import held
from tinhso.modules.holdings.queries.rows import HEADINGS
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, MINH_AN, later

pytestmark = with_province
LOADER = system("loader")
CODE = "KQ.G15.000032"


def row(n, **changes):
    said = {
        "owner": f"0491850{n:05d}", "former": "", "name": f"Người thứ {n}", "code": CODE, "title": "Giấy chứng nhận kết hôn",
        "number": f"{n}/2010", "issued_on": "02/03/2010", "issuer": MINH_AN, "valid_to": "", "signed_by": "", "file": f"{n}.pdf",
        "replaces": "",
    }  # fmt: skip
    return list({**said, **changes}.values())


def sheet(*rows):
    file = io.BytesIO()
    write_xlsx(file, [HEADINGS, *rows])
    return file


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "scans"
    made.mkdir()
    for n in range(1, 13):
        (made / f"{n}.pdf").write_bytes(playing.pdf(width=100 + n))
    return made


def begin(file, *, actor=LOADER, **changes):
    return backload.begin_batch(file, name="sổ.xlsx", agency_code=MINH_AN, actor=actor, at=AT, **changes)


def run(file, folder, *, batch=None, told=lambda _batch: None, chunk=4):
    batch = batch or begin(file)
    return backload.load(batch, file, files.Folder(folder), actor=LOADER, clock=lambda: AT, told=told, chunk=chunk)


def open_papers(batch, actor, at=AT):
    for one in batch.sample:
        checking.open_paper(batch.id, UUID(one), actor=actor, at=at)


def check(batch, actor, *, at):
    """Open each paper of the sample and put the back-load in force."""
    open_papers(batch, actor, at)
    return checking.put_in_force(batch.id, actor=actor, at=at)


def faults_of(batch):
    return {one.row: [fault[0] for fault in one.faults] for one in BrokenRow.objects.filter(batch=batch)}


def test_good_rows_wait_for_a_second_person_and_then_count(who, folder):
    batch = run(sheet(*(row(n) for n in range(1, 11))), folder)
    assert (batch.state, batch.taken, batch.broken, batch.rows_done) == (BatchState.WAITING, 10, 0, 10)
    assert held_for("049185000001", [CODE], on=AT.date()) == []
    one = Holding.objects.order_by("batch_row").first()
    assert not held.may_read_document(who.minh, str(one.id))
    rows = checking.open_sample(batch.id, actor=who.minh, at=AT)
    assert len(rows) == len(batch.sample) == 5
    assert Reading.objects.filter(why="check", reader_key=who.minh.key).count() == 5
    open_papers(batch, who.minh)
    with pytest.raises(checking.SampleWrong):
        checking.put_in_force(batch.id, wrong=batch.sample[:1], actor=who.minh, at=AT)
    checking.put_in_force(batch.id, actor=who.minh, at=AT)
    (found,) = held_for("049185000001", [CODE], on=AT.date())
    assert (found.number, found.issued_on, found.issuer) == (
        "1/2010",
        date(2010, 3, 2),
        "Ủy ban nhân dân phường Minh An",
    )
    assert get_document(found.document_id, seen_by=LOADER).owner == f"agency:{MINH_AN}"


def test_what_was_not_opened_is_not_checked(who, folder):
    batch = run(sheet(*(row(n) for n in range(1, 11))), folder)
    first, *others = (UUID(one) for one in batch.sample)
    rows = sorted(Holding.objects.filter(pk__in=others).values_list("batch_row", flat=True))
    for _twice in range(2):
        assert checking.open_paper(batch.id, first, actor=who.minh, at=AT).pk == first
    told = [line for line in entries(("holding", str(first))) if line.event == "holdings.paper_opened"]
    assert [(line.actor_key, line.facts) for line in told] == [(who.minh.key, {"batch": str(batch.id)})] * 2
    open_papers(batch, who.ngoc)  # another's look is not one's own
    with pytest.raises(checking.SampleNotOpened) as no:
        checking.put_in_force(batch.id, actor=who.minh, at=AT)
    assert str(no.value.facts["rows"]) == ", ".join(map(str, rows))
    assert Batch.objects.get().state == BatchState.WAITING
    outside = Holding.objects.filter(batch=batch).exclude(pk__in=batch.sample).first()
    with pytest.raises(NotFound):
        checking.open_paper(batch.id, outside.pk, actor=who.minh, at=AT)
    with pytest.raises(NotFound):
        checking.open_paper(batch.id, first, actor=who.tu, at=AT)
    check(batch, who.minh, at=AT)
    assert Batch.objects.get().state == BatchState.IN_FORCE


def test_whoever_began_it_does_not_check_it(who, folder):
    file = sheet(row(1))
    batch = begin(file, actor=who.minh)
    batch = backload.load(batch, file, files.Folder(folder), actor=who.minh, clock=lambda: AT)
    with pytest.raises(Forbidden):
        checking.put_in_force(batch.id, actor=who.minh, at=AT)
    check(batch, who.ngoc, at=AT)


def test_what_is_rejected_counts_for_nothing_and_may_be_loaded_again(who, folder):
    file = sheet(row(1))
    batch = run(file, folder)
    with pytest.raises(BadInput):
        checking.reject_batch(batch.id, note=" ", actor=who.minh, at=AT)
    checking.reject_batch(batch.id, wrong=batch.sample, note="Nhầm người", actor=who.minh, at=AT)
    again = run(file, folder)
    assert (again.id != batch.id, again.taken) == (True, 1)
    check(again, who.minh, at=AT)
    assert len(held_for("049185000001", [CODE], on=AT.date())) == 1


class Killed(Exception):  # noqa: N818 - what happens to the process
    pass


def test_killed_at_any_chunk_it_goes_on_and_nothing_is_twice(who, folder):
    file = sheet(*(row(n) for n in range(1, 11)))

    def kill(_batch):
        raise Killed

    for done in (4, 8):
        with pytest.raises(Killed):
            run(file, folder, told=kill)
        assert Batch.objects.get().rows_done == done
    batch = run(file, folder)
    assert (Batch.objects.count(), batch.taken, Holding.objects.count()) == (1, 10, 10)
    assert run(file, folder).taken == 10
    assert Holding.objects.count() == 10


def test_two_that_load_the_same_batch_take_no_row_twice(who, folder):
    file = sheet(*(row(n) for n in range(1, 11)))
    batch = begin(file)

    def overtake(_batch):
        run(file, folder)

    with pytest.raises(backload.LoadedElsewhere):
        run(file, folder, batch=batch, told=overtake)
    assert Holding.objects.count() == 10


BROKEN = [
    ({"owner": "123"}, ["owner"]),
    ({"owner": "", "file": ""}, ["missing", "missing"]),
    ({"code": "KQ?"}, ["code"]),
    ({"issued_on": "31/02/2010"}, ["issued_on"]),
    ({"issued_on": "01/01/2030"}, ["issued_on"]),
    ({"valid_to": "01/01/2009"}, ["ends_before"]),
    ({"issuer": "H47.32.21"}, ["issuer"]),
    ({"file": "không có.pdf"}, ["no_file"]),
    ({"file": "../../etc/passwd"}, ["bad_path"]),
    ({"file": "/etc/passwd"}, ["bad_path"]),
    ({"file": "C:\\hồ sơ\\1.pdf"}, ["bad_path"]),
    ({"file": "ngoai.pdf"}, ["bad_path"]),
    ({"file": "hỏng.pdf"}, ["file"]),
    ({"owner": "049185000123", "name": "Người Khác"}, ["other_name"]),
    ({"former": "12"}, ["former"]),
    ({"title": "x" * 700}, ["too_long"]),
]


def test_each_broken_row_says_what_to_do_and_comes_back_as_it_was(who, folder, tmp_path):
    (tmp_path / "secret.pdf").write_bytes(playing.pdf())
    (folder / "ngoai.pdf").symlink_to(tmp_path / "secret.pdf")
    (folder / "hỏng.pdf").write_bytes(b"%PDF-1.7 nothing")
    rows = [row(n + 1, **{"file": "1.pdf", **changes}) for n, (changes, _codes) in enumerate(BROKEN)]
    batch = run(sheet(*rows, [], row(50, file="2.pdf")), folder)
    assert faults_of(batch) == {n + 2: codes for n, (_changes, codes) in enumerate(BROKEN)}
    assert (batch.taken, batch.broken, batch.rows_done) == (1, len(BROKEN), len(BROKEN) + 2)
    back = io.BytesIO()
    assert write_xlsx(back, backload.broken_sheet(batch)) == len(BROKEN) + 1
    heading, first, *_rest = read_rows(back, name="x")
    assert heading[: len(HEADINGS)] == list(HEADINGS)
    assert first[:3] == ["123", "", "Người thứ 1"]
    assert first[-2] == "2"
    assert "12 chữ số" in first[-1]
    again = begin(back)
    assert again.heading == heading


def test_the_same_result_twice_with_another_file(who, folder):
    rows = [row(1), row(1), row(1, file="2.pdf"), row(2), row(3), row(2, file="4.pdf")]
    batch = run(sheet(*rows), folder)
    assert (batch.taken, batch.known, faults_of(batch)) == (3, 1, {4: ["twice"], 7: ["twice"]})
    check(batch, who.minh, at=AT)
    later_rows = [row(1), row(2, file="5.pdf"), row(3, file="6.pdf", replaces="có")]
    newer = run(sheet(*later_rows), folder)
    assert (newer.taken, newer.known, faults_of(newer)) == (1, 1, {3: ["held"]})
    old = Holding.objects.get(batch=batch, batch_row=6)
    assert old.state == State.IN_FORCE
    check(newer, who.minh, at=later(1))
    old.refresh_from_db()
    assert (old.state, Holding.objects.get(batch=newer).version) == (State.REPLACED, 2)


def test_an_old_card_and_a_personal_number_are_one_holder(who, folder):
    rows = [
        row(1, owner="205123456"),
        row(2, owner="049185000123", former="205123456", name="Nguyễn Thị Tư"),
        row(3, former="205123456"),
    ]
    batch = run(sheet(*rows), folder)
    assert faults_of(batch) == {4: ["other_number"]}
    assert held.numbers_of("049185000123") == ["049185000123"]
    check(batch, who.minh, at=AT)
    assert FormerNumber.objects.count() == 1
    assert held.numbers_of("049185000123") == ["049185000123", "205123456"]
    assert {one.number for one in held_for("049185000123", [CODE], on=AT.date())} == {"1/2010", "2/2010"}
    assert held_for("049185000003", [CODE], on=AT.date()) == []


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def test_a_zip_is_never_unpacked_and_a_bomb_in_it_is_a_broken_row(who):
    bomb = zipped({"1.pdf": playing.pdf(), "2.pdf": b"\0" * 60_000_000, "../3.pdf": playing.pdf()})
    rows = sheet(row(1), row(2), row(3, file="../3.pdf"), row(4))
    batch = begin(rows)
    with files.archive_of(bomb) as archive:
        batch = backload.load(batch, rows, archive, actor=LOADER, clock=lambda: AT)
    assert (batch.taken, faults_of(batch)) == (1, {3: ["bomb"], 4: ["bad_path"], 5: ["no_file"]})


@pytest.mark.parametrize(
    "content",
    [b"\x00\x01\x02", b"PK\x03\x04 broken", b"a;b;c\n1;2;3\n", zipped({"xl/workbook.xml": b"<a/>"}).getvalue()],
)
def test_what_is_no_sheet_is_refused_before_anything_is_done(who, content):
    with pytest.raises(backload.SheetUnreadable):
        begin(io.BytesIO(content))
    assert not Batch.objects.exists()


def test_only_who_may_load_for_the_agency_begins(who):
    for actor in (who.ha, who.tu, who.hung, who.admin):
        with pytest.raises(Forbidden):
            begin(sheet(row(1)), actor=actor)
