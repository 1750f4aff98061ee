"""What runs: processes, queues, the last verification, the last backup, certificates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tinhso.base.gauges import age_of
from tinhso.base.processes import FRESH, Process
from tinhso.base.stamps import Stamp
from tinhso.site.doctor.finding import Finding, broken, fine, mind

STUCK = 300.0
LATE = 1800.0
DAY = 86400.0
VERIFIED_WITHIN = 8 * DAY
BACKED_UP_WITHIN = 1.5 * DAY


def worker(seen_at: datetime | None, at: datetime) -> Finding:
    """Without a worker nothing is sealed, sent or timed."""
    if seen_at and age_of(seen_at, at) <= FRESH:
        return fine("Tiến trình nền đang chạy", "The worker runs")
    said = f"{age_of(seen_at, at):.0f}" if seen_at else ""
    return broken(
        f"Tiến trình nền im {said} giây" if said else "Tiến trình nền không chạy",
        f"The worker has been silent for {said} s" if said else "The worker does not run",
        "systemctl restart tinhso-worker@1, rồi xem nhật ký: journalctl -u tinhso-worker@1.",
        "systemctl restart tinhso-worker@1, then read its log: journalctl -u tinhso-worker@1.",
    )


def versions(living: Iterable[Process]) -> Finding:
    """Two versions run side by side during an upgrade only."""
    found = sorted({process.version for process in living})
    if len(found) <= 1:
        return fine(f"Phiên bản {found[0] if found else '–'}", f"Version {found[0] if found else '–'}")
    said = ", ".join(found)
    return mind(
        f"Đang chạy nhiều phiên bản: {said}",
        f"Several versions run: {said}",
        "Nếu không đang nâng cấp, khởi động lại các tiến trình còn ở bản cũ.",
        "Unless you are upgrading, restart the processes of the old one.",
    )


def late(key: str, seconds: float) -> Finding:
    """`key`: the figure that says how late something is."""
    names = {
        "outbox_oldest_seconds": ("Chuyển mục sổ cái", "Handing entries over", STUCK),
        "mail_late_seconds": ("Gửi thư", "Sending mail", LATE),
        "payments_late_seconds": ("Hỏi cổng thanh toán", "Asking the payment gateway", LATE),
    }
    vi, en, limit = names[key]
    if seconds <= limit:
        return fine(f"{vi}: đúng nhịp", f"{en}: in time")
    return broken(
        f"{vi}: trễ {seconds:.0f} giây",
        f"{en}: {seconds:.0f} s late",
        "Xem tiến trình nền và nhật ký của nó; rồi xem trang /quan-tri/van-hanh/.",
        "Look at the worker and its log; then at the page /quan-tri/van-hanh/.",
    )


def dead_letters(count: float) -> Finding:
    """Count what subscribers could not take: it waits for a person."""
    if not count:
        return fine("Không có tin không giao được", "No dead letters")
    return mind(
        f"{count:.0f} tin không giao được",
        f"{count:.0f} dead letters",
        "./tinhso journal dead --errors; sửa nguyên nhân, rồi ./tinhso journal replay.",
        "./tinhso journal dead --errors; mend the cause, then ./tinhso journal replay.",
    )


def verified(stamp: Stamp | None, at: datetime) -> Finding:
    """Check that the journal is proved whole every night."""
    do = "./tinhso journal verify, mỗi đêm (deploy/systemd).", "./tinhso journal verify, every night (deploy/systemd)."
    if stamp is None:
        return mind("Sổ cái chưa từng được kiểm chứng", "The journal was never verified", *do)
    if not stamp.is_fine:
        return broken(
            f"Lần kiểm chứng cuối thấy sổ cái sai: {stamp.note}",
            f"The last verification found the journal wrong: {stamp.note}",
            "Giữ nguyên dữ liệu, báo ngay người phụ trách an toàn thông tin; SECURITY.md.",
            "Leave the data as it is, tell whoever answers for security at once; SECURITY.md.",
        )
    days = age_of(stamp.at, at) / DAY
    vi, en = f"Sổ cái được kiểm chứng {days:.1f} ngày trước", f"The journal was verified {days:.1f} days ago"
    return fine(vi, en) if days * DAY <= VERIFIED_WITHIN else mind(vi, en, *do)


def backup(stamp: Stamp | None, at: datetime) -> Finding:
    """Check that a day's work may be lost, no more."""
    do = "Sao lưu theo docs/how-to/back-up.md.", "Back up as docs/how-to/back-up.md says."
    if stamp is None:
        return mind("Không biết lần sao lưu cuối", "No backup is known", *do)
    if not stamp.is_fine:
        return broken(f"Lần sao lưu cuối hỏng: {stamp.note}", f"The last backup failed: {stamp.note}", *do)
    days = age_of(stamp.at, at) / DAY
    vi, en = f"Sao lưu {days:.1f} ngày trước", f"Backed up {days:.1f} days ago"
    return fine(vi, en) if days * DAY <= BACKED_UP_WITHIN else mind(vi, en, *do)


def certificate(name: tuple[str, str], end: datetime | None, at: datetime) -> Finding:
    """`name` in both languages; `end` None when nothing can be told."""
    if end is None:
        return fine(f"{name[0]}: không có", f"{name[1]}: none")
    days = (end - at).total_seconds() / DAY
    vi, en = f"{name[0]}: còn {days:.0f} ngày", f"{name[1]}: {days:.0f} days left"
    do = "Xin cấp lại chứng thư trước khi hết hạn.", "Have the certificate renewed before it ends."
    if days < 0:
        return broken(vi, en, *do)
    return mind(vi, en, *do) if days < 30 else fine(vi, en)  # noqa: PLR2004 - a month to get a new one
