"""What the documents kernel refuses, each with what to do next."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal


class Empty(Refusal):
    """Nothing in it."""

    code = "documents.empty"
    text = _("The file {name} is empty. Check it on your device, then choose it again.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooLarge(Refusal):
    """More bytes than one file may have (`settings.MAX_FILE_BYTES`)."""

    code = "documents.too_large"
    text = _("The file {name} is larger than {limit} MB. Scan it at 200 dpi or split it, then send it again.")
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooManyPixels(Refusal):
    """An image that would take too much memory to look at."""

    code = "documents.too_many_pixels"
    text = _("The image {name} is larger than {limit} million points. Scan it at 300 dpi or less, then send it again.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class WrongType(Refusal):
    """Not one of the kinds of file we take, whatever its name says."""

    code = "documents.wrong_type"
    text = _("The file {name} is {found}. Send one of these: {allowed}.")
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Infected(Refusal):
    """The scanner knows this content as harmful."""

    code = "documents.infected"
    text = _(
        "The file {name} carries harmful code ({found}) and was not kept. Clean your device before you send again."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Unreadable(Refusal):
    """Damaged inside, or locked with a password."""

    code = "documents.unreadable"
    text = _("The file {name} cannot be opened: it is damaged. Save or scan it again, then send it.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Locked(Unreadable):
    """Needs a password to open."""

    code = "documents.locked"
    text = _("The file {name} is locked with a password. Remove the password, then send it again.")


class Active(Refusal):
    """Would run a script or a program on the desk of whoever opens it, or blow up there."""

    code = "documents.active"
    text = _("The file {name} runs a script or a program when it is opened. Print it to a new PDF, then send that.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyPages(Refusal):
    """More pages than are looked at."""

    code = "documents.too_many_pages"
    text = _("The file {name} has more than {limit} pages. Split it, then send it again.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TwoInOne(Refusal):
    """Two kinds of file in the same bytes: what one program shows is not what another opens."""

    code = "documents.two_in_one"
    text = _("The file {name} is two kinds of file in one. Save or scan it again, then send it.")
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Incomplete(Refusal):
    """Cut off before its end."""

    code = "documents.incomplete"
    text = _("The file {name} stops before its end. Send it again and wait until it is all sent.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoSpace(Refusal):
    """The disk is full: nothing of this file was kept."""

    code = "documents.no_space"
    text = _(
        "There is no room left to keep files. Nothing was saved. Try again later; the administrator must free space."
    )
    status = HTTPStatus.INSUFFICIENT_STORAGE


class StoreAway(Refusal):
    """The storage of files elsewhere did not answer in time, or would not let us in: nothing was kept or read."""

    code = "documents.store_away"
    text = _("Files cannot be kept or read right now. Nothing was changed. Try again in a few minutes.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


class ScannerAway(Refusal):
    """The malware scanner did not answer: no file comes in unscanned."""

    code = "documents.scanner_away"
    text = _("Files cannot be checked for harmful code right now, so none is taken. Try again in a few minutes.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Damaged(Refusal):
    """What lies in the store is no longer what was saved."""

    code = "documents.damaged"
    text = _(
        "The stored file {name} no longer matches its fingerprint. Tell the administrator to restore it from a backup."
    )
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class InUse(Refusal):
    """The document is attached to something and stays."""

    code = "documents.in_use"
    text = _("The file {name} is part of something already sent, so it stays.")


class UnknownUpload(Refusal):
    """No such upload of this owner: never begun, ended, or too old."""

    code = "documents.unknown_upload"
    text = _("This upload is no longer here. Choose the file again.")
    status = HTTPStatus.NOT_FOUND


class UploadExpired(UnknownUpload):
    """Begun too long ago."""

    code = "documents.upload_expired"
    text = _("This upload was left too long. Choose the file again.")
    status = HTTPStatus.GONE


class UploadUnfinished(Refusal):
    """Some of it has not arrived."""

    code = "documents.upload_unfinished"
    text = _("{name} has not arrived whole: {received} of {size} bytes. Go on sending it.")


class UploadBusy(Refusal):
    """Another connection is writing it at this moment."""

    code = "documents.upload_busy"
    text = _("This file is being sent over another connection. Wait a moment, then go on.")
    status = HTTPStatus.LOCKED


class WrongOffset(Refusal):
    """The piece does not begin where the last one ended."""

    code = "documents.wrong_offset"
    text = _("This piece does not follow the last one: {offset} bytes are here. Go on from there.")


class WrongChecksum(Refusal):
    """The piece changed on its way."""

    code = "documents.wrong_checksum"
    text = _("A piece of the file changed on its way. Send it again.")
    status = HTTPStatus.BAD_REQUEST


class TooManyUploads(Refusal):
    """More unfinished uploads than one owner may have."""

    code = "documents.too_many_uploads"
    text = _("You have {count} unfinished uploads. Finish or cancel some, then begin another.")
    status = HTTPStatus.TOO_MANY_REQUESTS


class WrongPin(Refusal):
    """Not the PIN of this signing key."""

    code = "documents.wrong_pin"
    text = _("That is not the PIN of your signing key. {left} tries left.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class KeyBlocked(Refusal):
    """Too many wrong PINs."""

    code = "documents.key_blocked"
    text = _("Your signing key is blocked after too many wrong PINs. Try again after {until}.")
    status = HTTPStatus.TOO_MANY_REQUESTS


class NoKey(Refusal):
    """The official has no signing key."""

    code = "documents.no_key"
    text = _("You have no signing key yet. Ask your administrator for one.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class WeakPin(Refusal):
    """A PIN that is too easy to guess."""

    code = "documents.weak_pin"
    text = _("Choose a PIN of at least six characters that is not one repeated or counted up.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CannotIssue(Refusal):
    """This key ring does not make keys itself."""

    code = "documents.cannot_issue"
    text = _("Signing keys are not made here. Ask the certificate authority for one.")


class KeyNotValid(Refusal):
    """The certificate is not in force at the moment of signing."""

    code = "documents.key_not_valid"
    text = _("The certificate of this signing key is not in force on {day}. Ask your administrator to renew it.")


class CannotSign(Refusal):
    """Not something that can take a signature."""

    code = "documents.cannot_sign"
    text = _("{name} cannot be signed. Only a PDF that allows it can.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
