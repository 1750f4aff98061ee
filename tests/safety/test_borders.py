"""What lies beside the pages is not served, what was sent is not sent back, and no mail grows a second head."""

import pytest
from django.test import Client

from tinhso.adapters.mail_smtp import _message
from tinhso.kernel.identity.protocols import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        *("/.git/config", "/.env", "/static/", "/static/../secret-key", "/tep/", "/server-status", "/phpinfo.php"),
        *("/static/%2e%2e/%2e%2e/secret-key", "/debug/", "/__debug__/", "/admin/", "/wp-login.php", "/backup.zip"),
    ],
)
def test_nothing_but_what_is_meant_is_served(client: Client, address):
    assert client.get(address).status_code in {404, 405}


def test_what_was_sent_is_not_sent_back(client: Client):
    answer = client.trace("/", headers={"x-secret": "told-to-nobody", "cookie": "phien=told-to-nobody"})
    assert b"told-to-nobody" not in answer.content
    assert answer.headers["Content-Type"] != "message/http"


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_in_a_head_of_mail_is_refused(field):
    mail = {"message_id": "<1@tinh.example>", "to": "tu@dan.example", "subject": "Kết quả", "body": "Đã có"}
    with pytest.raises(ValueError, match=r"linefeed|header"):
        _message(OutgoingMail(**{**mail, field: f"{mail[field]}\r\nBcc: all@dan.example"}))
