"""What the provider shows people."""

from __future__ import annotations

from collections.abc import Iterable

from tinhso.sandbox.people import Citizen, everybody
from tinhso.sandbox.web import Response, hidden, page, text

TOLD = {
    "profile": "Họ tên, ngày sinh, giới tính / Name, birth date, sex",
    "email": "Thư điện tử / E-mail",
    "phone": "Số điện thoại / Phone",
    "address": "Nơi thường trú / Address",
    "vn.citizen_id": "Số định danh cá nhân / Personal identification number",
    "vn.org": "Doanh nghiệp mà bạn đại diện / The business you act for",
}


def sign_in(ticket: str, *, wrong: bool = False) -> Response:
    """Offer the invented people, and a box for a number."""
    choices = "".join(
        f'<li><form method="post" action="/vneid/login">{hidden(ticket=ticket, person=one.key)}<button>'
        f"{text(one.business_name or one.name)}<small>{text(_about(one))}</small></button></form></li>"
        for one in everybody()
    )
    fault = '<p class="error" id="fault">Số định danh có 12 chữ số. / The number has 12 digits.</p>' if wrong else ""
    typed = (
        f'<h2>Hoặc nhập một số / Or type a number</h2>{fault}<form method="post" action="/vneid/login">{hidden(ticket=ticket)}'
        '<label for="number">Số định danh cá nhân / Personal number</label>'
        '<input type="text" id="number" name="number" inputmode="numeric" autocomplete="off" maxlength="12"> '
        "<button>Đăng nhập / Sign in</button></form>"
    )
    lead = "<p>Chọn một người thử. <span lang='en'>Pick an invented person.</span></p>"
    return page("VNeID (thử / sandbox)", lead, f'<ul class="pick">{choices}</ul>', typed, status=422 if wrong else 200)


def _about(one: Citizen) -> str:
    if one.business_name:
        return f"MST {one.tax_code} · đại diện / by {one.name}"
    low = " · mức 1 / level 1" if one.level < 2 else ""  # noqa: PLR2004 - level 2 is what sites ask for
    return f"{one.citizen_number} · {one.birthdate}{low}"


def consent(ticket: str, person: Citizen, scopes: Iterable[str]) -> Response:
    """Ask whether the site may be told."""
    asked = set(scopes) - (set() if person.tax_code else {"vn.org"})
    told = "".join(f"<li>{said}</li>" for scope, said in TOLD.items() if scope in asked)
    form = (
        f'<form method="post" action="/vneid/consent">{hidden(ticket=ticket)}'
        '<button name="answer" value="yes">Đồng ý / Agree</button> '
        '<button class="plain" name="answer" value="no">Từ chối / Refuse</button> '
        '<button class="plain" name="answer" value="other">Người khác / Somebody else</button></form>'
    )
    who = (
        f"<p>Bạn là <b>{text(person.name)}</b>. Trang yêu cầu muốn biết: <span lang='en'>The site asks for:</span></p>"
    )
    return page("Đồng ý chia sẻ thông tin? / Share this?", who, f"<ul>{told}</ul>", form)


def bad_client(what: str) -> Response:
    """Say that the site asked wrongly, without going anywhere."""
    said = (
        f"<p>Trang yêu cầu gửi sai <code>{text(what)}</code>. <span lang='en'>The site sent a wrong value.</span></p>"
    )
    return page("Yêu cầu không hợp lệ / Bad request", said, status=400)


def too_late() -> Response:
    """Say that this page was open too long."""
    said = (
        "<p>Quay lại trang yêu cầu và đăng nhập lại. <span lang='en'>Go back to the site and sign in again.</span></p>"
    )
    return page("Phiên đã hết / Too late", said, status=400)


def ask_logout(back: str, client_id: str, state: str) -> Response:
    """Ask before signing out, as nobody proved that the site asked."""
    fields = hidden(post_logout_redirect_uri=back, client_id=client_id, state=state)
    form = f'<form method="post" action="/vneid/logout">{fields}<button>Đăng xuất / Sign out</button></form>'
    return page("Đăng xuất khỏi VNeID? / Sign out?", form)


def signed_out(headers: list[tuple[str, str]]) -> Response:
    """Say that nobody is signed in any more."""
    return page("Đã đăng xuất / Signed out", headers=headers)
