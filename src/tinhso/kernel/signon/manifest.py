"""What sign-on lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.personal import PersonalData
from tinhso.base.registry import Entry, Module, PackPart, Periodic, Subscriber, permissions
from tinhso.kernel.signon import access, personal, tasks
from tinhso.kernel.signon.events import EVENTS
from tinhso.kernel.signon.pack import SystemsPart
from tinhso.kernel.signon.sealing import SIGNING_KEYS


def signed_in(actor: Actor) -> bool:
    """Show to whoever is signed in."""
    return actor.kind is not ActorKind.ANONYMOUS


module = Module(
    slug="oidc",
    title=_("One sign-in for all systems"),
    serves=("S-06",),
    prefix="signon",
    mount="",
    lends=(
        Entry("signon:systems", _("Systems I signed in to"), needs=signed_in, menu="mine", icon="layers", order=83),
        PersonalData("systems", _("Other systems you signed in to"), personal.systems_of, order=70),
        Periodic("signon.sessions", 5, tasks.leave_sessions),
        Periodic("signon.logouts", 5, tasks.tell_logouts),
        Periodic("signon.rotate", 86400, tasks.rotate),
        Periodic("signon.withdraw", 3600, tasks.withdraw),
        Periodic("signon.clean", 86400, tasks.clean),
        Subscriber(
            "signon.end_with_access", ("identity.access_ended", "identity.account_closed"), tasks.end_with_access
        ),
        PackPart("systems", SystemsPart(), order=70),
        SIGNING_KEYS,
        *permissions(access),
        *EVENTS,
    ),
)
