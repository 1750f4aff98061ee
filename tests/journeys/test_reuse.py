"""A paper that a register answers for: taken with one click by the citizen, and by the counter; nobody hands it in."""

from __future__ import annotations

from .walking import People, walked

PAPER = {"quang-nam": ("1.001193", "KH"), "nghich": ("9.000004", "ROPE")}
NAM, NUMBER = "Lê Văn Nam", "049092000102"


@walked("vi phone", "en desk")
def test_a_register_is_asked_instead_of_the_citizen(both: People):
    say, (service, paper) = both.cast.say, PAPER[both.house.pack]
    nam = both.citizen(NAM).open(f"/ho-so/nop/{service}/")
    nam.press(say("Begin"))
    papers = f"{nam.path}giay-to/{paper}/"
    nam.open(papers).look()
    nam.press(say("Ask the register"))
    assert say("Found in the register and taken. You need not hand it in.") in nam.text
    nam.open(papers)
    assert nam.page.locator(".cq-files li").count() == 1
    assert say("Ask the register") not in nam.text
    nam.open("/kho/").look()
    assert nam.page.locator("main").get_by_text("PDF").count() or nam.page.locator("main a").count()

    desk = both.official(both.cast.desk).open(f"/mot-cua/tiep-nhan/moi/{service}/?so={NUMBER}").look()
    if desk.page.locator(f'button[name="ask"][value="{paper}"]').count():
        desk.page.locator(f'button[name="ask"][value="{paper}"]').click()
        desk.look()
    assert desk.page.locator(f'input[name="h-{paper}"]').first.is_checked()
