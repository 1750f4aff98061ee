"""
Run as a program against a database of its own (TINHSO_DATABASE): several officers at once, as real connections.

Prints one line of JSON about what happened; `test_race.py` reads it.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import django

WORKERS = 4
ROUNDS = 6
PUBLISHERS = 2


def together(number: int, work: Any) -> list[Any]:
    """Call `work(0…number-1)` in threads that start at the same moment, each with a connection of its own."""
    from django.db import connection

    barrier = Barrier(number)

    def one(which: int) -> Any:
        try:
            barrier.wait()
            return work(which)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def take_one_task(task_id: UUID, people: list[Any], at: Any) -> list[str]:
    """Let several officers take one task; return what each was told."""
    from tinhso.base.refusals import Refusal
    from tinhso.kernel.casework.public import take_task

    def take(which: int) -> str:
        try:
            take_task(task_id, actor=people[which], at=at)
        except Refusal as no:
            return f"{no.code}:{no.facts.get('who', '')}"
        return f"taken:{people[which].name}"

    return together(len(people), take)


def change_a_flow(people: list[Any], at: Any) -> dict[str, Any]:
    """Let people begin cases and finish them while the flow is published anew, two at once; return what became of each."""
    from tinhso.base.refusals import Refusal
    from tinhso.kernel.casework.models import Flow
    from tinhso.kernel.casework.public import complete_task, deploy_flow, history, open_tasks, start_case
    from tinhso.kernel.casework.tests.drawing import one_step
    from tinhso.kernel.casework.tests.people import LOADER, OFFICE

    def version(number: int) -> bytes:
        drawn = one_step()
        drawn.lines = [line.replace("Do A", f"Do {number}") for line in drawn.lines]
        return drawn.xml()

    def work(which: int) -> list[Any]:
        told = []
        for round_ in range(ROUNDS):
            if which < PUBLISHERS:
                try:
                    # in the last round both publish the same file: one version, where nobody came between them
                    last = round_ == ROUNDS - 1
                    deploy_flow(version(999 if last else which * ROUNDS + round_), actor=LOADER, at=at)
                except Refusal as no:
                    told.append(no.code)
                continue
            key = f"changing-{which}-{round_}"
            case = start_case("one", ("dossier", key), title="x", agencies={"": OFFICE}, actor=people[0], at=at)
            (task,) = open_tasks(case.id)
            complete_task(task.id, actor=people[0], at=at)
            (done,) = history(case.id)
            told.append([done.name in json.dumps(case.flow.graph, ensure_ascii=False), done.state])
        return told

    told = together(WORKERS + PUBLISHERS, work)
    flows = Flow.objects.filter(code="one")
    return {
        "refused": [code for each in told[:PUBLISHERS] for code in each],
        "worked": [one for each in told[PUBLISHERS:] for one in each],
        "versions": list(flows.order_by("version").values_list("version", "sha256")),
        "in_force": flows.filter(state="published").count(),
    }


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from tinhso.kernel.casework.models import Token
    from tinhso.kernel.casework.public import complete_task, deploy_flow, history, open_tasks, start_case
    from tinhso.kernel.casework.tests.drawing import Draw, one_step
    from tinhso.kernel.casework.tests.people import LOADER, MONDAY, OFFICE, official

    for app in ("organisation", "journal", "casework"):
        call_command("migrate", app, verbosity=0)
    people = [official(f"Officer {number}", ("processor", OFFICE)) for number in range(WORKERS)]
    wide = Draw("wide")
    wide.parallel("S")
    wide.parallel("J")
    wide.chain(wide.start(), "S")
    for number in range(WORKERS):
        wide.chain("S", wide.user(f"B{number}"), "J")
    wide.chain("J", wide.user("After"), wide.end())
    for draw in (one_step(), wide):
        deploy_flow(draw.xml(), actor=LOADER, at=MONDAY)

    def begin(code: str) -> Any:
        return start_case(code, ("dossier", code), title="x", agencies={"": OFFICE}, actor=people[0], at=MONDAY)

    taken = []
    for _round in range(ROUNDS):
        (task,) = open_tasks(begin("one").id)
        told = take_one_task(task.id, people, MONDAY)
        taken.append({"told": told, "has": open_tasks(task.case_id)[0].assignee_name})
    joined = []
    for _round in range(ROUNDS):
        case = begin("wide")
        tasks = open_tasks(case.id)
        together(WORKERS, lambda which, tasks=tasks: complete_task(tasks[which].id, actor=people[which], at=MONDAY).id)
        joined.append(
            {
                "open": [task.node_id for task in open_tasks(case.id)],
                "done": sum(task.state == "done" for task in history(case.id)),
                "tokens": Token.objects.filter(case=case).count(),
            }
        )
    changed = change_a_flow(people, MONDAY)
    sys.stdout.write(json.dumps({"taken": taken, "joined": joined, "changed": changed}) + "\n")


if __name__ == "__main__":
    main()
