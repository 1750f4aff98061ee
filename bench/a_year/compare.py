"""Screens against the ledger: every difference is a sentence that names the screen, the figure, and both values."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import product

from .ask import Page, Screens, read_pdf, standing_at
from .calendar import CLOSES, OPENS, YEAR, is_open, moment, next_open
from .ledger import MINH_AN, OFFICES, Ledger, Office, Story, Ticket, first_of_nine, shares, third_of_nine
from .play import run_worker

MANY = 40
"""Tracking pages that are asked one by one: all of a small year, some of a large one."""


@dataclass(slots=True)
class Comparison:
    """What was compared, and what differed."""

    at: datetime
    ledger: Ledger
    screens: Screens
    figures: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def same(self, screen: str, figure: str, shown: object, expected: object) -> None:
        """Hold one figure of a screen against the ledger."""
        self.figures[screen] += 1
        if shown != expected:
            self.wrong.append(f"{screen}, {figure}: shows {shown}, the ledger says {expected}")

    def same_codes(self, screen: str, shown: Iterable[str], expected: Iterable[Story]) -> None:
        """Hold a list of dossiers against the ledger; those that differ are named."""
        seen, meant = set(shown), {one.code for one in expected}
        self.figures[screen] += max(len(meant), 1)
        for code in sorted(seen ^ meant):
            self.wrong.append(f"{screen}: {code} {'should not be there' if code in seen else 'is missing'}")


type Check = Callable[[Comparison, date], None]
"""One screen, or several of a kind, held against the ledger on the last day played."""


def compare(ledger: Ledger, last_day: date, checks: tuple[Check, ...] = ()) -> Comparison:
    """Compare every screen that the year reaches, or what some checks look at, on the first working morning after its last day."""
    at = moment(next_open(last_day), time(6, 30))
    with standing_at(at):
        run_worker(at)
        found = Comparison(at, ledger, Screens(at))
        for check in checks or CHECKS:
            check(found, last_day)
    return found


def _year_book(found: Comparison, _last: date) -> None:
    for office in OFFICES:
        sheet = found.screens.get(office.leader, f"/mot-cua/so/{office.desk}/{YEAR}/tai-ve/csv/")
        rows = list(csv.reader(io.StringIO(sheet.getvalue().decode("utf-8-sig"))))
        lines = {row[1]: row for row in rows if len(row) > 1 and row[0].isdecimal()}
        book = found.ledger.book(office)
        screen = f"year-book of {office.desk}"
        found.same(screen, "lines", len(lines), len(book))
        found.same(screen, "numbers", sorted(int(row[0]) for row in lines.values()), list(range(1, len(book) + 1)))
        for number, one in enumerate(book, 1):
            row = " ".join(lines.get(one.code, []))
            found.same(screen, f"line of {one.code}", row.split(" ", 1)[0], str(number))
            assert one.received_at
            assert one.due_at
            for name, when in (("received", one.received_at), ("due", one.due_at), ("returned", one.returned_at)):
                if when:
                    found.same(screen, f"{name} of {one.code}", f"{when:%d/%m/%Y}" in row, True)


def _lists(found: Comparison, _last: date) -> None:
    for office in OFFICES:
        stories = found.ledger.at(office)
        for name, path, meant in (
            ("waiting for papers", "/mot-cua/cho-bo-sung/", [one for one in stories if one.paused and not one.closed]),
            (
                "results to hand over",
                "/mot-cua/tra-ket-qua/",
                [one for one in stories if one.issued_at and not one.returned_at],
            ),
        ):
            found.same_codes(f"{name}, {office.agency}", _codes(found.screens, office.reception, path), meant)
        here = [one for one in found.ledger.late_at(found.at) if one.kind.office is office]
        late = [one for one in here if one.apologised_at and not one.cause_stated]
        screen = f"late, cause to state, {office.agency}"
        found.same_codes(screen, _codes(found.screens, office.leader, "/mot-cua/tre-han/"), late)


def _worklists(found: Comparison, _last: date) -> None:
    for who in (name for office in OFFICES for name in office.people):
        found.same_codes(f"worklist of {who}", _codes(found.screens, who, "/mot-cua/"), found.ledger.before(who))


def _codes(screens: Screens, who: str, path: str) -> list[str]:
    """Return the codes of a list, page after page."""
    rows = _rows(screens, who, path)
    return [word for row in rows for word in row[0].split() if word.startswith(MINH_AN.agency[:6])]


def _rows(screens: Screens, who: str, path: str) -> list[list[str]]:
    """Return the rows of a list, page after page."""
    found: list[list[str]] = []
    seen: set[str] = set()
    while path and path not in seen:
        seen.add(path)
        page = screens.page(who, path)
        found += page.rows()
        after = page.links(r"[?&](trang|sau|page|after)=")
        path = next((_joined(path, link) for link in after if _joined(path, link) not in seen), "")
    return found


def _joined(path: str, link: str) -> str:
    return link if link.startswith("/") else path.partition("?")[0] + link


def _letters(found: Comparison, _last: date) -> None:
    """Look at late dossiers as their applicants do, and read the letters: number, dossier, day; nobody else gets one."""
    told = {story.code: (number, when) for number, kind, story, when in found.ledger.letters if kind == "lateness"}
    for one in found.ledger.stories:
        if one.received_at is None or (one.code not in told and one.number % 7):
            continue
        page = found.screens.page(one.kind.office.leader, f"/ho-so/tra-cuu/{one.code}/")
        apologised = "The agency apologises: this is late" in page.text
        found.same("apology on the dossier", one.code, apologised, one.code in told)
        if one.code in told:
            day = f"{told[one.code][1]:%d/%m/%Y}"
            found.same("apology on the dossier", f"day of {one.code}", day in page.text, True)
    letters = found.ledger.letters
    for number, kind, story, when in letters[:: max(len(letters) // MANY, 1)]:
        form = "lateness" if kind == "lateness" else "apology"
        screen = f"form 04, {kind}"
        answer = found.screens.get(story.kind.office.leader, f"/ho-so/in/{form}/{story.code}/")
        paper = read_pdf(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        found.same(screen, f"number of {story.code}", f"{number}/" in paper, True)
        found.same(screen, f"dossier of {story.code}", story.code in paper.replace(" ", ""), True)
        wanted = story.new_dates[0].until if kind == "new date" else when
        found.same(screen, f"day of {story.code}", _day_in(paper, wanted.date()), True)


def _day_in(paper: str, day: date) -> bool:
    return f"{day:%d/%m/%Y}" in paper or f"ngày {day:%d} tháng {day:%m} năm {day:%Y}" in paper


def _tracking(found: Comparison, _last: date) -> None:
    for one in found.ledger.stories[:: max(len(found.ledger.stories) // MANY, 1)]:
        office, path = one.kind.office, f"/mot-cua/ho-so/{one.code}/"
        text = found.screens.page(office.leader, path).text if one.received_at else ""
        if one.received_at and one.due_at and not one.paused and not one.closed:
            found.same("page of a dossier", f"due of {one.code}", f"{one.due_at:%d/%m/%Y}" in text, True)
        if one.receipt and one.received_at and not one.refunded:
            till = found.screens.page(office.reception, path).text
            found.same("page of a dossier", f"receipt of {one.code}", one.receipt in till, True)


def _opinions(found: Comparison, _last: date) -> None:
    """Read on each dossier about which a division was asked whether it kept silent."""
    for one in found.ledger.stories:
        for asked in one.opinions:
            if asked.answered_at is None and asked.due_at > found.at:
                continue
            text = found.screens.page(one.kind.office.leader, f"/mot-cua/ho-so/{one.code}/").text
            found.same("opinions", f"silence on {one.code}", "Did not answer" in text, asked.is_silent)


def _parcels(found: Comparison, _last: date) -> None:
    rows = _rows(found.screens, MINH_AN.reception, "/mot-cua/buu-chinh/")
    for way, words in (("in", "Dossiers, from the post"), ("out", "Results, from the desk")):
        shown = {row[0].split()[0]: row[4].split()[-1] for row in rows if words in row[0]}
        parcels = [parcel for parcel in found.ledger.parcels if parcel.way == way]
        screen = f"lists of the post, {way}"
        found.same(screen, "lists", len(shown), len(parcels))
        for parcel in parcels:
            name = f"{parcel.number}/{YEAR}"
            found.same(screen, name, shown.get(name, ""), f"{parcel.sent_at:%d/%m/%Y}")
        found.same(screen, "numbers", [parcel.number for parcel in parcels], list(range(1, len(parcels) + 1)))


def _store(found: Comparison, _last: date) -> None:
    """Read how many papers of each procedure were saved."""
    page = found.screens.page("", "/kho/giay-to-khong-phai-nop/")
    shown = {row[0].split()[-1]: row[1:3] for row in page.rows()}
    for code in sorted({one.kind.code for one in found.ledger.stories}):
        saved = [one.reused for one in found.ledger.stories if one.kind.code == code and one.reused]
        meant = [str(sum(saved)), str(len(saved))] if saved else None
        found.same("papers saved", code, shown.get(code), meant)


def _cash(found: Comparison, _last: date) -> None:
    for office in OFFICES:
        _tills(found, office)
        if not office.accountant:
            continue
        quarters = {(till.day.month - 1) // 3 + 1 for till in found.ledger.cash if till.office is office}
        for quarter in sorted(quarters):
            _quarter(found, office, quarter)


def _tills(found: Comparison, office: Office) -> None:
    rows = _rows(found.screens, office.cashier, "/mot-cua/so-quy/")
    shown = {row[3]: (row[0], row[4]) for row in rows}
    tills = [till for till in found.ledger.cash if till.office is office]
    found.same(f"cash books of {office.desk}", "closings", len(shown), len(tills))
    for till in tills:
        counted = f"VND {till.float_vnd + till.brought:,}"
        found.same(
            f"cash books of {office.desk}", till.number, shown.get(till.number), (f"{till.day:%d/%m/%Y}", counted)
        )


def _quarter(found: Comparison, office: Office, quarter: int) -> None:
    tills = [till for till in found.ledger.cash if till.office is office and (till.day.month - 1) // 3 + 1 == quarter]
    path = f"/mot-cua/so-quy/quyet-toan/?quay={office.desk}&quy={YEAR}-{quarter}"
    page = found.screens.page(office.accountant, path)
    row = next((row for row in page.rows() if row[0] == office.agency), [])
    taken, receipts = sum(till.brought for till in tills), sum(len(till.taken) for till in tills)
    found.same("settling the quarter", f"cash of quarter {quarter}", row[2:3], [f"VND {taken:,}"])
    found.same("settling the quarter", f"receipts of quarter {quarter}", row[1:2], [str(receipts)])


def _bank(found: Comparison, _last: date) -> None:
    page = found.screens.page("tho", "/mot-cua/sao-ke/")
    paid = Counter(day.month for day in found.ledger.transferred)
    shown = {row[0].split(".")[0]: row[2:4] for row in page.rows()}
    for month, count in paid.items():
        # one line of each statement is a stranger's
        found.same("bank statements", f"month {month}", shown.get(f"{month:02d}"), [str(count + 1), "1 difference"])


def _quality(found: Comparison, last: date) -> None:
    periods = [(str(YEAR), date(YEAR, 1, 1), date(YEAR, 12, 31))]
    periods += [(f"{YEAR}-{month:02d}", date(YEAR, month, 1), _month_end(month)) for month in range(1, last.month + 1)]
    for office, (name, first, end) in product(OFFICES, periods):
        stories = found.ledger.received(first, end, office)
        if not stories:
            continue
        until = min(found.at, moment(end, time(23, 59, 59)))
        for key, share in shares(stories, until).items():
            if not share.whole:
                continue
            page = found.screens.page(office.leader, f"/chat-luong/co-quan/{office.agency}/chi-so/{key}/?ky={name}")
            screen = f"index of QĐ 766, {office.agency}"
            found.same(screen, f"{key} in {name}", f"{share}: " in page.text, True)
            if f"{share}: " not in page.text:
                found.wrong[-1] += f" ({share}; the page: {_told(page)})"


def _month_end(month: int) -> date:
    return date(YEAR, month + 1, 1) - timedelta(days=1) if month < 12 else date(YEAR, 12, 31)


def _told(page: Page) -> str:
    return page.text.partition("How it is reckoned")[2][:160]


def dossiers_behind(found: Comparison, _last: date) -> None:
    """Open a figure of quality down to the dossiers that it was counted from."""
    for office in OFFICES:
        codes = _codes(found.screens, office.leader, f"/chat-luong/co-quan/{office.agency}/chi-so/2.1/?ky={YEAR}")
        meant = found.ledger.received(date(YEAR, 1, 1), date(YEAR, 12, 31), office)
        found.same_codes(f"dossiers behind 2.1, {office.agency}", codes, meant)


def _nine(found: Comparison, _last: date) -> None:
    for office in OFFICES:
        stories = found.ledger.received(date(YEAR, 1, 1), date(YEAR, 12, 31), office)
        page = found.screens.page(office.leader, f"/chat-luong/co-quan/{office.agency}/chin-chi-so/?ky={YEAR}")
        rows = {row[0][:3]: row[1] for row in page.rows() if row[0].startswith("(")}
        if any(one.issued_at for one in stories):
            found.same("nine indices", f"(1) of {office.agency}", rows.get("(1)"), str(first_of_nine(stories)))
        if stories:
            found.same("nine indices", f"(3) of {office.agency}", rows.get("(3)"), str(third_of_nine(stories)))


def _findings(found: Comparison, _last: date) -> None:
    """Count what inspection found of things that a ledger can tell by itself; of some it must have found nothing."""
    stories = found.ledger.stories
    outside = [one for one in stories if one.signed_at and not _in_hours(one.signed_at)]
    late = [one for one in stories if one.issued_at and one.due_at and one.issued_at > one.due_at]
    for scenario, meant in (
        ("signed-outside-hours", outside),
        ("asked-twice", [one for one in stories if len(one.asked) > 1]),
        ("issued-late", late),
        ("late-without-apology", []),
        ("cause-not-stated", [one for one in stories if one.unexplained]),
        # the words of the year's stopping are fewer than twenty letters
        ("refused-without-reason", [one for one in stories if one.closed == "stopped"]),
        ("postponed-twice", []),
        ("proposes-and-signs", []),
        ("accepts-and-signs", []),
        ("stopped-without-asking", []),
    ):
        codes = [
            code
            for state in ("", "cho", "tra-loi", "xong")
            for code in _codes(found.screens, "kiemtra", f"/kiem-tra/?tinh-huong={scenario}&trang-thai={state}")
        ]
        found.same_codes(f"inspection: {scenario}", codes, meant)


def _in_hours(at: datetime) -> bool:
    clock = at.timetz().replace(tzinfo=None)
    return is_open(at.date()) and (OPENS <= clock <= time(11, 30) or time(13, 30) <= clock <= CLOSES)


def _hall(found: Comparison, _last: date) -> None:
    """Hold the longest wait and the number served of each Monday against the tickets of the ledger."""
    by_day: dict[date, list[Ticket]] = {}
    for ticket in found.ledger.tickets:
        by_day.setdefault(ticket.taken_at.date(), []).append(ticket)
    for day, tickets in sorted(by_day.items()):
        sheet = (
            found.screens.get("minh", f"/xep-hang/hom-nay/{MINH_AN.desk}/csv/?ngay={day}")
            .getvalue()
            .decode("utf-8-sig")
        )
        rows = list(csv.DictReader(io.StringIO(sheet)))
        waits = [ticket.called_at - ticket.taken_at for ticket in tickets if ticket.called_at]
        found.same("waiting times", f"served on {day}", sum(int(row["called"]) for row in rows), len(waits))
        longest = max((int(row["longest_wait_min"]) for row in rows), default=0)
        found.same(
            "waiting times", f"longest wait on {day}", longest, int(max(waits).total_seconds() // 60) if waits else 0
        )


def _month_on_the_home_page(found: Comparison, last: date) -> None:
    evening = moment(last, time(22))
    with standing_at(evening):
        page = Screens(evening).page("", "/")
    stories = found.ledger.received(last.replace(day=1), last)
    if stories:
        found.same("home page", "received in the month", f" {len(stories)} " in page.text, True)


CHECKS: tuple[Check, ...] = (
    _year_book, _lists, _worklists, _letters, _tracking, _opinions, _parcels, _store, _cash, _bank, _quality, dossiers_behind, _nine, _findings, _hall,
    _month_on_the_home_page,
)  # fmt: skip
