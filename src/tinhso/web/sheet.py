"""The data of the component sheet /design/: one example of every state, made up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tinhso.base.refusals import Fault
from tinhso.web.words import vietnamese

TOKENS = (
    "son-900", "son-700", "vang-500", "lam-700", "lam-50", "muc-900", "muc-700", "muc-500", "nen", "ok", "warn-bg",
    "late", "focus",
)  # fmt: skip
VIETNAMESE: dict[str, str] = {
    "House building permit": "Cấp giấy phép xây dựng nhà ở",
    "1 day late": "Quá hạn 1 ngày",
    "Appraisal": "Thẩm định",
    "Household business": "Đăng ký hộ kinh doanh",
    "Today, 5 hours left": "Hôm nay, còn 5 giờ",
    "For signature": "Trình ký",
    "Paused since 28/11": "Tạm dừng từ 28/11",
    "Waiting for papers": "Chờ bổ sung",
    "Splitting a land plot": "Tách thửa đất",
    "11 days left": "Còn 11 ngày",
    "Received": "Đã tiếp nhận",
    "Receipt": "Giấy tiếp nhận",
    "Asked for more papers": "Yêu cầu bổ sung",
    "The drainage drawing is missing.": "Thiếu sơ đồ đấu nối thoát nước.",
    "Result": "Trả kết quả",
    "Applicant": "Người nộp",
    "Taken from VNeID": "Lấy từ VNeID",
    "The child": "Trẻ được khai sinh",
    "Fix 2 answers": "Cần sửa 2 mục",
    "Birth certificate from the hospital": "Giấy chứng sinh",
    "Check and send": "Kiểm tra và nộp",
    "Opens when the rest is done": "Mở khi các việc trên đã xong",
    "Full name": "Họ, chữ đệm, tên",
    "Date of birth": "Ngày sinh",
    "Fee": "Lệ phí",
    "Free": "Miễn phí",
    "All": "Tất cả",
    "Late": "Quá hạn",
    "Due today": "Đến hạn hôm nay",
    "On time": "Còn hạn",
    "Reception": "Tiếp nhận",
    "Signature": "Lãnh đạo ký",
    "Application form": "Đơn đề nghị",
    "Complete": "Đạt",
    "Design drawing": "Bản vẽ thiết kế",
    "Page missing": "Thiếu một trang",
    "Agreed, for signature.": "Đồng ý, trình lãnh đạo ký.",
    "Time limit": "Thời hạn",
    "15 working days": "15 ngày làm việc",
    "from a complete dossier": "từ khi nhận đủ hồ sơ",
    "Decided by": "Nơi giải quyết",
    "District People's Committee": "UBND cấp huyện",
    "On time in 12 months": "Đúng hạn 12 tháng",
    "dossiers received": "hồ sơ tiếp nhận",
    "satisfaction": "điểm hài lòng",
    "Having a child": "Có con nhỏ",
    "Birth, health card, residence": "Khai sinh, thẻ BHYT, thường trú",
    "House and land": "Nhà ở, đất đai",
    "Building, land certificate": "Xây nhà, sổ đỏ, tách thửa",
    "Register, change, end": "Đăng ký, thay đổi, chấm dứt",
    "Identity number": "Số định danh",
    "Citizens": "Người dân",
    "Businesses": "Doanh nghiệp",
    "Papers": "Giấy tờ",
    "Information": "Thông tin",
    "Home": "Trang chủ",
    "Component sheet": "Bộ thành phần",
    "Approve": "Đạt, trình lãnh đạo ký",
    "Ask for more papers": "Yêu cầu bổ sung",
    "Stops the clock": "Đồng hồ dừng",
    "Refuse": "Từ chối, nêu lý do",
    "The telephone number needs 10 digits, for example 0905 123 456": "Số điện thoại phải có 10 chữ số, ví dụ 0905 123 456",
    "Every part of the pages, in every state. Copy from here.": "Mọi phần của trang, ở mọi trạng thái. Chép từ đây.",
    "Colours": "Màu",
    "Deadlines": "Hạn xử lý",
    "2 days left": "Còn 2 ngày",
    "Returned, 1 day early": "Đã trả, sớm 1 ngày",
    "Returned, 2 days late": "Đã trả, trễ 2 ngày",
    "In progress": "Đang xử lý",
    "Partly online": "Trực tuyến một phần",
    "Buttons": "Nút",
    "Save and continue": "Lưu và tiếp tục",
    "Save draft": "Lưu nháp",
    "Return": "Trả lại",
    "Skip": "Bỏ qua",
    "Search": "Tìm kiếm",
    "Print": "In",
    "Questions": "Ô nhập",
    "12 digits on the front of the card": "12 chữ số trên mặt trước thẻ",
    "Telephone": "Số điện thoại",
    "For example 17 / 11 / 2022": "Ví dụ 17 / 11 / 2022",
    "The year needs four digits, for example 2022": "Năm phải có bốn chữ số, ví dụ 2022",
    "Decision": "Kết quả thẩm định",
    "Ways to tell you": "Cách báo tin",
    "Procedure": "Thủ tục",
    "Reason": "Lý do",
    "Drawing": "Bản vẽ",
    "PDF or photo, up to 100 MB": "PDF hoặc ảnh, tối đa 100 MB",
    "From the national population database": "Lấy từ CSDL quốc gia về dân cư",
    "Before day": "Trước ngày",
    "Notices": "Thông báo",
    "The one-stop shop is closed on Monday 02/01/2023.": "Một cửa nghỉ lễ thứ Hai 02/01/2023.",
    "We received your papers. The clock runs again from today.": "Đã nhận giấy tờ bổ sung. Thời hạn chạy tiếp từ hôm nay.",
    "Send 1 more paper before 02/12/2022": "Bạn cần gửi thêm 1 giấy tờ trước 02/12/2022",
    "Not sent. Try again when there is a network.": "Chưa gửi được. Hãy thử lại khi có mạng.",
    "3 dossiers handed to Lê Hồng Sơn": "Đã chuyển 3 hồ sơ cho Lê Hồng Sơn",
    "Nothing here": "Trống",
    "No dossier H47.12-221122-0010": "Không thấy hồ sơ H47.12-221122-0010",
    "Check the code on your receipt.": "Kiểm tra lại mã trên giấy hẹn.",
    "Search by telephone": "Tra bằng số điện thoại",
    "Loading and progress": "Đang tải, tiến độ",
    "Loading the list": "Đang tải danh sách",
    "61% sent": "Đã tải 61%",
    "3 of 7 tasks done": "Đã xong 3 trong 7 việc",
    "4 of 15 working days used": "Đã dùng 4 trong 15 ngày làm việc",
    "days left": "ngày còn",
    "Tasks and answers": "Việc cần làm, câu trả lời",
    "History and steps": "Diễn biến, các bước",
    "signed": "đã ký số",
    "Figures": "Con số",
    "Ways to go": "Lối đi",
    "For whom": "Đối tượng",
    "Parts of the dossier": "Các phần của hồ sơ",
    "Find a procedure": "Tìm thủ tục",
    "For example: birth": "Ví dụ: khai sinh",
    "What if it is late?": "Trễ hẹn thì sao?",
    "The agency must apologise and give a new date.": "Cơ quan phải gửi phiếu xin lỗi và hẹn lại ngày mới.",
    "Application sent": "Đã nộp hồ sơ",
    "Your dossier code": "Mã hồ sơ của bạn",
    "My dossiers": "Hồ sơ của tôi",
    "Sorted by due date": "Sắp theo hạn gần nhất",
    "Receive": "Tiếp nhận mới",
    "By deadline": "Lọc theo hạn",
    "Dossiers, sorted by due date": "Hồ sơ, sắp theo hạn gần nhất",
    "Code": "Mã hồ sơ",
    "Current step": "Bước hiện tại",
    "Due": "Hạn xử lý",
    "Step": "Bước",
    "Was it easy to apply today?": "Nộp hồ sơ hôm nay dễ hay khó?",
    "QR code: track this dossier": "Mã QR tra cứu hồ sơ",
}
"""The words of the sheet, which are data: they must not stand in the catalogues that all packages share."""


def said(text: str) -> str:
    """Return the text in the language of the page. Raises KeyError for a text without Vietnamese."""
    return VIETNAMESE[text] if vietnamese() else text


RECEIVED = datetime(2022, 11, 22, 2, 14, tzinfo=UTC)


def _dossiers() -> list[dict[str, Any]]:
    """Return rows of a worklist, one in each state of the clock."""
    return [
        {"code": "H47.12-221114-0009", "who": "Phạm Văn Đạt", "what": said("House building permit"), "status": "late",
         "due": date(2022, 11, 25), "text": said("1 day late"), "step": said("Appraisal")},
        {"code": "H47.12-221121-0017", "who": "Huỳnh Thị Lệ", "what": said("Household business"), "status": "warn",
         "due": date(2022, 11, 28), "text": said("Today, 5 hours left"), "step": said("For signature")},
        {"code": "H47.12-221122-0001", "who": "Lê Thị Mỹ Hạnh", "what": said("House building permit"), "status": "pause",
         "due": date(2022, 12, 15), "text": said("Paused since 28/11"), "step": said("Waiting for papers")},
        {"code": "H47.12-221124-0012", "who": "Trương Minh Tuấn", "what": said("Splitting a land plot"), "status": "ok",
         "due": date(2022, 12, 13), "text": said("11 days left"), "step": said("Appraisal")},
    ]  # fmt: skip


def _history() -> list[dict[str, Any]]:
    return [
        {"title": said("Received"), "state": "done", "at": RECEIVED, "who": "Nguyễn Văn Tín", "href": "#", "link": said("Receipt")},
        {"title": said("Asked for more papers"), "state": "pause", "at": date(2022, 11, 28), "text": said("The drainage drawing is missing.")},
        {"title": said("Appraisal"), "state": "now"},
        {"title": said("Result"), "state": "todo"},
    ]  # fmt: skip


def _tasks() -> list[dict[str, Any]]:
    return [
        {"title": said("Applicant"), "state": "done", "href": "#", "hint": said("Taken from VNeID")},
        {"title": said("The child"), "state": "fix", "href": "#", "text": said("Fix 2 answers")},
        {"title": said("Birth certificate from the hospital"), "state": "todo", "href": "#"},
        {"title": said("Check and send"), "state": "locked", "hint": said("Opens when the rest is done")},
    ]


def _lists() -> dict[str, Any]:
    return {
        "dossiers": _dossiers(),
        "history": _history(),
        "tasks": _tasks(),
        "answers": [
            {"key": said("Full name"), "value": "Alăng Trần Bảo An", "href": "#"},
            {"key": said("Date of birth"), "value": "17/11/2022", "href": "#"},
            {"key": said("Fee"), "value": said("Free")},
        ],
        "filters": [
            {"text": said("All"), "href": "#", "count": 128, "icon": "layers", "current": True},
            {"text": said("Late"), "href": "#", "count": 3, "icon": "triangle-alert", "tone": "late"},
            {"text": said("Due today"), "href": "#", "count": 7, "icon": "clock-alert", "tone": "warn"},
            {"text": said("On time"), "href": "#", "count": 97, "icon": "circle-check", "tone": "ok"},
        ],
        "flow": [
            {"title": said("Reception"), "state": "done", "note": "N. V. Tín · 22/11"},
            {"title": said("Appraisal"), "state": "now", "note": "L. H. Sơn · 01/12"},
            {"title": said("Signature"), "state": "todo"},
        ],
        "papers": [
            {"name": said("Application form"), "href": "#", "type": "PDF", "note": "212 KB", "kind": "ok", "text": said("Complete")},
            {"name": said("Design drawing"), "href": "#", "type": "PDF", "note": "8,4 MB", "kind": "warn", "text": said("Page missing"),
             "icon": "circle-alert", "open": True},
        ],
        "remarks": [{"who": "Trần Quang Hùng", "at": RECEIVED, "text": said("Agreed, for signature.")}],
    }  # fmt: skip


def _shows() -> dict[str, Any]:
    return {
        "facts": [
            {
                "term": said("Time limit"),
                "value": said("15 working days"),
                "icon": "clock",
                "note": said("from a complete dossier"),
            },
            {"term": said("Fee"), "value": "75.000\u00a0đ", "icon": "wallet"},
            {"term": said("Decided by"), "value": said("District People's Committee"), "icon": "landmark"},
            {"term": said("On time in 12 months"), "value": "96,8%", "icon": "thumbs-up"},
        ],
        "stats": [
            {"term": said("dossiers received"), "value": "15.584"},
            {"term": said("satisfaction"), "value": "4,6", "unit": "/5"},
        ],
        "tiles": [
            {
                "title": said("Having a child"),
                "href": "#",
                "icon": "baby",
                "text": said("Birth, health card, residence"),
            },
            {"title": said("House and land"), "href": "#", "icon": "house", "text": said("Building, land certificate")},
            {"title": said("Household business"), "href": "#", "icon": "store", "text": said("Register, change, end")},
        ],
        "kv": [
            {"term": said("Applicant"), "value": "Lê Thị Mỹ Hạnh"},
            {"term": said("Identity number"), "value": "049******218"},
        ],
        "views": [{"text": said("Citizens"), "href": "#", "current": True}, {"text": said("Businesses"), "href": "#"}],
        "tabs": [
            {"text": said("Papers"), "href": "#", "count": 5, "current": True},
            {"text": said("Information"), "href": "#"},
        ],
        "crumbs": [{"text": said("Home"), "href": "/"}, {"text": said("Component sheet")}],
    }


def examples() -> dict[str, Any]:
    """Return everything the sheet shows."""
    return {
        "title": said("Component sheet"),
        "tokens": TOKENS,
        **_lists(),
        **_shows(),
        "due": date(2022, 12, 13),
        "points": [("1", 20.0), ("2", 45.0), ("3", 61.0)],
        "days": ["on", "on", "on", "on", "paused", *[""] * 10],
        "choices": [(1, said("Approve")), {"value": 2, "text": said("Ask for more papers"), "hint": said("Stops the clock")}, (3, said("Refuse"))],
        "mended": [Fault("/sheet-phone", said("The telephone number needs 10 digits, for example 0905 123 456"))],
    }  # fmt: skip
