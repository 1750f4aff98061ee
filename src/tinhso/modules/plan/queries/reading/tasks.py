"""
Tasks of a document: what is to be done, by whom, with whom and until when.

Two kinds stand in plans of provinces: those under the name of an agency in the part on who carries it out, and those listed under
“nhiệm vụ” or “nội dung thực hiện”, of which the text does not say who does them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tinhso.modules.plan.queries.reading.figures import by_of, horizon_of
from tinhso.modules.plan.queries.reading.text import Paragraph

_CARRIED_OUT = re.compile(r"tổ chức thực hiện|phân công|trách nhiệm thực hiện|trách nhiệm của", re.IGNORECASE)
_TO_DO = re.compile(r"^(?:[IVX]+|\d{1,2})?[.)]?\s*(?:một số\s+)?(?:nhiệm vụ|nội dung thực hiện|nhiệm vụ và giải pháp)|nhiệm vụ(?: chủ yếu)?$|"
                    r"^Điều \d+\.?\s*Nhiệm vụ", re.IGNORECASE)  # fmt: skip
_BACK = re.compile(r"kết quả|tình hình|căn cứ|đánh giá|hiện trạng", re.IGNORECASE)
_MARK = re.compile(r"^(?:[-–+*•]|\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[a-zđ]{1,2}[.)]|[IVX]{1,5}[.)])\s*")
AGENCY = (
    r"(?:Các\s+(?:sở|ban|ngành)\b|(?:Các\s+)?(?:Sở|Văn phòng|Ủy ban|UBND|Uỷ ban|HĐND|Hội đồng|Ban|Cục|Chi cục|Công an|Trung tâm|Bộ Chỉ huy|Bộ CHQS|Ngân hàng|Kho bạc|"
    r"Bảo hiểm|Thanh tra|Đài|Báo|Trường|Thủ trưởng|Chủ tịch|Giám đốc|Thường trực|cơ quan|đơn vị|Cơ quan|Đơn vị|huyện|Liên đoàn|Hội|Đoàn|"
    r"Tỉnh đoàn|Mặt trận|doanh nghiệp|Doanh nghiệp|phòng|Phòng))"
)
_AGENCY = re.compile(rf"^(?:(?:Giao|Đề nghị|Yêu cầu|Đối với|Trách nhiệm của)\s+)?(?P<who>{AGENCY}\b[^:]*?)\s*:?$")
_GIVEN = re.compile(rf"^(?:Giao|Đề nghị|Yêu cầu)\s+(?P<who>{AGENCY}\b[^:;]{{2,90}}?)(?:\s*:\s*|\s+(?=chủ trì|ban hành|tổ chức|xây dựng|phối hợp|chịu|khẩn|rà soát|"
                    r"báo cáo|tham mưu|hướng dẫn|theo dõi|triển khai|chỉ đạo|tiếp tục|thực hiện))(?P<what>.+)$", re.IGNORECASE)  # fmt: skip
_BOTH = re.compile(rf"^(?P<who>{AGENCY}\b[^:;.]{{2,120}}?)\s+(?P<what>(?:Phối hợp|Chủ trì|Chịu trách nhiệm|Có trách nhiệm|Là |Thực hiện|Tổ chức|Căn cứ|"
                   r"Hướng dẫn|Theo dõi|Tham mưu|Xây dựng|Bố trí|Triển khai|Rà soát|Chỉ đạo|Tăng cường)\b.+)$")  # fmt: skip
_SUBJECT = re.compile(
    rf"^(?P<who>{AGENCY}\b[^:;.]{{2,200}}?)\s+(?P<what>(?:giám sát|chịu trách nhiệm|có trách nhiệm|tập trung triển khai)\b.+)$"
)
_WITH = re.compile(rf"phối hợp\s+(?:chặt chẽ\s+)?(?:với|cùng)\s+(?:các\s+)?(?P<who>{AGENCY}\b(?:[^;:.,]|,\s+(?:{AGENCY}|ban|ngành|địa phương))*)", re.IGNORECASE)  # fmt: skip
_VERB = re.compile(
    r"\s(?:xây dựng|tổ chức|triển khai|đề xuất|hướng dẫn|cân đối|hoàn thiện|sửa đổi|để|trong|thực hiện|tham mưu|rà soát|có liên quan (?=\w+ )).*$"
)
_LEADS = re.compile(r"chủ trì|đầu mối", re.IGNORECASE)
_HELPS = re.compile(r"^(?:tích cực\s+|hằng năm,?\s+|có trách nhiệm\s+)?phối hợp", re.IGNORECASE)
_ENDS = re.compile(
    r"^(?:Nơi nhận|Trên đây là|PHỤ LỤC|TM\.|KT\.|CHỦ TỊCH|Điều \d+\. (?:Quyết định|Nghị quyết) này|(?:Nghị quyết|Quyết định) này (?:được|có hiệu lực))"
)
_CLOSING = re.compile(
    r"chịu trách nhiệm thi hành (?:quyết định|nghị quyết|kế hoạch) này|(?:đính kèm|kèm theo)\W*$", re.IGNORECASE
)
_RECIPIENTS = re.compile(r"^Nơi nhận")
LONGEST_NAME = 400
FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class TaskRead:
    """A task as it was read. `role` is `leads`, `helps` or empty where the text says neither."""

    text: str
    who: str
    role: str
    partners: str
    by: str
    field: str
    """The heading it stands under."""
    first: int
    last: int


def tasks(found: Iterable[Paragraph], *, issued: int = 0) -> list[TaskRead]:
    """Return the tasks of a document in their order; `issued` is its year: what it names from before is no day to be done by."""
    every = list(found)
    horizon = horizon_of(every)
    return list(_tasks(every, horizon, issued))


def _tasks(every: Sequence[Paragraph], horizon: str, issued: int) -> Iterator[TaskRead]:
    who, is_over = "", False
    for place, paragraph in enumerate(every):
        is_over = (is_over or bool(_RECIPIENTS.match(paragraph.text))) and not paragraph.text.startswith("PHỤ LỤC")
        part = "" if is_over else _part(paragraph)
        if not part or _ENDS.match(paragraph.text):
            who = ""
            continue
        words = _MARK.sub("", paragraph.text).strip()
        if part == "carried":
            named = _agency(words)
            if named:
                who = named
                continue
            given = _GIVEN.match(words) or _BOTH.match(words) or _SUBJECT.match(words)
            if given:
                who = given["who"].strip()
                yield _task(paragraph, given["what"], who, horizon, issued)
                continue
        elif _is_heading(paragraph, every, place):
            continue
        if _is_task(paragraph, words, part, who):
            yield _task(paragraph, words, who if part == "carried" else "", horizon, issued)


def _part(paragraph: Paragraph) -> str:
    """Return whether a paragraph stands where agencies are named (`carried`), where tasks are listed (`listed`), or neither."""
    for heading in paragraph.under[::-1]:
        if heading == paragraph.text:
            continue
        if _CARRIED_OUT.search(heading):
            return "carried"
        if _TO_DO.search(_plain(heading)):
            return "listed"
        if _BACK.search(heading):
            return ""
    return ""


def _plain(heading: str) -> str:
    return _MARK.sub("", heading).strip(" :.")


def _agency(words: str) -> str:
    """Return the agencies that a line names; empty for a line that says more."""
    found = _AGENCY.match(words)
    if found is None or len(words) > LONGEST_NAME or words.endswith((";", ".")):
        return ""
    return found["who"].strip()


def _is_heading(paragraph: Paragraph, every: Sequence[Paragraph], place: int) -> bool:
    """Tell whether a line of a list is a heading: others stand under it."""
    following = every[place + 1] if place + 1 < len(every) else None
    return following is not None and paragraph.text in following.under


def _is_task(paragraph: Paragraph, words: str, part: str, who: str) -> bool:
    if len(words.split()) < FEWEST_WORDS or words.endswith(":") or words.startswith("("):
        return False
    if _CLOSING.search(words) or (words.startswith("Khuyến khích") and part != "carried"):
        return False
    if part == "carried":
        return bool(who) or bool(_MARK.match(paragraph.text))
    return bool(_MARK.match(paragraph.text)) or paragraph.text[:8].startswith("Nhiệm vụ")


def _task(paragraph: Paragraph, text: str, who: str, horizon: str, issued: int) -> TaskRead:
    partners = _WITH.search(text)
    role = "leads" if _LEADS.search(text[:80]) else "helps" if _HELPS.match(text) else ""
    said = by_of(paragraph, "")
    return TaskRead(
        text=text.strip(),
        who=who,
        role=role,
        partners=_VERB.sub("", partners["who"]).strip(" ,") if partners else "",
        by=said if said and int(said[:4]) >= issued else horizon,
        field=next(
            (_plain(each) for each in paragraph.under[::-1] if each != paragraph.text and _agency(_plain(each)) == ""),
            "",
        ),
        first=paragraph.first,
        last=paragraph.last,
    )
