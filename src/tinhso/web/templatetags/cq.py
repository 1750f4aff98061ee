"""The tag library `cq`: every component and the filters for words. Loaded everywhere; no `{% load %}` is needed."""

from __future__ import annotations

from tinhso.web import words
from tinhso.web.components import fields, figures, lists, parts, register, shells

__all__ = ["fields", "figures", "lists", "parts", "register", "shells"]

for name, call in {
    "day": words.day,
    "hour": words.hour,
    "moment": words.moment,
    "weekday": words.weekday,
    "isotime": words.iso,
    "number": words.number,
    "percent": words.percent,
    "money": words.money,
    "fee": words.fee,
    "file_size": words.file_size,
    "phone": words.phone,
    "masked": words.masked,
    "initials": words.initials,
    "given_name": words.given_name,
    "family_name": words.family_name,
}.items():
    register.filter(name, call)
register.filter("own", words.own)
