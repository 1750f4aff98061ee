"""The quality of service as a stranger, an officer and a leader see it, and a survey as an auditor makes it."""

from __future__ import annotations

from .walking import People, walked


@walked("vi phone", "en desk")
def test_figures_open_down_to_what_they_are_made_of(both: People):
    cast, say = both.cast, both.cast.say
    stranger = both.stranger().open("/chat-luong/")
    assert say("Quality of service") in stranger.text

    officer = both.official(cast.worker).open("/chat-luong/co-quan/")
    agency = officer.path
    assert say("Progress") in officer.text
    officer.open(f"{agency}chi-so/2.1/")
    assert say("How it is reckoned") in officer.text
    for page in ("linh-vuc/", "nang-diem/", "chin-chi-so/"):
        officer.open(agency + page)
    officer.open("/chat-luong/bang/")
    assert officer.get(f"{agency}?dang=csv").headers["content-type"].startswith("text/csv")

    leader = both.official(cast.permit.leader).open("/chat-luong/co-quan/?ky=2026-01")
    leader.press(say("Close the period"))
    assert say("This period is closed") in leader.text
