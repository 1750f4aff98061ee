"""Fees, payments and receipts agree; the figures of the home page are what the rows give."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.reckoning import CIVIL
from tinhso.site.proof.tables import Tables, sure
from tinhso.site.proof.years import HERE, Away

_PAID = "(SELECT count(*) FROM onestop_payment p WHERE p.dossier_id = d.id AND p.state = '{state}'{more})"
_NET = """(SELECT coalesce(sum(CASE WHEN p.state = 'paid' THEN p.amount_vnd
        WHEN o.state = 'paid' THEN -p.amount_vnd ELSE 0 END), 0) FROM onestop_payment p
        LEFT JOIN onestop_payment o ON o.id = p.of_id WHERE p.dossier_id = d.id)"""
"""What was paid for a dossier, less the parts that went or go back of what still counts."""
QUERIES = {
    ("paid_without_payment", "dossier", "is paid and its payments, less what went back, are not its fee"): f"""
        SELECT d.code, d.fee_vnd FROM onestop_dossier d WHERE d.money = 'paid' AND (d.fee_vnd <> {_NET} OR 0 =
        {_PAID.format(state="paid", more=" AND p.receipt_number <> ''")})""",
    ("payment_not_counted", "dossier", "has a payment that was received, and its fee is not paid"): f"""
        SELECT d.code, d.money FROM onestop_dossier d WHERE (d.money IN ('none', 'refunded') AND 0 <> {_NET})
        OR (d.money = 'due' AND d.settled_vnd <> {_NET}) OR (d.money = 'back' AND {_NET} NOT IN (0, d.fee_vnd))""",
    ("receipt_missing", "onestop_payment", "was received and has no receipt"): """
        SELECT order_code, amount_vnd FROM onestop_payment WHERE state = 'paid' AND receipt_number = ''""",
    ("fee_wrong", "dossier", "has a fee and nothing to pay, or the other way round"): """
        SELECT d.code, d.fee_vnd FROM onestop_dossier d WHERE (d.money = 'none') <> (d.fee_vnd = 0)
        AND NOT (d.fee_vnd = 0 AND d.money = 'back')""",
    ("demands_wrong", "dossier", "has other demands than are in its fee"): """
        SELECT d.code, d.later_vnd FROM onestop_dossier d WHERE d.later_vnd <> (SELECT coalesce(sum(m.amount_vnd), 0)
        FROM onestop_feedemand m WHERE m.dossier_id = d.id AND m.state <> 'withdrawn') OR d.later_vnd > d.fee_vnd""",
    ("demand_not_settled", "dossier", "owes nothing, and a demand is open; or the other way round"): """
        SELECT d.code, m.item FROM onestop_feedemand m JOIN onestop_dossier d ON d.id = m.dossier_id
        WHERE (m.state = 'open' AND d.money <> 'due' AND d.state NOT IN (3, 7, 8))
        OR (m.state = 'paid' AND m.payment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM onestop_payment p
        WHERE p.id = m.payment_id AND p.dossier_id = d.id AND p.state = 'paid'))""",
    ("work_held_wrong", "dossier", "waits for a payment that nobody demands, or goes on while it should wait"): """
        SELECT d.code, d.state FROM onestop_dossier d WHERE d.state IN (2, 4, 6) AND (d.state = 6) <> EXISTS (
        SELECT 1 FROM onestop_feedemand m WHERE m.dossier_id = d.id AND m.state = 'open' AND m.holds = 'work')""",
    ("demand_untold", "dossier", "was asked for a fee, and the journal does not tell of it"): """
        SELECT d.code, m.item FROM onestop_feedemand m JOIN onestop_dossier d ON d.id = m.dossier_id
        WHERE NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.subject_type = 'dossier' AND e.subject_key = d.code
        AND e.event = 'onestop.fee_demanded') AND NOT ({out_demand})""",
    ("back_without_payment", "dossier", "is owed its fee back and no payment says so"): f"""
        SELECT d.code, d.fee_vnd FROM onestop_dossier d WHERE d.money = 'back'
        AND 0 = {_PAID.format(state="excess", more=" AND (p.receipt_number <> '' OR p.of_id IS NOT NULL)")}""",
    ("refund_without_payment", "dossier", "was given its fee back and no payment says so"): f"""
        SELECT d.code, d.fee_vnd FROM onestop_dossier d WHERE d.money = 'refunded'
        AND 0 = {_PAID.format(state="refunded", more=" AND p.receipt_number <> ''")}""",
    ("handed_unpaid", "dossier", "was handed its result before its fee was paid"): """
        SELECT d.code, d.fee_vnd FROM onestop_dossier d WHERE d.state = 10 AND d.money = 'due' AND d.result_waits
        AND d.stop_number = 0""",
    ("payment_untold", "onestop_payment", "was received, and the journal does not tell of it"): """
        SELECT p.order_code, d.code FROM onestop_payment p JOIN onestop_dossier d ON d.id = p.dossier_id
        WHERE p.state = 'paid' AND NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.subject_type = 'dossier'
        AND e.subject_key = d.code AND e.event = 'onestop.payment_settled') AND NOT ({out})""",
    ("receipt_given_twice", "onestop_payment", "is a receipt of several payments"): """
        SELECT receipt_number, count(*) FROM onestop_payment WHERE receipt_number <> ''
        GROUP BY receipt_number HAVING count(*) > 1""",
    ("payment_unsettled", "onestop_payment", "was received or failed and has no moment of it"): """
        SELECT order_code, state FROM onestop_payment WHERE state IN ('paid', 'failed') AND settled_at IS NULL""",
}
STILL_COUNTED = timedelta(hours=1)
"""How long after a day its figures may still change."""


def check_money(tables: Tables, away: Away = HERE) -> Findings:
    """See that money, payments and the journal say the same."""
    for (kind, what, text), query in QUERIES.items():
        outs = {"{out}": away.moments("p.settled_at"), "{out_demand}": away.moments("m.asked_at")}
        for mark, moments in outs.items():
            query = query.replace(mark, moments)  # noqa: PLW2901 - filled in, mark by mark
        for name, shown in tables.rows(query):
            yield Finding(kind, f"{what} {name}", f"{text} ({shown})")


def check_figures(tables: Tables) -> Findings:
    """Count again the days that were counted for the last time: received, of these online, ratings and their sum."""
    for day, received, online, ratings, score, counted_at in tables.rows(
        "SELECT day, received, online, ratings, score_sum, counted_at FROM onestop_dayfigures ORDER BY day"
    ):
        on = day if isinstance(day, date) else date.fromisoformat(day)
        start, end = _begin(on), _begin(on + timedelta(days=1))
        if sure(counted_at) < end + STILL_COUNTED:
            continue
        came = next(tables.rows(
            "SELECT count(*), coalesce(sum(CASE WHEN way = 'online' THEN 1 ELSE 0 END), 0) FROM onestop_dossier"
            f" WHERE received_at >= '{_text(start)}' AND received_at < '{_text(end)}'"
        ))  # fmt: skip
        rated = next(tables.rows(
            "SELECT count(*), coalesce(sum(score), 0) FROM onestop_rating"
            f" WHERE at >= '{_text(start)}' AND at < '{_text(end)}'"
        ))  # fmt: skip
        counted = (received, online, ratings, score)
        there = tuple(int(number) for number in (*came, *rated))
        if counted != there:
            text = f"says received, online, ratings, sum {counted}; the rows give {there}"
            yield Finding("figures_wrong", f"onestop_dayfigures {on}", text)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CIVIL)


def _text(at: datetime) -> str:
    """Return a moment as both databases compare it with a column: SQLite keeps UTC as text."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
