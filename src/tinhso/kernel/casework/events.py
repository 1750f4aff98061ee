"""Facts that casework announces. Their subject is that of the case, so they stand in the history of the dossier."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

FLOW_PUBLISHED = Event("casework.flow_published", _("Flow published"), public=True)
FLOW_RETIRED = Event("casework.flow_retired", _("Flow retired"), public=True)
CASE_STARTED = Event("casework.case_started", _("Processing begun"), public=True)
CASE_ENDED = Event("casework.case_ended", _("Processing ended"), public=True)
CASE_CANCELLED = Event("casework.case_cancelled", _("Processing stopped"), public=True)
CASE_RESCHEDULED = Event("casework.case_rescheduled", _("Due time changed"))
CASE_HANDED_ON = Event("casework.case_handed_on", _("Processing goes on in the agency that took over"), public=True)
TASK_TAKEN = Event("casework.task_taken", _("Step taken"))
TASK_RELEASED = Event("casework.task_released", _("Step put back"))
WORK_HANDED_BACK = Event("casework.work_handed_back", _("Somebody who left handed back their steps"))
TASK_ASSIGNED = Event("casework.task_assigned", _("Step assigned"))
TASK_DONE = Event("casework.task_done", _("Step done"), public=True)
MESSAGE_RECEIVED = Event("casework.message_received", _("Awaited message received"))
MESSAGE_SENT = Event("casework.message_sent", _("Message sent by the flow"))
TIMER_FIRED = Event("casework.timer_fired", _("Time ran out"))
SERVICE_ANSWERED = Event("casework.service_answered", _("Service answered"))
RETRIED = Event("casework.retried", _("Tried again"))
PART_BEGUN = Event("casework.part_begun", _("An agency's part began"))
PART_STOPPED = Event("casework.part_stopped", _("An agency's clock stands still"))
PART_RESUMED = Event("casework.part_resumed", _("An agency's clock runs again"))
PART_ENDED = Event("casework.part_ended", _("An agency's part ended"))
PART_SILENT = Event("casework.part_silent", _("An agency did not answer in its time"))
PART_ANSWERED_LATE = Event("casework.part_answered_late", _("An agency answered after its time"))
PART_SUCCEEDED = Event("casework.part_succeeded", _("Another agency took over a part"))

ALL = (
    FLOW_PUBLISHED,
    FLOW_RETIRED,
    CASE_STARTED,
    CASE_ENDED,
    CASE_CANCELLED,
    CASE_RESCHEDULED,
    CASE_HANDED_ON,
    TASK_TAKEN,
    TASK_RELEASED,
    WORK_HANDED_BACK,
    TASK_ASSIGNED,
    TASK_DONE,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    TIMER_FIRED,
    SERVICE_ANSWERED,
    RETRIED,
    PART_BEGUN,
    PART_STOPPED,
    PART_RESUMED,
    PART_ENDED,
    PART_SILENT,
    PART_ANSWERED_LATE,
    PART_SUCCEEDED,
)
