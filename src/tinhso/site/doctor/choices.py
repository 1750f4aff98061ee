"""The settings: whether they fit each other, and whether what belongs to a demonstration is left in production."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from tinhso.site.doctor.finding import Finding, broken, fine, mind

PUBLISHED = "only-for-demonstration"
"""What every secret is that nobody has set."""
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
TEST_RING = "tinhso.adapters.test_keys.TestKeyRing"
TEST_SCANNER = "tinhso.kernel.documents.scanning.SignatureScanner"


def public_address(url: str, hosts: Sequence[str]) -> Finding:
    """Check that the public address is one the site answers to."""
    host = urlsplit(url).hostname or ""
    fits = any(host == known or (known.startswith(".") and host.endswith(known)) for known in hosts) or "*" in hosts
    if not host or not fits:
        return broken(
            f"TINHSO_PUBLIC_URL ({url}) không nằm trong TINHSO_HOSTS ({', '.join(hosts)})",
            f"TINHSO_PUBLIC_URL ({url}) is not among TINHSO_HOSTS ({', '.join(hosts)})",
            f"Thêm {host or 'tên miền'} vào TINHSO_HOSTS.",
            f"Add {host or 'its host name'} to TINHSO_HOSTS.",
        )
    if "*" in hosts:
        return mind(
            "TINHSO_HOSTS là *: trang trả lời mọi tên miền",
            "TINHSO_HOSTS is *: the site answers to every name",
            f"Đặt TINHSO_HOSTS={host}.",
            f"Set TINHSO_HOSTS={host}.",
        )
    return fine(f"Địa chỉ công khai {url}", f"Public address {url}")


def https(url: str, *, is_demonstration: bool, secure_cookies: bool) -> Finding:
    """Cookies must not travel in the clear; cookies for https only are lost over http."""
    by_https = urlsplit(url).scheme == "https"
    if by_https and secure_cookies:
        return fine("HTTPS, cookie an toàn", "HTTPS with secure cookies")
    if by_https:
        return broken(
            "Trang chạy HTTPS nhưng cookie không an toàn",
            "The site is on HTTPS and its cookies are not secure",
            "Đặt TINHSO_HTTPS=1, hoặc DJANGO_SETTINGS_MODULE=tinhso.site.settings.prod.",
            "Set TINHSO_HTTPS=1, or DJANGO_SETTINGS_MODULE=tinhso.site.settings.prod.",
        )
    if secure_cookies:
        return broken(
            "Cookie chỉ dành cho HTTPS mà TINHSO_PUBLIC_URL là http: không ai đăng nhập được",
            "Cookies are for HTTPS alone and TINHSO_PUBLIC_URL is http: nobody can sign in",
            "Đặt TINHSO_PUBLIC_URL=https://….",
            "Set TINHSO_PUBLIC_URL=https://….",
        )
    if is_demonstration or urlsplit(url).hostname in HERE:
        return fine("HTTP, chỉ để xem thử trên máy này", "HTTP, for trying it out on this machine")
    return broken(
        "Trang thật chạy HTTP",
        "A real site runs over HTTP",
        "Đặt máy chủ web có TLS phía trước (deploy/nginx.conf) và TINHSO_PUBLIC_URL=https://….",
        "Put a web server with TLS in front (deploy/nginx.conf), and set TINHSO_PUBLIC_URL=https://….",
    )


def proxies(count: int, *, trusts_forwarded: bool) -> Finding:
    """Addresses are counted for lock-outs: they must be the readers', not the proxy's and not invented."""
    if trusts_forwarded and not count:
        return broken(
            "Chạy sau máy chủ trung gian mà TINHSO_PROXIES=0: mọi người dùng bị tính là một địa chỉ",
            "Behind a proxy with TINHSO_PROXIES=0: all readers count as one address",
            "Đặt TINHSO_PROXIES=1 (hoặc đúng số máy chủ trung gian).",
            "Set TINHSO_PROXIES=1 (or how many proxies there are).",
        )
    if count and not trusts_forwarded:
        return mind(
            "TINHSO_PROXIES có đặt nhưng không dùng thiết lập prod",
            "TINHSO_PROXIES is set without the settings for production",
            "DJANGO_SETTINGS_MODULE=tinhso.site.settings.prod",
            "DJANGO_SETTINGS_MODULE=tinhso.site.settings.prod",
        )
    return fine(f"Máy chủ trung gian: {count}", f"Proxies: {count}")


def demonstration(*, is_demonstration: bool, is_production: bool, people: int) -> Finding:
    """Invented people have published passwords: they must not be where real dossiers are."""
    if not is_production:
        return fine("Thiết lập để xem thử", "Settings for trying it out")
    if is_demonstration or people:
        return broken(
            f"Môi trường thật còn chế độ minh họa hoặc {people} tài khoản thử có mật khẩu công khai",
            f"Production still demonstrates, or holds {people} invented accounts with published passwords",
            "Bỏ TINHSO_DEMONSTRATION; bắt đầu trên cơ sở dữ liệu trống (./tinhso up --empty).",
            "Unset TINHSO_DEMONSTRATION; begin with an empty database (./tinhso up --empty).",
        )
    return fine("Không có dữ liệu minh họa", "No demonstration data")


def secrets(given: Mapping[str, str], *, is_production: bool) -> Finding:
    """Secrets that everybody can read in our text are none. `given`: variable and value."""
    known = sorted(name for name, value in given.items() if value == PUBLISHED)
    if known and is_production:
        names = ", ".join(known)
        return broken(
            f"Chưa đặt bí mật: {names}",
            f"Secrets not set: {names}",
            "Đặt giá trị do VNeID và cổng thanh toán cấp.",
            "Set what VNeID and the payment gateway gave you.",
        )
    return (
        fine("Các bí mật đã đặt riêng", "Secrets are one's own") if not known else fine("Bí mật thử", "Trial secrets")
    )


def adapter(name: str, test: str, what: tuple[str, str], do: tuple[str, str], *, is_production: bool) -> Finding:
    """Parts that stand in for the real ones must not stand there in production. `what` and `do` in both languages."""
    if name == test and is_production:
        return broken(f"{what[0]}: còn bản thử", f"{what[1]}: still the stand-in", *do)
    return fine(f"{what[0]}: {name.rpartition('.')[2]}", f"{what[1]}: {name.rpartition('.')[2]}")


def key_ring(name: str, *, is_production: bool) -> Finding:
    """Signatures with test keys prove nothing."""
    do = (
        "Đặt TINHSO_KEY_RING về thiết bị hoặc dịch vụ ký được công nhận.",
        "Set TINHSO_KEY_RING to a recognised device or signing service.",
    )
    return adapter(name, TEST_RING, ("Khóa ký", "Signing keys"), do, is_production=is_production)


def sensitive_answers(forms: int, *, are_sealed: bool) -> Finding:
    """Answers that forms mark as sensitive are sealed, from the first `keys rotate` on; `forms`: how many mark some."""
    if are_sealed or not forms:
        return fine("Dữ liệu nhạy cảm được mã hóa", "Sensitive answers are sealed")
    return mind(
        f"{forms} biểu mẫu có dữ liệu nhạy cảm mà nội dung khai chưa được mã hóa",
        f"{forms} forms ask for sensitive data, and answers are not sealed yet",
        "Khi mọi tiến trình đã chạy bản mới: ./tinhso keys rotate, rồi sao lưu sealing-keys.json.",
        "Once every process is new: ./tinhso keys rotate, then back up sealing-keys.json.",
    )


def scanner(name: str, *, is_production: bool) -> Finding:
    """Files from outside must be looked at by a scanner that knows malware."""
    do = (
        "Cài clamav-daemon, đặt TINHSO_SCANNER=tinhso.adapters.clamd.ClamdScanner.",
        "Install clamav-daemon, set TINHSO_SCANNER=tinhso.adapters.clamd.ClamdScanner.",
    )
    return adapter(name, TEST_SCANNER, ("Quét mã độc", "Malware scanner"), do, is_production=is_production)


def second_factor(*, is_on: bool, is_production: bool) -> Finding:
    """Officials prove who they are twice."""
    if is_on or not is_production:
        return fine("Xác thực hai lớp", "Second factor")
    return broken(
        "Cán bộ không cần lớp xác thực thứ hai",
        "Officials need no second factor",
        "Bỏ TINHSO_SECOND_FACTOR=0.",
        "Unset TINHSO_SECOND_FACTOR=0.",
    )


def metrics_token(token: str) -> Finding:
    """Check that the token cannot be guessed."""
    if token and len(token) < 20:  # noqa: PLR2004 - about a hundred bits
        return mind(
            "TINHSO_METRICS_TOKEN quá ngắn",
            "TINHSO_METRICS_TOKEN is too short",
            "Đặt ít nhất 20 ký tự ngẫu nhiên.",
            "Give at least 20 random characters.",
        )
    return fine("Số đo: chỉ máy này hoặc người có mã đọc được", "Figures: for this machine, or whoever has the token")
