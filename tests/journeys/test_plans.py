"""Plans on a desk and on a phone: a text is pasted, read, looked through and held to; somebody reports; a leader sees where it stands."""

from __future__ import annotations

import re

from .walking import People, walked

PATIENCE_SECONDS = 60
TEXT = """KẾ HOẠCH

THỬ NĂM 2026

Số: 77/KH-UBND

II. MỤC TIÊU

- Tối thiểu 60% hồ sơ được nộp trực tuyến đến hết năm 2026.

III. KINH PHÍ

Tổng kinh phí thực hiện: 10 tỷ đồng; bao gồm:

1. Ngân sách tỉnh: 7 tỷ đồng.

2. Ngân sách xã: 2 tỷ đồng.

IV. TỔ CHỨC THỰC HIỆN

1. Sở Nội vụ

- Chủ trì xây dựng kế hoạch bồi dưỡng kỹ năng số trong Quý I/2026.
"""


@walked("vi desk", "en phone")
def test_a_text_is_taken_in_looked_through_and_followed(both: People):
    walker = both.official("kiemtra")
    page = walker.open("/ke-hoach/").page
    walker.press(re.compile("Nhận văn bản|Take in a text"))
    page.fill("textarea[name=words]", TEXT)
    walker.look()
    walker.press(re.compile("^(Nhận văn bản|Take in)$"))
    for _second in range(PATIENCE_SECONDS):
        if page.locator("main a[href$='/soat/']").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    walker.look()
    walker.follow(re.compile("Rà soát nội dung đã đọc|Look through what was read"))
    walker.look()
    walker.press(re.compile("Chấp nhận các dòng đã chọn|Accept those that are ticked"))
    walker.press(re.compile("Bắt đầu theo dõi văn bản này|Hold to this text"))
    assert page.get_by_text(
        re.compile("Kinh phí đang theo dõi cộng không khớp|The money that is held to does not add up")
    ).count()
    walker.look()
    walker.follow(re.compile("Theo năm, nguồn và dự án|By year, source and project"))
    page.get_by_text(re.compile("^(Đã giao hoặc đã chi|Allocated or paid out)$")).first.click()
    page.get_by_label(re.compile("^(Đã giao|Allocated)$")).check()
    page.get_by_label(re.compile("Số tiền|Sum in")).first.fill("5.000.000.000")
    page.get_by_label(re.compile("Quyết định hoặc chứng từ|Decision or voucher")).fill("12/QĐ-UBND")
    walker.look()
    walker.press(re.compile("^(Ghi khoản này|Book it)$"))
    assert "5.000" in page.locator("main").inner_text().replace(",", ".")
    walker.look()
