"""Fixtures of plans: everybody by name, and a text that was taken in and read."""

from __future__ import annotations

import pytest
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.plan.actions.taking import look_at, take_in
from tinhso.modules.plan.actions.waiting import read_waiting
from tinhso.modules.plan.models import Item, Plan

PROVINCE = "H47"
TEXT = """ỦY BAN NHÂN DÂN
TỈNH QUẢNG NAM

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 100/KH-UBND

Quảng Nam, ngày 05 tháng 01 năm 2022

KẾ HOẠCH

CHUYỂN ĐỔI SỐ NĂM 2022

Căn cứ Nghị quyết số 33/NQ-HĐND ngày 17/9/2020 của Hội đồng nhân dân tỉnh;

I. KẾT QUẢ NĂM 2021

- Đã cấp 4.414 chứng thư số, trong đó: 791 cho tổ chức; 3.622 cho cá nhân.

- 90% thôn có wifi (241/300 thôn).

II. MỤC TIÊU

- Tối thiểu 60% hồ sơ được nộp trực tuyến.

- Phát triển thêm 400 dịch vụ công trực tuyến.

III. KINH PHÍ

Tổng kinh phí thực hiện: 100 tỷ đồng; bao gồm:

1. Ngân sách tỉnh: 60 tỷ đồng.

2. Ngân sách huyện: 39 tỷ đồng.

IV. TỔ CHỨC THỰC HIỆN

1. Sở Nội vụ

- Chủ trì, phối hợp với Sở Tài chính xây dựng kế hoạch đào tạo trong Quý I/2022.

2. Các Sở, Ban, ngành

- Triển khai thực hiện các nhiệm vụ được giao trong kế hoạch này.

Nơi nhận:
- Như trên;
"""


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    """Everybody by name."""
    return playing.cast()


@pytest.fixture
def taken():
    """Return a function that takes a text in for the province as somebody does, and has it read."""

    def take(actor, text=TEXT, *, name="ke-hoach.txt", at=None):
        moment = at or later(0)
        plan = take_in(
            look_at(text.encode() if isinstance(text, str) else text, name), unit=PROVINCE, actor=actor, at=moment
        )
        read_waiting(lambda: moment)
        return Plan.objects.get(pk=plan.pk)

    return take


def lines(plan, kind=""):
    """Return the lines of a plan in their order."""
    rows = Item.objects.filter(plan=plan).order_by("order")
    return list(rows.filter(kind=kind) if kind else rows)
