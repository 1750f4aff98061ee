"""The database: whether it answers, what it is, whether what it says done is on disk."""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.site.doctor.finding import Finding, broken, fine, mind

OLDEST_POSTGRESQL = 150000
SKEW_MIND, SKEW_BROKEN = 2.0, 30.0
"""Seconds by which two clocks may differ: receipts and deadlines tell the time of ours."""
POOL = 8
"""Connections that one web process may hold (site/settings/base.py)."""


def reachable(error: str, vendor: str = "postgresql") -> Finding:
    """`error` is what the driver said, empty when it answered; a file of SQLite has no host to look at."""
    if not error:
        return fine("Cơ sở dữ liệu trả lời", "The database answers")
    if vendor == "sqlite":
        return broken(
            f"Cơ sở dữ liệu không trả lời: {error}",
            f"The database does not answer: {error}",
            "Đặt TINHSO_DATA (hoặc --data) đúng thư mục; nếu là lần đầu, chạy ./tinhso up.",
            "Set TINHSO_DATA (or --data) to the right folder; the first time, run ./tinhso up.",
        )
    return broken(
        f"Cơ sở dữ liệu không trả lời: {error}",
        f"The database does not answer: {error}",
        "Xem TINHSO_DATABASE (máy, cổng, tên, mật khẩu) và dịch vụ PostgreSQL: systemctl status postgresql.",
        "Look at TINHSO_DATABASE (host, port, name, password) and at PostgreSQL: systemctl status postgresql.",
    )


def server_version(number: int) -> Finding:
    """PostgreSQL's own number, like 150004."""
    said = f"PostgreSQL {number // 10000}.{number % 10000}"
    if number >= OLDEST_POSTGRESQL:
        return fine(said, said)
    return broken(
        f"{said} quá cũ", f"{said} is too old", "Nâng lên PostgreSQL 15 trở lên.", "Upgrade to PostgreSQL 15 or newer."
    )


def migrations(waiting: Sequence[str], unknown: int) -> Finding:
    """Check the tables: `waiting` is what this version needs and is not there, `unknown` what a newer one has added."""
    if waiting:
        return broken(
            f"{len(waiting)} thay đổi bảng chưa áp dụng, trước hết {waiting[0]}",
            f"{len(waiting)} migrations wait, first {waiting[0]}",
            "./tinhso manage migrate",
            "./tinhso manage migrate",
        )
    if unknown:
        return mind(
            f"Cơ sở dữ liệu mới hơn chương trình này {unknown} thay đổi",
            f"The database is {unknown} migrations newer than this program",
            "Đang quay về bản cũ thì không sao; nếu không, cập nhật chương trình.",
            "Fine while you are rolled back; else update the program.",
        )
    return fine("Bảng dữ liệu đúng phiên bản", "Tables are of this version")


def may_create(*, can: bool) -> Finding:
    """Upgrades make tables."""
    if can:
        return fine("Được tạo bảng", "May create tables")
    return broken(
        "Tài khoản cơ sở dữ liệu không được tạo bảng",
        "The database account may not create tables",
        "GRANT CREATE, USAGE ON SCHEMA public TO <tài khoản>;",
        "GRANT CREATE, USAGE ON SCHEMA public TO <account>;",
    )


def encoding(name: str) -> Finding:
    """Vietnamese needs Unicode."""
    if name.upper().replace("-", "") == "UTF8":
        return fine("Bảng mã UTF-8", "Encoding UTF-8")
    return broken(
        f"Bảng mã {name}, không phải UTF-8",
        f"Encoding {name}, not UTF-8",
        "Tạo cơ sở dữ liệu mới: createdb -E UTF8 -T template0 tinhso, rồi khôi phục bản sao lưu vào đó.",
        "Make a new database: createdb -E UTF8 -T template0 tinhso, and restore the backup into it.",
    )


def collation(stored: str, actual: str) -> Finding:
    """After an upgrade of the machine's libraries indexes over text may be in the wrong order."""
    if stored == actual:
        return fine("Thứ tự chữ khớp với thư viện của máy", "Collation fits the machine's libraries")
    return mind(
        f"Thứ tự chữ theo thư viện {stored}, máy nay có {actual}",
        f"Collation is of library version {stored}, the machine has {actual}",
        "REINDEX DATABASE; rồi ALTER DATABASE … REFRESH COLLATION VERSION;",
        "REINDEX DATABASE; then ALTER DATABASE … REFRESH COLLATION VERSION;",
    )


def durability(name: str, value: str) -> Finding:
    """Check that what is answered “done” is on disk: `synchronous_commit` and `fsync`, or SQLite's `synchronous`."""
    lasting = {"synchronous_commit": {"on", "remote_apply", "remote_write"}, "fsync": {"on"}, "synchronous": {"2", "3"}}
    if value in lasting[name]:
        return fine(f"{name} = {value}", f"{name} = {value}")
    return broken(
        f"{name} = {value}: mất điện thì mất việc đã báo là xong",
        f"{name} = {value}: a power cut loses what was answered as done",
        f"Đặt {name} = on trong postgresql.conf, hoặc bỏ tùy chọn đó khỏi TINHSO_DATABASE.",
        f"Set {name} = on in postgresql.conf, or take that option out of TINHSO_DATABASE.",
    )


def clock(seconds: float) -> Finding:
    """`seconds`: the database's clock less ours."""
    off = abs(seconds)
    vi, en = f"Đồng hồ lệch cơ sở dữ liệu {off:.1f} giây", f"The clock is {off:.1f} s off the database's"
    do = "Bật đồng bộ giờ trên cả hai máy: timedatectl set-ntp true.", "Set both by NTP: timedatectl set-ntp true."
    if off > SKEW_BROKEN:
        return broken(vi, en, *do)
    return mind(vi, en, *do) if off > SKEW_MIND else fine(vi, en)


def time_zone(name: str) -> Finding:
    """Our connections speak UTC; civil time is ours to make."""
    if name.upper() in {"UTC", "ETC/UTC", "GMT"}:
        return fine("Kết nối theo giờ UTC", "Connections speak UTC")
    return broken(
        f"Kết nối theo múi giờ {name}",
        f"Connections speak the time zone {name}",
        "Bỏ TimeZone khỏi TINHSO_DATABASE và khỏi ALTER ROLE … SET timezone.",
        "Take TimeZone out of TINHSO_DATABASE and of ALTER ROLE … SET timezone.",
    )


def connections(most: int, processes: int) -> Finding:
    """Every web process may hold a pool of connections."""
    needed = processes * POOL + 5
    if most >= needed:
        return fine(f"max_connections = {most}", f"max_connections = {most}")
    return mind(
        f"max_connections = {most}, {processes} tiến trình có thể cần {needed}",
        f"max_connections = {most}, {processes} processes may need {needed}",
        "Tăng max_connections hoặc đặt PgBouncer phía trước.",
        "Raise max_connections, or put PgBouncer in front.",
    )
