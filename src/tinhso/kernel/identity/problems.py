"""A refusal as programs read it: RFC 9457 problem details, with the sentence in both languages."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language, override

from tinhso.base.refusals import Fault, Refusal

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final[dict[int, str]] = {
    400: "Yêu cầu không đọc được",
    401: "Chưa đăng nhập",
    403: "Không có quyền",
    404: "Không tìm thấy",
    405: "Không có thao tác này",
    409: "Không làm được ở trạng thái hiện tại",
    412: "Dữ liệu đã thay đổi",
    413: "Quá lớn",
    415: "Sai kiểu nội dung",
    422: "Cần sửa nội dung gửi lên",
    429: "Quá nhiều yêu cầu",
    500: "Lỗi máy chủ",
    503: "Tạm thời không dùng được",
    507: "Hết chỗ lưu trữ",
}
"""What a status means, in Vietnamese; the English is HTTP's own."""


def problem_of(no: Refusal, *, instance: str = "") -> dict[str, Any]:
    """
    Return the problem object of a refusal: `type`, `title`, `status`, `detail`, then our `code`, `law`, `faults`.

    `title` (Vietnamese) and `title_en` say the status; `detail` is the refusal's own sentence in the active language.
    """
    texts = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            texts[language] = str(no)
    problem: dict[str, Any] = {
        "type": f"{settings.PUBLIC_URL}/tai-khoan/tu-choi/{no.code}/",
        "title": TITLES.get(int(no.status), HTTPStatus(no.status).phrase),
        "title_en": HTTPStatus(no.status).phrase,
        "status": int(no.status),
        "detail": texts.get((get_language() or "vi")[:2], str(no)),
        "detail_by_language": texts,
        "code": no.code,
    }
    if instance:
        problem["instance"] = instance
    if no.law:
        problem["law"] = no.law
    if no.faults:
        problem["faults"] = [_fault(fault) for fault in no.faults]
    return problem


def problem(no: Refusal, request: HttpRequest) -> HttpResponse:
    """Return the answer to a refusal for programs, with the headers that its status calls for."""
    response = JsonResponse(problem_of(no, instance=request.path), status=no.status, content_type=MEDIA_TYPE)
    if no.status == HTTPStatus.UNAUTHORIZED:
        why = ', error="invalid_token"' if no.code == "identity.token_refused" else ""
        response["WWW-Authenticate"] = f'Bearer realm="tinhso"{why}'
    if wait := no.facts.get("wait_seconds"):
        response["Retry-After"] = str(math.ceil(float(wait)))
    response["Cache-Control"] = "no-store"
    return response


def _fault(fault: Fault) -> dict[str, str]:
    return {"pointer": fault.pointer, "text": str(fault.text), "code": fault.code}
