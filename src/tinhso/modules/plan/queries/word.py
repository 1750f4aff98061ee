"""The report as a Word file (ECMA-376) in the layout of Nghị định 30/2020/NĐ-CP, phụ lục I: to go on with by hand."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
SIZE, SMALL = 13, 11
BAR = 20
"""Blocks of a bar that stands for all of a sum."""
BAR_COLOUR = RGBColor(0x1D, 0x5C, 0x8F)
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def as_docx(made: Mapping[str, Any]) -> bytes:
    """Return the report as a .docx file; `made` is what `queries.reports.report_of` gives."""
    word = Document()
    _page(word)
    _head(word, made)
    _said(word, f"Căn cứ {made['basis']}; tính đến ngày {made['until']}, kết quả thực hiện như sau:")
    _goals(word, made["goals"])
    _tasks(word, made["tasks"])
    _money(word, made["money"], made["disagreements"])
    _heading(word, "IV. KHÓ KHĂN, VƯỚNG MẮC")
    for each in made["troubles"] or ["Không có mục tiêu, nhiệm vụ nào chậm hoặc vướng được báo cáo."]:
        _said(word, f"- {each}")
    _heading(word, "V. ĐỀ XUẤT, KIẾN NGHỊ")
    _said(word, "…" * 60)
    _foot(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    style = word.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(6)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    style.element.rPr.append(language)
    _page_number(section.header.paragraphs[0])


def _page_number(paragraph: Paragraph) -> None:
    """Write the numbers of pages from the second on, at the head, in the middle (phụ lục I, mục I.7)."""
    paragraph.alignment = CENTRE
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        paragraph.add_run()._r.append(part)  # noqa: SLF001 - python-docx has no fields of its own


def _head(word: Word, made: Mapping[str, Any]) -> None:
    table = word.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    if made["above"]:
        _write(left.paragraphs[0], str(made["above"]).upper(), align=CENTRE)
        _write(left.add_paragraph(), str(made["agency"]).upper(), bold=True, align=CENTRE)
    else:
        _write(left.paragraphs[0], str(made["agency"]).upper(), bold=True, align=CENTRE)
    _write(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=12, align=CENTRE)
    _write(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", bold=True, align=CENTRE)
    below_left, below_right = table.rows[1].cells
    _write(below_left.paragraphs[0], made["number"], align=CENTRE)
    _write(below_right.paragraphs[0], made["place_date"], italic=True, align=CENTRE)
    _write(word.add_paragraph(), made["title"], bold=True, size=14, align=CENTRE)
    _write(word.add_paragraph(), made["subtitle"], bold=True, align=CENTRE)


def _goals(word: Word, goals: Mapping[str, Any]) -> None:
    _heading(word, "I. MỤC TIÊU")
    _said(word, goals["summary"])
    rows = [(each["name"], each["promised"], each["until"], each["value"], each["said"]) for each in goals["rows"]]
    _table(word, ("Mục tiêu", "Chỉ tiêu", "Thời hạn", "Hiện nay", "Đánh giá"), rows, widths=(70, 25, 20, 25, 25))


def _tasks(word: Word, tasks: Mapping[str, Any]) -> None:
    _heading(word, "II. NHIỆM VỤ")
    _said(word, tasks["summary"])
    by_agency = [
        tuple(each[key] for key in ("name", "all", "done", "going", "stuck", "late")) for each in tasks["agencies"]
    ]
    _table(
        word,
        ("Cơ quan", "Tổng", "Xong", "Đang làm", "Vướng", "Trễ"),
        by_agency,
        widths=(75, 18, 18, 18, 18, 18),
        numbers=True,
    )
    rows = [(each["name"], each["who"], each["until"], each["standing"], each["said"]) for each in tasks["rows"]]
    _table(word, ("Nhiệm vụ", "Cơ quan", "Thời hạn", "Tình trạng", "Ghi chú"), rows, widths=(65, 32, 20, 23, 25))


def _money(word: Word, money: Mapping[str, Any] | None, disagreements: Sequence[str]) -> None:
    _heading(word, "III. KINH PHÍ")
    if money is None:
        _said(word, "Văn bản không giao kinh phí.")
        return
    _said(word, money["summary"])
    for name, rows in (
        ("Theo năm", money["years"]),
        ("Theo nguồn", money["sources"]),
        ("Theo dự án, nhiệm vụ", money["projects"]),
    ):
        if rows:
            _write(word.add_paragraph(), f"{name} (triệu đồng)", italic=True)
            _sums(word, [*rows, money["whole"]])
    for each in disagreements:
        _said(word, f"Lưu ý: {each}")


def _sums(word: Word, rows: Sequence[Mapping[str, Any]]) -> None:
    head = ("Nội dung", "Kế hoạch", "Đã giao", "Đã chi", "Tỷ lệ chi")
    table = _table(
        word, head, [(each["name"], each["planned"], each["allocated"], each["disbursed"], "") for each in rows], widths=(60, 25, 25, 25, 30),
        numbers=True,
    )  # fmt: skip
    for row, each in zip(table.rows[1:], rows, strict=True):
        paragraph = row.cells[-1].paragraphs[0]
        paragraph.alignment = LEFT
        bar = paragraph.add_run("█" * round(each["bar"] * BAR / 100))
        bar.font.size, bar.font.color.rgb = Pt(5), BAR_COLOUR
        share = paragraph.add_run(f" {each['share']}")
        share.font.size = Pt(SMALL)


def _table(
    word: Word, head: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int], numbers: bool = False
) -> Any:
    if not rows:
        _said(word, "Không có.")
        return None
    table = word.add_table(rows=1, cols=len(head))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        _write(cell.paragraphs[0], text, bold=True, size=SMALL, align=CENTRE)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - the head repeats on every page
    for row in rows:
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _write(cell.paragraphs[0], text, size=SMALL, align=RIGHT if numbers and place else LEFT)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            _narrow(cell, width)
    word.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def _narrow(cell: _Cell, width: int) -> None:
    cell.width = Mm(width)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(0)


def _heading(word: Word, text: str) -> None:
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, text, bold=True)


def _said(word: Word, text: str) -> None:
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Mm(10)
    _write(paragraph, text, align=WD_ALIGN_PARAGRAPH.JUSTIFY)


def _write(
    paragraph: Paragraph,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: int = SIZE,
    align: WD_ALIGN_PARAGRAPH | None = None,
) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    if align is not None:
        paragraph.alignment = align


def _foot(word: Word) -> None:
    table = word.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _write(left.paragraphs[0], "Nơi nhận:", bold=True, italic=True, size=12)
    for line in ("- …;", "- Lưu: VT."):
        _write(left.add_paragraph(), line, size=11)
    _write(right.paragraphs[0], "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", bold=True, align=CENTRE)
    signed = right.add_paragraph()
    signed.alignment = CENTRE
    signed.add_run().add_break(WD_BREAK.LINE)
    _write(right.add_paragraph(), "Họ và tên", bold=True, align=CENTRE)
