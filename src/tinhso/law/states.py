"""
The ten national states of a dossier (TrangThaiHoSo) and the steps between them.

The numbers go to the national portal as they are (NĐ 61/2018/NĐ-CP Đ.16–20 says what happens; the codes are those of
the national synchronisation services, seen alike in three independent systems). Finer states of work are not here:
business, money, delivery and synchronisation are four separate fields. Overdue is computed, not a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from tinhso.law.answer import msgid as _


class NationalState(IntEnum):
    """State of a dossier as the national portal counts it."""

    FILED = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    PROCESSING = 4
    SUPPLEMENT_ASKED = 5
    PAYMENT_ASKED = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10

    @property
    def title(self) -> str:
        """Return the name as an English msgid: `gettext(state.title)` says it in the reader's language."""
        return _TITLES[self]

    @property
    def name_vi(self) -> str:
        """Return the official Vietnamese name, as it goes to the national portal."""
        return _OFFICIAL[self]

    @property
    def name_en(self) -> str:
        """Return the English name."""
        return _TITLES[self]

    @property
    def is_final(self) -> bool:
        """Tell whether nothing comes after it."""
        return not TRANSITIONS[self]

    @property
    def is_open(self) -> bool:
        """Tell whether the administration or the applicant still has something to do before a result is there."""
        return self in _OPEN


_OFFICIAL: Mapping[NationalState, str] = {
    NationalState.FILED: "Mới đăng ký",
    NationalState.ACCEPTED: "Được tiếp nhận",
    NationalState.NOT_ACCEPTED: "Không được tiếp nhận",
    NationalState.PROCESSING: "Đang xử lý",
    NationalState.SUPPLEMENT_ASKED: "Yêu cầu bổ sung giấy tờ",
    NationalState.PAYMENT_ASKED: "Yêu cầu thực hiện nghĩa vụ tài chính",
    NationalState.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    NationalState.STOPPED: "Dừng xử lý",
    NationalState.FINISHED: "Đã xử lý xong",
    NationalState.RETURNED: "Đã trả kết quả",
}
_TITLES: Mapping[NationalState, str] = {
    NationalState.FILED: _("Newly filed"),
    NationalState.ACCEPTED: _("Accepted for processing"),
    NationalState.NOT_ACCEPTED: _("Not accepted"),
    NationalState.PROCESSING: _("Being processed"),
    NationalState.SUPPLEMENT_ASKED: _("More papers asked for"),
    NationalState.PAYMENT_ASKED: _("Payment asked for"),
    NationalState.WITHDRAWN: _("Withdrawn by the applicant"),
    NationalState.STOPPED: _("Processing stopped"),
    NationalState.FINISHED: _("Result ready"),
    NationalState.RETURNED: _("Result handed over"),
}
_S = NationalState
_OPEN = frozenset({_S.FILED, _S.ACCEPTED, _S.PROCESSING, _S.SUPPLEMENT_ASKED, _S.PAYMENT_ASKED})

TRANSITIONS: Mapping[NationalState, frozenset[NationalState]] = {
    _S.FILED: frozenset({_S.ACCEPTED, _S.NOT_ACCEPTED, _S.SUPPLEMENT_ASKED, _S.PAYMENT_ASKED, _S.WITHDRAWN}),
    _S.ACCEPTED: frozenset(
        # a dossier settled on the same day goes from reception to the result (NĐ 61/2018/NĐ-CP Đ.17 k.4)
        {_S.PROCESSING, _S.SUPPLEMENT_ASKED, _S.PAYMENT_ASKED, _S.WITHDRAWN, _S.STOPPED, _S.FINISHED}
    ),
    _S.NOT_ACCEPTED: frozenset(),
    _S.PROCESSING: frozenset({_S.SUPPLEMENT_ASKED, _S.PAYMENT_ASKED, _S.WITHDRAWN, _S.STOPPED, _S.FINISHED}),
    # asked at reception it comes back as filed or accepted, asked after appraisal as being processed
    _S.SUPPLEMENT_ASKED: frozenset({_S.FILED, _S.ACCEPTED, _S.PROCESSING, _S.NOT_ACCEPTED, _S.WITHDRAWN, _S.STOPPED}),
    _S.PAYMENT_ASKED: frozenset(
        {_S.FILED, _S.ACCEPTED, _S.PROCESSING, _S.FINISHED, _S.WITHDRAWN, _S.STOPPED, _S.NOT_ACCEPTED}
    ),
    _S.WITHDRAWN: frozenset(),
    _S.STOPPED: frozenset({_S.RETURNED}),
    _S.FINISHED: frozenset({_S.RETURNED, _S.PAYMENT_ASKED}),
    _S.RETURNED: frozenset(),
}


def may_become(now: NationalState, then: NationalState) -> bool:
    """Tell whether a dossier in one state may go to another; staying where it is, is not going."""
    return then in TRANSITIONS[now]


class Channel(IntEnum):
    """How a dossier comes in: KenhThucHien of the national synchronisation. Nothing said counts as direct."""

    DIRECT = 1
    ONLINE = 2
    POST = 3
