"""Dossiers made from templates: each with its own agency, person, course and journal lines."""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import secrets
import time
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from _spread import (
    GAPS,
    KINDS,
    PERSON_SHARE,
    ROLES,
    SHARE_BY_WAY,
    SPAN_DAYS,
    STUCK,
    TOWARDS_COMMUNES,
    Agency,
    Hours,
    People,
    agencies,
    services,
    where_played,
)
from _stores import Postgresql, Sqlite
from _world import birth_answers

BATCH = 2000


@dataclass(slots=True)
class Copy:
    """What differs from dossier to dossier: the argument of a template."""

    ids: list[str]
    stages: list[str]
    others: list[str]
    code: str
    code_lower: str
    agency: str
    agency_name: str
    desk: str
    office: str
    service_code: str
    service_name: str
    service_name_en: str
    folded_service: str
    answers: str
    form_code: str
    form_version: int
    form_number: int
    result_number: str
    order_code: str
    receipt_number: str
    receipt_entry: str | None
    due_iso: str
    name: str
    folded: str
    number: str
    phone: str
    owner: str
    reception_key: str
    reception_id: str
    reception_name: str
    head_key: str
    head_id: str
    head_name: str
    processor_key: str
    processor_id: str
    processor_name: str
    leader_key: str
    leader_id: str
    leader_name: str
    clerk_key: str
    clerk_id: str
    clerk_name: str


@dataclass(slots=True)
class Batch:
    """So many dossiers, as rows by table; and their journal lines with what goes into the log."""

    rows: dict[str, list[tuple[Any, ...]]]
    entries: list[tuple[Any, ...]]
    contents: list[bytes]


class Maker:
    """Makes dossiers day by day, oldest first. Reads nothing once it has begun, so that it can run beside the writer."""

    def __init__(self, options: argparse.Namespace, until: datetime, store: type[Sqlite | Postgresql]) -> None:
        from tinhso.law.codes import DossierCodePattern
        from tinhso.modules.onestop.actions.numbers import DEFAULT_PATTERN
        from tinhso.modules.onestop.queries.services import choices

        self.store = store
        self.random = random.Random(options.seed)
        self.wanted = options.dossiers
        self.people = People(int(options.dossiers * PERSON_SHARE))
        self.hours = Hours(until.date() - timedelta(days=SPAN_DAYS), until)
        self.counters: dict[str, int] = defaultdict(int)
        self.batch = Batch(defaultdict(list), [], [])
        self.serial = itertools.count(secrets.randbits(20))
        rule = {**DEFAULT_PATTERN, **choices(until).get("dossier_code", {})}
        self.pattern = DossierCodePattern.parse_pattern(rule["pattern"], scope=rule["counter"])
        self.answers = json.dumps(birth_answers(until))
        self.moments: dict[int, str] = {}
        self.days: dict[tuple[int, int], int] = {}
        self.kinds: list[Any] = []

    def plan(self, until: datetime) -> None:
        """Play the ways, draw the weights of agencies and services, take up the counters."""
        from _templates import Player

        from tinhso.modules.onestop.models import Counter

        begin = until - timedelta(days=60)
        for level, service, place, steps, deviation in KINDS:
            rows = agencies(level, service, until)
            player = Player(where_played(service, place, until), begin, steps)
            templates = {template.way: template for template in player.ways()}
            weights = [math.exp(self.random.gauss(0, deviation)) for _row in rows]
            self.kinds.append(
                (player.steps, templates, rows, list(itertools.accumulate(weights)), services(service, until))
            )

        self.counters.update(Counter.objects.values_list("series", "value"))

    def batches(self) -> Iterator[Batch]:
        """Yield all dossiers, in the order of filing."""
        total = len(self.hours.minutes)
        filed = sorted(int(total * self.random.random()) for _number in range(self.wanted))
        for number, minute in enumerate(filed, start=1):
            self._dossier(minute)
            if number % BATCH == 0 or number == self.wanted:
                yield self.batch
                self.batch = Batch(defaultdict(list), [], [])

    def _dossier(self, minute: int) -> None:
        rand = self.random
        steps, templates, rows, weights, offered = self.kinds[0 if rand.random() < TOWARDS_COMMUNES else 1]
        agency = rows[bisect(weights, rand.random() * weights[-1])]
        stages, way = self._course(minute, steps)
        template = templates[way]
        service = offered[int(len(offered) * rand.random() ** 2)]
        stamps = [self._moment(second) for second in stages]
        moments = [self._other(stages[stage], days, second) for stage, days, second in template.others]
        on = datetime.fromtimestamp(stages[0] + 7 * 3600, UTC).date()
        series = f"dossier:{self.pattern.counter_key(agency=agency.agency, on=on)}"
        self.counters[series] += 1
        code = self.pattern.render(agency=agency.agency, on=on, number=self.counters[series])
        person = self.people.get(int(self.people.count * rand.random() ** 1.5))
        copy = self._copy(agency, service, code, person, way, on.year)
        copy.stages, copy.others = stamps, [self._moment(second) for second in moments]
        if template.due is not None:
            copy.due_iso = time.strftime("%Y-%m-%dT%H:%M:%S+07:00", time.gmtime(moments[template.due] + 7 * 3600))
        base = stages[0] * 1000
        copy.ids = [self._id(base) for _number in range(template.ids)]
        entry_ids = [self._id(stages[stage] * 1000) for stage, _values, _make in template.lines]
        copy.receipt_entry = entry_ids[0] if entry_ids else None
        for table, made in template.make(copy).items():
            self.batch.rows[table] += made
        for key, (stage, values, make) in zip(entry_ids, template.lines, strict=True):
            self._line(key, stages[stage], stamps[stage], values, make(copy), copy)

    def _course(self, minute: int, steps: tuple[str, ...]) -> tuple[list[int], tuple[str, ...]]:
        """Return when each step was done, and which of them are done by now."""
        rand, minutes = self.random, self.hours.minutes
        drawn, cut = rand.random(), steps.index("propose")
        if drawn < SHARE_BY_WAY["normal"]:
            whole: tuple[str, ...] = steps
        elif drawn < SHARE_BY_WAY["normal"] + SHARE_BY_WAY["asked"]:
            whole = (*steps[:cut], "ask", "answer", *steps[cut:])
        elif drawn < 1 - SHARE_BY_WAY["withdrawn"]:
            whole = ("file", "refuse")
        else:
            whole = ("file", "accept", "withdraw")
        done, at = [minutes[minute] + rand.randrange(60)], minute
        for step in whole[1:]:
            median, deviation = GAPS[step]
            at += max(1, int(median * math.exp(rand.gauss(0, deviation))))
            if rand.random() < STUCK:
                at += 480 * 40
            if at >= len(minutes):
                break
            done.append(max(minutes[at] + rand.randrange(60), done[-1] + 1))
        return done, whole[: len(done)]

    def _moment(self, second: int) -> str:
        made = self.moments.get(second)
        if made is None:
            if len(self.moments) > 200_000:
                self.moments.clear()
            made = self.moments[second] = self.store.moment(second)
        return made

    def _other(self, stage: int, days: int, second_of_day: int) -> int:
        """Return a moment so many days after a step, at a time of the civil day, pushed past the weekend."""
        day = (stage + 7 * 3600) // 86400
        key = (day, days)
        found = self.days.get(key)
        if found is None:
            found = day + days
            while (found + 3) % 7 > 4:  # day 0 was a Thursday
                found += 1
            self.days[key] = found
        return found * 86400 - 7 * 3600 + second_of_day

    def _copy(  # noqa: PLR0917 - called once a dossier: names cost
        self, agency: Agency, service: Any, code: str, person: Any, way: tuple[str, ...], year: int
    ) -> Copy:
        form_number = 0
        if "accept" in way or "refuse" in way:
            form_number = self._next(f"form{'03' if 'refuse' in way else '01'}:{agency.desk}:{year}")
        result = ""
        if "sign" in way:
            mark = service.result_mark or "UBND"
            result = f"{self._next(f'result:{agency.agency}:{mark}:{year}')}/{mark}"
        order, receipt = f"TQ{self.random.getrandbits(96):024X}", ""
        if "accept" in way and "assign" in self.kinds[1][0] and agency.office != agency.agency:
            given = self._next(f"receipt:{agency.agency}:{year}")
            receipt = f"BL{year % 100:02d}-{agency.agency}-{given:06d}"
        name, folded, number, phone, key = person
        has_form = service.code == "1.001193"
        keys, names = agency.keys, agency.names
        return Copy(
            [], [], [], code, code.lower(), agency.agency, agency.agency_name, agency.desk, agency.office,
            service.code, service.name, service.name_en, service.folded,
            self.answers if has_form else "{}", service.form_code if has_form else "", 1 if has_form else 0,
            form_number, result, order, receipt, None, "", name, folded, number, phone,
            f"person:{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}",
            *[value for role in ROLES for value in (f"official:{keys[role]}", keys[role], names[role])],
        )  # fmt: skip

    def _next(self, series: str) -> int:
        self.counters[series] += 1
        return self.counters[series]

    def _id(self, millisecond: int) -> str:
        serial = next(self.serial) & 0x1FFFFFFF
        number = millisecond << 80 | 0x7 << 76 | (serial >> 17) << 64 | 0b10 << 62 | (serial & 0x1FFFF) << 45
        return f"{number | self.random.getrandbits(45):032x}"

    def _line(  # noqa: PLR0917 - called five times a dossier
        self, key: str, second: int, at: str, values: tuple[Any, ...], said: tuple[str, str], copy: Copy
    ) -> None:
        """Make a journal line; its hash is what `content_hash` computes from the same words."""
        event, kind, assurance, act, role = values
        agency, facts = said
        actor_key, actor_name = (
            (copy.owner, copy.name)
            if role == "applicant"
            else (getattr(copy, f"{role}_key"), getattr(copy, f"{role}_name"))
        )
        salt = self.random.randbytes(16)
        quote = json.encoder.encode_basestring
        closed = (
            f'{{"act":"{act}","actor_key":"{actor_key}","actor_kind":"{kind}","actor_name":{quote(actor_name)},'
            f'"assurance":"{assurance}","facts":{facts},"salt":"{salt.hex()}"}}'
        )
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(second))
        dashed = f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
        shown = (
            f'{{"agency":"{agency}","at":"{moment}","closed":"{sha256(closed.encode()).hexdigest()}","event":"{event}",'
            f'"id":"{dashed}","subject_key":"{copy.code}","subject_type":"dossier"}}'
        )
        content = sha256(shown.encode()).digest()
        blob = self.store.blob
        self.batch.entries.append(
            (key, event, at, kind, actor_key, actor_name, assurance, agency, "dossier", copy.code, facts, act,
             blob(salt), blob(content))
        )  # fmt: skip
        self.batch.contents.append(content)
