"""Automatic inspection: the inspector tries a scenario on the past and switches it; others see neither scenarios nor findings."""

from __future__ import annotations

from .walking import People, walked

TRIED = {"quang-nam": "signed-outside-hours", "nghich": "signed-in-hours"}


@walked("vi desk", "en phone")
def test_an_inspector_tries_a_scenario_and_switches_it(both: People):
    say, code = both.cast.say, TRIED[both.house.pack]
    walker = both.official("kiemtra").open("/kiem-tra/")
    assert say("To be done") in walker.text
    walker.open("/kiem-tra/tinh-huong/").go(f"/kiem-tra/tinh-huong/{code}/")
    walker.open(f"/kiem-tra/tinh-huong/{code}/?thu=1")
    assert say("Try it on the past") in walker.text
    walker.press(say("Switch"))
    assert walker.page.locator(".govuk-error-message").count() == 1
    walker.page.select_option("[name=state]", "shadow")
    walker.fill(reason="Xem thử").press(say("Switch"))
    assert say("Done. It stands in the journal.") in walker.text
    assert "Xem thử" in walker.text
    stranger = both.official(both.cast.elsewhere).open("/kiem-tra/cua-toi/")
    assert say("No findings here") in stranger.text
    assert stranger.get("/kiem-tra/tinh-huong/").status == 403
