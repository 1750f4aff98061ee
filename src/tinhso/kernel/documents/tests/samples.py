"""Real files of each kind, made on the spot."""

import io
import zipfile

from PIL import Image
from pypdf import PdfWriter


def pdf(pages=1, *, password="", width=200):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, 200)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def image(kind, size=(640, 480), colour="white"):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind)
    return out.getvalue()


def container(members, packed=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as box:
        for name, content in members.items():
            box.writestr(name, content)
    return out.getvalue()


_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)


def docx(extra=None, packed=zipfile.ZIP_DEFLATED):
    types = _TYPES.format(part="word/document.xml", kind="wordprocessingml.document")
    members = {"[Content_Types].xml": types, "word/document.xml": "<w:document/>" * 500, **(extra or {})}
    return container(members, packed)


def xlsx():
    types = _TYPES.format(part="xl/workbook.xml", kind="spreadsheetml.sheet")
    return container({"[Content_Types].xml": types, "xl/workbook.xml": "<workbook/>"})


def odt():
    kind = "application/vnd.oasis.opendocument.text"
    return container({"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "content.xml": "<office/>"})
