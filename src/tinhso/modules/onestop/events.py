"""Facts that the one-stop shop announces. The verb is the same in action, permission, page and event."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

ANNOUNCED = (
    Event("onestop.application_started", _("An application was started")),
    Event("onestop.application_saved", _("A step of an application was saved")),
    Event("onestop.application_discarded", _("An application was discarded")),
    Event("onestop.applications_expired", _("Drafts whose time was over were thrown away")),
    Event("onestop.dossier_filed", _("The dossier was filed"), public=True),
    Event("onestop.dossier_accepted", _("The dossier was accepted"), public=True),
    Event("onestop.dossier_refused", _("The dossier was refused at reception"), public=True),
    Event("onestop.supplement_asked", _("More papers were asked for"), public=True),
    Event("onestop.supplement_answered", _("The papers asked for were sent"), public=True),
    Event("onestop.dossier_withdrawn", _("The applicant withdrew the dossier"), public=True),
    Event("onestop.dossier_assigned", _("The dossier was given to an officer"), public=True),
    Event("onestop.task_taken", _("An officer took the dossier")),
    Event("onestop.step_finished", _("A step was finished"), public=True),
    Event("onestop.answers_entered", _("A declaration made on paper was entered")),
    Event("onestop.result_proposed", _("A result was proposed"), public=True),
    Event("onestop.returned_for_correction", _("The proposal was sent back for correction")),
    Event("onestop.opinion_asked", _("Another agency was asked for its opinion"), public=True),
    Event("onestop.opinion_given", _("An opinion was given"), public=True),
    Event("onestop.result_numbered", _("The result was given its number")),
    Event("onestop.result_number_voided", _("A number of last year's book was never signed, and is void")),
    Event("onestop.result_signed", _("The result was signed"), public=True),
    Event("onestop.result_issued", _("The result was numbered and issued"), public=True),
    Event("onestop.result_returned", _("The result was handed over"), public=True),
    Event("onestop.result_postponed", _("A new date was set, with an apology"), public=True),
    Event("onestop.dossier_stopped", _("Processing was stopped"), public=True),
    Event("onestop.payment_started", _("A payment was started")),
    Event("onestop.payment_settled", _("The fee was paid"), public=True),
    Event("onestop.day_counted", _("The figures of a day were counted")),
    Event("onestop.payments_taken", _("Payments were taken to the gateway, to be asked about or given back")),
    Event("onestop.payment_failed", _("A payment failed")),
    Event("onestop.payment_excess", _("Money that is not due came in; it is given back")),
    Event("onestop.payment_due_back", _("The fee is to be given back"), public=True),
    Event("onestop.payment_refunded", _("Money was given back"), public=True),
    Event("onestop.dossier_read", _("An official read the dossier")),
    Event("onestop.dossier_rated", _("The applicant gave a rating")),
    Event("onestop.file_added", _("A file was added")),
)
