"""The demonstration's plan and directive: loaded once, with its money and what was reported."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.snapshot import with_province

from tinhso.modules.plan import demo
from tinhso.modules.plan.models import Plan
from tinhso.modules.plan.queries.money import money_of
from tinhso.modules.plan.queries.prospects import goals_of
from tinhso.modules.plan.queries.standing import agencies_of

pytestmark = with_province
AT = datetime(2026, 11, 24, 3, tzinfo=UTC)


def test_the_demonstration_holds_a_plan_with_money_and_a_directive(who):
    demo.load(at=AT)
    demo.load(at=AT)
    assert sorted(Plan.objects.values_list("kind", "state")) == [("Chỉ thị", "held"), ("Kế hoạch", "held")]
    plan = Plan.objects.get(kind="Kế hoạch")
    assert [(each["kind"], each["off"]) for each in plan.doubts] == [("parts", "-1")]
    money = money_of(plan)
    assert (int(money.whole.planned[0]), int(money.whole.disbursed[0]), money.disagreements) == (
        24_600_000_000,
        8_750_000_000,
        (),
    )
    assert len(money.projects) == 4
    goals = {goal.item.unit.split()[0]: goal for goal in goals_of(plan, at=AT)}
    assert (goals["bộ"].standing, goals["cán"].is_missed) == ("met", True)
    assert agencies_of(plan, AT)[0].late
