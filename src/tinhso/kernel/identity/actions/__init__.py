"""Every act of identity, by what it is about."""

from tinhso.kernel.identity.actions.accounts import (
    UsernameTaken,
    VneidOnly,
    add_account,
    choose_language,
    close_account,
    enrol_totp,
    reopen_account,
    set_password,
)
from tinhso.kernel.identity.actions.emergency import NeverInEmergency, begin_emergency, end_emergency
from tinhso.kernel.identity.actions.messages import retry_message, send_messages
from tinhso.kernel.identity.actions.notices import notify, queue_mail, queue_sms, read_all_notices, read_notice
from tinhso.kernel.identity.actions.people import (
    add_business,
    add_person,
    change_business,
    change_person,
    find_or_add_business,
    find_or_add_person,
)
from tinhso.kernel.identity.actions.repeating import Answer, KeyUsedOtherwise, act_once, forget_answers, kept_answer
from tinhso.kernel.identity.actions.sign_in import (
    clean_sessions,
    end_access,
    end_other_sessions,
    record_failed_sign_in,
    record_password,
    record_second_factor,
    record_sign_in,
    record_sign_out,
)
from tinhso.kernel.identity.actions.tokens import issue_token, revoke_token

__all__ = [
    "Answer",
    "KeyUsedOtherwise",
    "NeverInEmergency",
    "UsernameTaken",
    "VneidOnly",
    "act_once",
    "add_account",
    "add_business",
    "add_person",
    "begin_emergency",
    "change_business",
    "change_person",
    "choose_language",
    "clean_sessions",
    "close_account",
    "end_access",
    "end_emergency",
    "end_other_sessions",
    "enrol_totp",
    "find_or_add_business",
    "find_or_add_person",
    "forget_answers",
    "issue_token",
    "kept_answer",
    "notify",
    "queue_mail",
    "queue_sms",
    "read_all_notices",
    "read_notice",
    "record_failed_sign_in",
    "record_password",
    "record_second_factor",
    "record_sign_in",
    "record_sign_out",
    "reopen_account",
    "retry_message",
    "revoke_token",
    "send_messages",
    "set_password",
]
