"""What the queue keeps: lines, tickets, windows, appointments, and counters that are read instead of counting."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id


class Line(models.Model):
    """One line of a desk, for one kind of business; from `queues.yaml` of the pack."""

    id = models.CharField(primary_key=True, max_length=80, help_text="desk:code")
    desk_code = models.CharField(max_length=40)
    agency_code = models.CharField(max_length=40, help_text="who runs the desk; its head sees the figures")
    desk_name = models.CharField(max_length=300)
    desk_name_en = models.CharField(max_length=300)
    code = models.CharField(max_length=39)
    letter = models.CharField(max_length=2)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    windows = models.JSONField(default=list)
    procedures = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(help_text="that one person is expected to take")
    per_slot = models.PositiveSmallIntegerField(default=0, help_text="appointments in a slot; 0: none are given")
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    early_minutes = models.PositiveSmallIntegerField(
        default=30, db_default=30, help_text="so long before the desk opens tickets are given"
    )
    days_ahead = models.PositiveSmallIntegerField(default=14)
    calls = models.PositiveSmallIntegerField(default=3, help_text="after which nobody came")
    return_minutes = models.PositiveSmallIntegerField(default=15, help_text="within which a missed ticket waits again")
    priority_minutes = models.PositiveSmallIntegerField(default=30)
    appointment_minutes = models.PositiveSmallIntegerField(default=60)
    is_active = models.BooleanField(default=True)

    class Meta:
        """By desk."""

        indexes: ClassVar = [models.Index(fields=["desk_code", "code"], name="queueing_line_desk")]

    def __str__(self) -> str:
        """Return desk and code."""
        return self.id


class LineDay(models.Model):
    """The counter row of a line and day: number, who waits, who was served. Locked by whoever changes the line."""

    id = models.CharField(primary_key=True, max_length=100, help_text="line:day")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    number = models.PositiveIntegerField(default=0)
    waiting = models.IntegerField(default=0)
    served = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    appointments = models.PositiveIntegerField(default=0)
    appointments_missed = models.PositiveIntegerField(default=0)
    serving_seconds = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="when the day was closed and its personal data erased"
    )

    class Meta:
        """Days that are over and not closed yet: few, however many there were."""

        indexes: ClassVar = [
            models.Index(fields=["day"], condition=models.Q(ended_at__isnull=True), name="queueing_lineday_open"),
        ]

    def __str__(self) -> str:
        """Return line and day."""
        return self.id


def day_key(line_id: str, day: object) -> str:
    """Return the key of the counter row of a line and day."""
    return f"{line_id}:{day}"


def days_held(day: date, *line_ids: str) -> None:
    """
    Lock the counter rows of these lines and day, always in one order, made where there are none. For acts.

    Whoever changes tickets of a line takes its row first and the ticket after it; so nobody waits for who waits for them.
    """
    ordered = sorted(set(line_ids))
    rows = [LineDay(id=day_key(line, day), line_id=line, day=day) for line in ordered]
    LineDay.objects.bulk_create(rows, ignore_conflicts=True)
    list(LineDay.objects.select_for_update().filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def next_number(line_id: str, day: object) -> int:
    """Return the next number of a line and day, and count one more who waits. The row is locked until the act commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO queueing_lineday (id, line_id, day, number, waiting, served, missed, "
            '"left", appointments, appointments_missed, serving_seconds) VALUES (%s, %s, %s, 1, 1, 0, 0, 0, 0, 0, 0)'
            " ON CONFLICT (id) DO UPDATE SET number = queueing_lineday.number + 1,"
            " waiting = queueing_lineday.waiting + 1 RETURNING number",
            [day_key(line_id, day), line_id, str(day)],
        )
        return int(cursor.fetchone()[0])


class HourFigure(models.Model):
    """Waiting and serving times of a line, window and hour: sums, and how many of each length in minutes."""

    id = models.CharField(primary_key=True, max_length=140, help_text="line:day:hour:window")
    desk_code = models.CharField(max_length=40)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="figures")
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    window = models.CharField(max_length=10)
    called = models.PositiveIntegerField(default=0)
    longest_wait = models.PositiveIntegerField(default=0, help_text="seconds")
    waits = models.JSONField(default=dict, help_text="how many waited so many whole minutes")
    serves = models.JSONField(default=dict, help_text="how many took so many whole minutes")

    class Meta:
        """By desk and day."""

        indexes: ClassVar = [models.Index(fields=["desk_code", "day"], name="queueing_figure_day")]

    def __str__(self) -> str:
        """Return its key."""
        return self.id


class WindowSession(models.Model):
    """An official at a window, from opening to closing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    desk_code = models.CharField(max_length=40)
    window = models.CharField(max_length=10)
    official_key = models.CharField(max_length=60)
    official_name = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One official at a window, one window an official."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["desk_code", "window"], condition=models.Q(closed_at=None), name="queueing_window_once"
            ),
            models.UniqueConstraint(
                fields=["official_key"], condition=models.Q(closed_at=None), name="queueing_official_once"
            ),
        ]

    def __str__(self) -> str:
        """Return desk and window."""
        return f"{self.desk_code} {self.window}"


class AppointmentState(models.TextChoices):
    """Where an appointment stands."""

    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("Came")
    CANCELLED = "cancelled", _("Cancelled")
    MISSED = "missed", _("Nobody came")


class Slot(models.Model):
    """How many places of a slot are taken: the row that two who book its last place meet at."""

    id = models.CharField(primary_key=True, max_length=120, help_text="line:moment")
    taken = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        """Return its key."""
        return self.id


class Appointment(models.Model):
    """A place in a slot, held by whoever has its code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=20, unique=True)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="appointments")
    day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True)
    owner_key = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True, db_default="", help_text="of who asked for it on the telephone")
    booked_by = models.CharField(max_length=60, blank=True, db_default="", help_text="who wrote it down for a caller")
    state = models.CharField(max_length=10, choices=AppointmentState.choices, default=AppointmentState.BOOKED)
    booked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """By day, and by whose it is."""

        indexes: ClassVar = [
            models.Index(fields=["day", "state"], name="queueing_appointment_day"),
            models.Index(fields=["owner_key"], name="queueing_appointment_owner"),
            models.Index(fields=["state", "day"], name="queueing_appointment_state"),
            models.Index(fields=["line", "day"], name="queueing_appointment_line"),
        ]

    def __str__(self) -> str:
        """Return its code."""
        return self.code


class TicketState(models.TextChoices):
    """Where a ticket stands."""

    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    SERVING = "serving", _("At the window")
    MISSED = "missed", _("Called, nobody came")
    FINISHED = "finished", _("Finished")
    LEFT = "left", _("Left the line")


class Source(models.TextChoices):
    """How a ticket was taken."""

    KIOSK = "kiosk", _("Kiosk")
    PHONE = "phone", _("Own phone")
    DESK = "desk", _("At the desk")
    APPOINTMENT = "appointment", _("Appointment")


class Ticket(models.Model):
    """One place in a line on one day. It has no name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token = models.CharField(max_length=40, unique=True)
    desk_code = models.CharField(max_length=40)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="tickets")
    series = models.CharField(max_length=80, help_text="the line that gave the number; it may wait in another")
    day = models.DateField()
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=10)
    source = models.CharField(max_length=12, choices=Source.choices)
    priority = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=TicketState.choices, default=TicketState.WAITING)
    taken_at = models.DateTimeField()
    slot_at = models.DateTimeField(null=True, blank=True, help_text="of an appointment that was kept in time")
    appointment = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.PROTECT)
    window = models.CharField(max_length=10, blank=True)
    session = models.ForeignKey(WindowSession, null=True, blank=True, on_delete=models.PROTECT)
    calls = models.PositiveSmallIntegerField(default=0)
    returns = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True, blank=True)
    came_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A number once a line and day; one ticket an appointment."""

        indexes: ClassVar = [
            models.Index(fields=["line", "day", "state"], name="queueing_ticket_waits"),
            models.Index(fields=["desk_code", "day", "called_at"], name="queueing_ticket_called"),
            models.Index(fields=["session", "state"], name="queueing_ticket_session"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "day", "number"], name="queueing_ticket_number"),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=models.Q(appointment__isnull=False),
                name="queueing_ticket_appointment",
            ),
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(state__in=["called", "serving"]), name="queueing_ticket_window"
            ),
        ]

    def __str__(self) -> str:
        """Return what stands on it."""
        return self.label

    @property
    def spoken(self) -> str:
        """Return the letters and the number apart, without zeros before it: a voice reads A007 as a word."""
        return f"{self.label.rstrip('0123456789')} {self.number}"
