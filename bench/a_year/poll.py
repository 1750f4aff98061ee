"""
A survey, counted by hand: who has to be drawn, who steps in for whom, and what the answers tell, with the doubt.

Nothing here asks the program: quotas, the draw by its seed, weights and intervals are written out once more.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, sqrt
from typing import Literal

from .ledger import HOI_AN, MINH_AN, Office, Story

QUESTIONS = ("overall", "access", "procedure", "officials", "result")
LEAST = 10
"""Fewer answers of a unit than that are shown to nobody."""
Z = 1.959963984540054
Habit = Literal["no consent", "silent", "slow", "quick"]
"""What a person does who is drawn: barred, never heard of, answers when reminded, answers at once."""


@dataclass(slots=True)
class Poll:
    """One survey over the year: its size, its seed, what kind of people it meets, and what each would say."""

    size: int
    reserve: int
    stories: Sequence[Story]
    """Everything settled in the period."""
    habits: dict[int, Habit]
    """By number of a dossier: what its applicant does."""
    said: dict[tuple[int, str], dict[str, str]]
    """By person and procedure: a degree for each question that they answer."""
    person_of: dict[int, int] = field(default_factory=dict)
    seed: str = ""

    def strata(self) -> dict[Office, list[Story]]:
        """Return the dossiers by stratum: the ward's are all of civil status, the town's all of building."""
        found: dict[Office, list[Story]] = defaultdict(list)
        for story in self.stories:
            found[story.kind.office].append(story)
        return dict(found)

    def quotas(self) -> dict[Office, int]:
        """Share the sample by size, the larger remainder first, of equal ones the first by name, one of each at least."""
        sizes = {office: len(stories) for office, stories in self.strata().items()}
        whole = sum(sizes.values())
        shares = {office: self.size * size / whole for office, size in sizes.items()}
        given = {office: min(sizes[office], max(1, int(share))) for office, share in shares.items()}
        while sum(given.values()) < min(self.size, whole):
            open_ones = [office for office in sizes if given[office] < sizes[office]]
            neediest = min(open_ones, key=lambda office: (given[office] - shares[office], name_of(office)))
            given[neediest] += 1
        return given

    def drawn(self, office: Office) -> list[Story]:
        """Return sample and reserve of a stratum, in the order of the draw."""
        many = self.quotas()[office]
        return sorted(self.strata()[office], key=self._place)[: many + ceil(many * self.reserve / 100)]

    def _place(self, story: Story) -> str:
        text = "\x1f".join((self.seed, name_of(story.kind.office), story.code))
        return hashlib.sha256(text.encode()).hexdigest()

    def answered(self, office: Office) -> list[Story]:
        """Walk down the draw until the quota has answered or the reserve is used up: barred and silent ones are replaced."""
        found: list[Story] = []
        for story in self.drawn(office):
            if len(found) == self.quotas()[office]:
                break
            if self.habits[story.number] in {"slow", "quick"}:
                found.append(story)
        return found

    def barred(self) -> int:
        """Return how many were met who had not consented."""
        count = 0
        for office in self.strata():
            last = self.answered(office)[-1:]
            for story in self.drawn(office):
                count += self.habits[story.number] == "no consent"
                if [story] == last and len(self.answered(office)) == self.quotas()[office]:
                    break
        return count

    def sheets(self) -> dict[Office, list[dict[str, str]]]:
        """Return what was answered, by stratum."""
        return {
            office: [self.said[self.person_of[story.number], story.kind.code] for story in self.answered(office)]
            for office in self.strata()
        }

    def row(self, office: Office | None) -> list[str] | None:
        """
        Return the numbers of one row of the results: sheets, then share and interval of each question.

        None for a unit that may not be shown: too few answered, or it could be told from what is shown.
        """
        sheets = self.sheets()
        total = sum(map(len, sheets.values()))
        if total < LEAST:
            return None
        if office is not None and min(len(each) for each in sheets.values() if each) < LEAST:
            # two units: where one is hidden, so is the other
            return None
        chosen = sheets if office is None else {office: sheets[office]}
        return [str(sum(map(len, chosen.values()))), *(self._share(chosen, one) for one in QUESTIONS)]

    def _share(self, sheets: dict[Office, list[dict[str, str]]], question: str) -> str:
        votes = {office: [sheet[question] for sheet in given if question in sheet] for office, given in sheets.items()}
        votes = {office: given for office, given in votes.items() if given}
        if sum(map(len, votes.values())) < LEAST:
            return "–"
        whole = sum(len(self.strata()[office]) for office in votes)
        share, spread = 0.0, 0.0
        for office, given in votes.items():
            weight = len(self.strata()[office]) / whole
            share += weight * sum(vote in "45" for vote in given) / len(given)
            spread += weight**2 / len(given)
        low, high = _interval(share, 1 / spread)
        return f"{_words(share)} {_words(low)}–{_words(high)}"


def name_of(office: Office) -> str:
    """Return what the stratum of an agency is called in the draw: its level and the field of its procedures."""
    return {MINH_AN.agency: "commune|Hộ tịch", HOI_AN.agency: "district|Hoạt động xây dựng"}[office.agency]


def _interval(share: float, answers: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval: the two shares from which this one is just 1.96 standard deviations away."""
    # solve (p − share)² = z² p (1 − p) / n for p
    a = 1 + Z * Z / answers
    b = -(2 * share + Z * Z / answers)
    root = sqrt(max(b * b - 4 * a * share * share, 0.0))
    return max(0.0, (-b - root) / (2 * a)), min(1.0, (-b + root) / (2 * a))


def _words(share: float) -> str:
    # half a tenth goes up, as everybody here was taught; Python would make 76.25 an even 76.2
    return f"{Decimal(repr(round(100 * share, 9))).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
