"""A linked dossier: a participant finds its part, proposes and signs its own result, and the applicant sees who has it."""

from __future__ import annotations

import re

from .house import PIN
from .walking import DESK, PHONE, People, walked

PARTS = {
    # what the procedure is called, who does the part, who signs it, its agency, the applicant
    "quang-nam": (
        "bảo hiểm y tế|health insurance",
        "quan",
        "tham",
        "Bảo hiểm xã hội|Social Insurance",
        "Phạm Thị Hồng Nhung",
    ),
    "nghich": ("mật|honey", "thanh", "khanh", "Sở Mọi Việc|Department of Everything", "Trần Thị Tư"),
}


@walked("vi phone", "en desk")
def test_a_participant_does_its_part_and_the_applicant_sees_it(both: People):
    say = both.cast.say
    service, doer, signer, agency, applicant = PARTS[both.house.pack]
    worker = both.official(doer, width=DESK).open("/mot-cua/").look()
    row = worker.page.locator("main tbody tr", has_text=re.compile(service)).first
    code = row.get_by_role("link").first.inner_text()
    worker.follow(code)
    if worker.page.get_by_role("button", name=say("Take this step")).count():
        worker.press(say("Take this step"))
    worker.press(say("Propose the result")).answer({"kind": "grant"}).press(say("Send up"))
    chief = both.official(signer, width=DESK).open("/mot-cua/ky/").look().follow(code)
    chief.press(say("Approve and sign")).look().fill(pin=PIN).press(re.compile(f"^{say('Sign')}$"))
    assert say("Done its part") in chief.open(f"/mot-cua/ho-so/{code}/").text
    mother = both.citizen(applicant, width=PHONE).open(f"/ho-so/xem/{code}/").look()
    assert re.search(agency, mother.text)
    assert say("Done its part") in mother.text
