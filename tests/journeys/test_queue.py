"""The queue at a desk: phones take tickets, a window calls, the screen of the hall shows it; one person does not come."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import expect

from .walking import People, Walker, walked


@dataclass(frozen=True)
class Hall:
    """A hall of each province: its desk, a window, who sits there, how often one is called, how long one may come back."""

    desk: str
    window: str
    official: str
    calls: int
    minutes: str


HALLS = {
    "quang-nam": Hall("H47.32.20.01", "3", "lan", 3, "15"),
    "nghich": Hall("Y90.3", "South", "bich", 1, "60"),
}
VOICE = """
let spoken = "";
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "vi-VN" }, { lang: "en-GB" }], addEventListener() {},
  speak(words) { document.body.dataset.spoken = spoken += words.text; setTimeout(() => words.onend?.(), 10); },
} });
"""
"""A voice that writes down what it says: browsers of a test machine have none."""


def _takes(people: People, hall: Hall) -> tuple[Walker, str]:
    """Take a ticket of the last line, on a phone; return who holds it and its label."""
    holder = people.stranger().open(f"/xep-hang/lay-so/{hall.desk}/?dien-thoai")
    holder._leave(holder.page.locator("main button[name=line]").last)
    return holder, holder.page.locator("main h1 .cq-code").inner_text()


def _at_window(people: People, hall: Hall) -> Walker:
    """Sit down at a window where nobody waits yet; who is at another one is finished first."""
    officer, say = people.official(hall.official).open("/xep-hang/quay/"), people.cast.say
    for word in ("They came", "Finished", "Close the window"):
        if officer.page.get_by_role("button", name=say(word), exact=True).count():
            officer.press(say(word))
    officer._leave(officer.page.locator(f'main button[value="{hall.desk}:{hall.window}"]'))
    while say("Nobody waits in the lines of your window.") not in officer.press(say("Call the next")).text:
        officer.press(say("They came")).press(say("Finished"))
    return officer


def _spoken(wall: Walker, hall: Hall, times: int) -> None:
    """Wait until the hall has heard so many calls to the window."""
    said = wall.say("Ticket %(label)s, please go to window %(window)s.") % {"label": "?", "window": hall.window}
    words = re.escape(said).replace(r"\?", r"[A-Z]+ \d+")
    heard = re.compile(rf"^({words}){{{times}}}$")
    expect(wall.page.locator("body")).to_have_attribute("data-spoken", heard, timeout=20_000)


@walked("vi phone", "en desk")
def test_two_take_tickets_one_is_served_and_one_does_not_come(both: People) -> None:
    say, hall = both.cast.say, HALLS[both.house.pack]
    both.stranger().open("/xep-hang/")
    officer = _at_window(both, hall)
    (first, shown), (second, missed) = _takes(both, hall), _takes(both, hall)
    wall = both.stranger()
    wall.page.add_init_script(VOICE)
    wall.open(f"/xep-hang/man-hinh/{hall.desk}/")
    sound = wall.page.locator("[data-hall-sound]")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    officer.press(say("Call the next"))
    expect(wall.page.locator("#duoc-goi .is-called b").first).to_have_text(shown)
    _spoken(wall, hall, 1)
    assert shown in officer.text
    assert shown in both.stranger().open(f"/xep-hang/man-hinh/{hall.desk}/?dung").text
    assert hall.window in first.open(first.path).text
    officer.press(say("They came")).press(say("Finished"))
    officer.press(say("Call the next"))
    assert missed in officer.text
    _spoken(wall, hall, 2)
    # the rules of the pack: so many calls before nobody came
    for times in range(1, hall.calls):
        officer.press(say("Call again"))
        _spoken(wall, hall, times + 2)
    officer.press(say("Nobody came"))
    assert say("Called, nobody came") in officer.text
    assert hall.minutes in second.open(second.path).text
    officer.press(say("Close the window"))
