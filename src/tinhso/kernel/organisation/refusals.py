"""What the organisation says no to."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal, Text

TOO_LONG = _("At most {most} letters fit here.")


class StaffCodeTaken(Refusal):
    """Another official has this staff code."""

    code = "organisation.staff_code_taken"
    text: ClassVar[Text] = _("Staff code {staff_code} belongs to {name}. Check the code.")


class UserNameTaken(Refusal):
    """Another official has this user name."""

    code = "organisation.user_name_taken"
    text: ClassVar[Text] = _("User name {username} belongs to {name}. Choose another.")


class SeatsFull(Refusal):
    """As many officials hold the post as it has seats."""

    code = "organisation.seats_full"
    text: ClassVar[Text] = _("“{post}” is held by {holders}. End that tenure first, or begin this one later.")


class HoldsAlready(Refusal):
    """The official holds this post in the same days already."""

    code = "organisation.holds_already"
    text: ClassVar[Text] = _("{name} holds “{post}” in these days already.")


class DatesCrossed(Refusal):
    """The end lies before the beginning."""

    code = "organisation.dates_crossed"
    text: ClassVar[Text] = _("The last day {end} lies before the first day {start}. Mend one of them.")


class EndedAlready(Refusal):
    """The tenure or delegation ended before."""

    code = "organisation.ended_already"
    text: ClassVar[Text] = _("This ended on {end} already.")


class NotTheHolder(Refusal):
    """Only authority that one holds can be delegated."""

    code = "organisation.not_the_holder"
    text: ClassVar[Text] = _("{name} does not hold “{post}” on {day}, so cannot delegate it.")


class RoleNotInPost(Refusal):
    """A post cannot give what it does not have."""

    code = "organisation.role_not_in_post"
    text: ClassVar[Text] = _("“{post}” does not carry the role “{role}”. Choose among: {known}.")


class DelegatedToSelf(Refusal):
    """Nobody delegates to themselves."""

    code = "organisation.delegated_to_self"
    text: ClassVar[Text] = _("{name} holds “{post}” already. Choose another official.")
