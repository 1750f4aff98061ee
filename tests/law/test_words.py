"""The law in words: every sentence has its Vietnamese, with the same facts; and the law stays plain Python."""

import ast
import string
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from tests.law.worlds import NATION, at

import tinhso.law
from tinhso.law.answer import NoAnswer, Step
from tinhso.law.working_time import Limit, LimitUnspecified, due

HOME = Path(tinhso.law.__file__).parent
CATALOGUE = polib.pofile(HOME / "locale" / "vi" / "LC_MESSAGES" / "django.po")


def sentences():
    """Return every string given to `_()` in the law."""
    for file in HOME.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                yield node.args[0].value


def fields(text):
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def test_every_sentence_has_its_vietnamese():
    translated = {entry.msgid for entry in CATALOGUE if entry.msgstr and "fuzzy" not in entry.flags}
    assert set(sentences()) == translated


@pytest.mark.parametrize("entry", list(CATALOGUE), ids=lambda entry: entry.msgid[:40])
def test_both_languages_tell_the_same_facts(entry):
    assert fields(entry.msgstr) == fields(entry.msgid)


def test_an_answer_is_said_in_vietnamese():
    vietnamese = {entry.msgid: entry.msgstr for entry in CATALOGUE}
    steps = due(at("2026-04-28 09:12"), Limit(2), NATION).steps
    assert [step.say(vietnamese.__getitem__, "vi") for step in steps] == [
        "Tiếp nhận đủ hồ sơ lúc 09:12 ngày 28/4/2026.",
        "Không tính ngày tiếp nhận, 28/4/2026.",
        "30/4–1/5: Ngày Chiến thắng 30/4; Quốc tế Lao động 1/5, không tính.",
        "Không tính 2 ngày nghỉ cuối tuần.",
        "Hết 2 ngày làm việc là ngày 4/5/2026.",
        "Ngày 4/5/2026 hết giờ làm việc lúc 17:00.",
    ]


def test_a_step_in_a_step_is_said_too():
    step = Step("until {day} ({reason})", facts={"day": "24/5", "reason": Step("weekend")})
    assert (
        step.say({"until {day} ({reason})": "đến {day} ({reason})", "weekend": "cuối tuần"}.get, "vi")
        == "đến 24/5 (cuối tuần)"
    )


def test_no_answer_is_a_sentence_with_a_code():
    no = LimitUnspecified()
    assert isinstance(no, NoAnswer)
    assert (no.step().code, str(no.step())) == (no.code, str(no))


def test_the_law_needs_no_framework():
    """Importing all of the law in a fresh interpreter brings in no Django."""
    names = [".".join(file.relative_to(HOME.parents[1]).with_suffix("").parts) for file in HOME.rglob("*.py")]
    code = f"import sys, importlib\nfor name in {names}: importlib.import_module(name.removesuffix('.__init__'))\n"
    code += "assert not [name for name in sys.modules if name.split('.')[0] == 'django'], 'django was imported'"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(HOME.parents[1])})
