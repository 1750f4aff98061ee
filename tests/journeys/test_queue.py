"""The queue at a desk: phones take tickets, a window calls, the screen of the hall shows it; one person does not come."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .walking import People, Walker

DESK, WINDOW = "H47.32.20.01", "3"
VOICE = """
let spoken = "";
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "vi-VN" }], addEventListener() {},
  speak(words) { document.body.dataset.spoken = spoken += words.text; setTimeout(() => words.onend?.(), 10); },
} });
"""
"""A voice that writes down what it says: browsers of a test machine have none."""


def _takes(people: People) -> tuple[Walker, str]:
    """Take a ticket to collect a result, on a phone; return who holds it and its label."""
    holder = people.stranger().open(f"/xep-hang/lay-so/{DESK}/?dien-thoai")
    holder._leave(holder.page.locator("main button[name=line]").last)
    return holder, holder.page.locator("main h1 .cq-code").inner_text()


def _at_window(people: People) -> Walker:
    """Sit down at a window where nobody waits yet; who is at another one is finished first."""
    lan, say = people.official("lan").open("/xep-hang/quay/"), people.cast.say
    for word in ("They came", "Finished", "Close the window"):
        if lan.page.get_by_role("button", name=say(word), exact=True).count():
            lan.press(say(word))
    lan._leave(lan.page.locator(f'main button[value="{DESK}:{WINDOW}"]'))
    return lan


def _spoken(wall: Walker, times: int) -> None:
    """Wait until the hall has heard so many calls to the window."""
    words = re.compile(rf"^(Mời số [A-Z]+ \d+ đến quầy {WINDOW}\.){{{times}}}$")
    expect(wall.page.locator("body")).to_have_attribute("data-spoken", words, timeout=20_000)


def test_two_take_tickets_one_is_served_and_one_does_not_come(people: People) -> None:
    say = people.cast.say
    people.stranger().open("/xep-hang/")
    lan = _at_window(people)
    (first, shown), (second, missed) = _takes(people), _takes(people)
    wall = people.stranger()
    wall.page.add_init_script(VOICE)
    wall.open(f"/xep-hang/man-hinh/{DESK}/")
    sound = wall.page.locator("[data-hall-sound]")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    lan.press(say("Call the next"))
    expect(wall.page.locator("#duoc-goi .is-called b").first).to_have_text(shown)
    _spoken(wall, 1)
    assert shown in lan.text
    assert shown in people.stranger().open(f"/xep-hang/man-hinh/{DESK}/?dung").text
    assert f"quầy {WINDOW}" in first.open(first.path).text
    lan.press(say("They came")).press(say("Finished"))
    lan.press(say("Call the next"))
    assert missed in lan.text
    _spoken(wall, 2)
    # the rules of the pack: three calls before nobody came
    for times in (3, 4):
        lan.press(say("Call again"))
        _spoken(wall, times)
    lan.press(say("Nobody came"))
    assert say("Called, nobody came") in lan.text
    assert "15" in second.open(second.path).text
    lan.press(say("Close the window"))
