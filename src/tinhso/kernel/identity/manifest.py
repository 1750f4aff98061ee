"""What identity lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.live import LiveTopic
from tinhso.base.personal import Erasure, PersonalData
from tinhso.base.registry import Demo, Entry, Module, Periodic, permissions
from tinhso.kernel.identity import access, demo, erasures, gauges, personal, queries, tasks
from tinhso.kernel.identity.actions import keys, repeating
from tinhso.kernel.identity.events import EVENTS
from tinhso.kernel.identity.live import notices_changed, notices_heard


def signed_in(actor: Actor) -> bool:
    """Show to whoever is signed in."""
    return actor.kind is not ActorKind.ANONYMOUS


module = Module(
    slug="tai-khoan",
    title=_("Account"),
    serves=("S-06",),
    prefix="identity",
    lends=(
        Entry(
            "identity:notices",
            _("Notices"),
            needs=signed_in,
            menu="bell",
            icon="bell",
            count=queries.unread_count,
            live="notices",
        ),
        LiveTopic("notices", notices_changed, notices_heard),
        Entry("identity:home", _("My account"), needs=signed_in, menu="mine", icon="circle-user-round", order=80),
        Entry("identity:sessions", _("Where I am signed in"), needs=signed_in, menu="mine", icon="monitor", order=82),
        Entry(
            "mfa_index",
            _("Second factor"),
            needs=access.can_hold_second_factor,
            menu="mine",
            icon="key-round",
            order=84,
        ),
        Entry(
            "identity:tokens",
            _("Access tokens"),
            needs=access.can_hold_second_factor,
            menu="mine",
            icon="code",
            order=86,
        ),
        PersonalData("who", _("Who you are: number, name, address; your accounts"), personal.who, order=10),
        PersonalData("messages", _("Notices and messages that were sent to you"), personal.messages, order=60),
        Erasure(
            "identity.failed_sign_in",
            _("Failed sign-ins, with their addresses"),
            erasures.failed_sign_ins,
            erasures.delete_sign_ins,
            days=30,
        ),
        Erasure("identity.message", _("Messages that were sent"), erasures.messages, erasures.delete_messages, days=90),
        Erasure("identity.notice", _("Notices on the site"), erasures.notices, erasures.empty_notices),
        Periodic("identity.mail", 5, tasks.send_mail),
        Periodic("identity.sms", 10, tasks.send_sms),
        Periodic("identity.clean", 86400, tasks.clean),
        Periodic("identity.sessions", 1800, tasks.clean_sessions),
        Demo("identity.accounts", demo.load, order=20),
        keys.SECOND_FACTORS,
        repeating.KEPT_ANSWERS,
        *gauges.GAUGES,
        *permissions(access),
        *EVENTS,
    ),
)
