"""The machine: programs, folders, room, keys, ports. Every function is told what was found and decides."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tinhso.site.doctor.finding import Finding, broken, fine, mind

OLDEST_PYTHON = (3, 12)
OLDEST_NODE = 20
OLDEST_SQLITE = (3, 37)
LEAST_FREE = 2 * 1024**3
"""Bytes: below this a day's papers may not fit."""
SHORTEST_KEY = 50
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def python_version(version: tuple[int, ...]) -> Finding:
    """Python runs everything."""
    said = ".".join(map(str, version[:3]))
    if version[:2] >= OLDEST_PYTHON:
        return fine(f"Python {said}", f"Python {said}")
    return broken(
        f"Python {said} quá cũ",
        f"Python {said} is too old",
        "Xóa thư mục .venv rồi chạy lại ./tinhso; trình cài đặt tự lấy Python 3.13.",
        "Delete the folder .venv and run ./tinhso again; the installer brings Python 3.13.",
    )


def node_version(version: str, *, is_built: bool) -> Finding:
    """Node is only needed to build styles and scripts; `version` like `v20.1.0`, empty when there is none."""
    major = version.removeprefix("v").partition(".")[0]
    if major.isdecimal() and int(major) >= OLDEST_NODE:
        return fine(f"Node {version}", f"Node {version}")
    if is_built:
        return fine("Giao diện đã dựng sẵn, không cần Node", "The front is built; Node is not needed")
    return broken(
        f"Chưa dựng giao diện và Node {version or 'không có'}",
        f"The front is not built, and Node is {version or 'missing'}",
        "Chạy ./tinhso help một lần khi có mạng: lệnh này tự dựng giao diện.",
        "Run ./tinhso help once with a network: it builds the front.",
    )


def sqlite_version(version: tuple[int, ...], *, is_used: bool) -> Finding:
    """SQLite is the database of one machine, and counts rate limits everywhere."""
    said = ".".join(map(str, version))
    if version >= OLDEST_SQLITE or not is_used:
        return fine(f"SQLite {said}", f"SQLite {said}")
    return broken(
        f"SQLite {said} quá cũ (cần từ 3.37)",
        f"SQLite {said} is too old (3.37 or newer)",
        "Xóa thư mục .venv rồi chạy lại ./tinhso.",
        "Delete the folder .venv and run ./tinhso again.",
    )


def scan_tools(missing: list[str]) -> Finding:
    """Say whether the programs that read scans are there; without them people look at scans as they are."""
    if not missing:
        return fine("Đọc được bản quét tiếng Việt", "Scans are read, in Vietnamese")
    said = " ".join(missing)
    return mind(
        f"Không đọc bản quét: thiếu {said}",
        f"Scans are not read: {said} missing",
        f"Cài trên Debian: apt-get install {said}. Chưa cài thì giấy tờ vẫn xem được như cũ.",
        f"On Debian: apt-get install {said}. Without them papers are looked at as they are.",
    )


def data_folder(path: Path) -> Finding:
    """Dossiers, keys and, on one machine, the database lie there: ours alone."""
    if not path.is_dir():
        return broken(
            f"Không có thư mục dữ liệu {path}",
            f"There is no data folder {path}",
            "Đặt TINHSO_DATA (hoặc --data) đúng thư mục, hoặc tạo thư mục và giao cho tài khoản chạy dịch vụ.",
            "Set TINHSO_DATA (or --data) to the right folder, or make it and give it to the account of the service.",
        )
    if not os.access(path, os.W_OK | os.X_OK):
        return broken(
            f"Không ghi được vào {path}",
            f"{path} cannot be written",
            f"chown -R tinhso: {path}",
            f"chown -R tinhso: {path}",
        )
    if path.stat().st_mode & stat.S_IRWXO:
        return mind(
            f"Mọi tài khoản trên máy đọc được {path}",
            f"Every account of this machine can read {path}",
            f"chmod 700 {path}",
            f"chmod 700 {path}",
        )
    return fine(f"Thư mục dữ liệu {path}", f"Data folder {path}")


def free_space(free: int, total: int) -> Finding:
    """Check that there is room: a full disk undoes acts, nothing is lost and nothing can be done."""
    share = free / total if total else 0.0
    vi, en = f"Còn trống {free / 1024**3:.1f} GB ({share:.0%})", f"{free / 1024**3:.1f} GB free ({share:.0%})"
    do = "Dọn đĩa hoặc gắn thêm đĩa cho thư mục dữ liệu.", "Free space, or give the data folder a larger disk."
    if free < LEAST_FREE // 4:
        return broken(vi, en, *do)
    return mind(vi, en, *do) if free < LEAST_FREE or share < 0.1 else fine(vi, en)  # noqa: PLR2004 - a tenth


def secret_key(path: Path, given: str) -> Finding:
    """Check the key that signs sessions: whoever reads it is everybody."""
    if given:
        if len(given) >= SHORTEST_KEY:
            return fine("Khóa bí mật từ TINHSO_SECRET_KEY", "Secret key from TINHSO_SECRET_KEY")
        return broken(
            "TINHSO_SECRET_KEY quá ngắn",
            "TINHSO_SECRET_KEY is too short",
            "Đặt ít nhất 50 ký tự ngẫu nhiên, hoặc bỏ trống để hệ thống tự tạo.",
            "Give at least 50 random characters, or leave it empty and one is made.",
        )
    if not path.exists():
        return mind(
            "Chưa có khóa bí mật",
            "There is no secret key yet",
            "Khóa được tạo khi chạy lần đầu; nếu hệ thống đã từng chạy, chép lại tệp secret-key từ bản sao lưu.",
            "It is made on first start; if the system ran before, bring back the file secret-key from the backup.",
        )
    if path.stat().st_mode & OTHERS:
        return broken(
            f"Tài khoản khác đọc được {path}",
            f"Other accounts can read {path}",
            f"chmod 600 {path}; nếu nghi đã lộ, xóa tệp: mọi phiên đăng nhập sẽ kết thúc.",
            f"chmod 600 {path}; if it may have leaked, delete it: all sessions end.",
        )
    return fine("Khóa bí mật chỉ riêng dịch vụ đọc được", "The secret key is for the service alone")


def port(number: int, heard: str) -> Finding:
    """`heard`: `ours` (our probe answered), `other` (something else listens) or `free`."""
    if heard == "ours":
        return fine(f"Cổng {number}: web đang chạy", f"Port {number}: the web runs")
    if heard == "free":
        return mind(
            f"Cổng {number}: chưa có gì chạy",
            f"Port {number}: nothing runs",
            "Khởi động: systemctl start tinhso-web@1, hoặc ./tinhso up.",
            "Start it: systemctl start tinhso-web@1, or ./tinhso up.",
        )
    return broken(
        f"Cổng {number} bị chương trình khác dùng",
        f"Port {number} is used by another program",
        f"Xem chương trình nào: ss -ltnp 'sport = :{number}'; dừng nó hoặc đổi --port.",
        f"See which: ss -ltnp 'sport = :{number}'; stop it, or choose another --port.",
    )
