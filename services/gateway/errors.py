"""Refusals of the gateway itself; like the services' they have a code, and texts by that code.

Each docstring is the rule and the way out; parameters are named in it, none is personal data.
"""

from __future__ import annotations

from typing import ClassVar

from shared.kernel.refusal import Refusal


class GatewayRefusal(Refusal):
    """Base of what the gateway says no to."""


class NotSignedInError(GatewayRefusal):
    """This needs an account: sign in, or send a token."""

    status: ClassVar[int] = 401


class TokenInvalidError(GatewayRefusal):
    """The token is unknown, withdrawn or expired: get a new one."""

    status: ClassVar[int] = 401


class WrongCredentialsError(GatewayRefusal):
    """No active account has this e-mail address and password: check both and try again."""

    status: ClassVar[int] = 401


class TooManyAttemptsError(GatewayRefusal):
    """After ``limit`` failed logins the next is possible in ``wait_minutes`` minutes."""

    status: ClassVar[int] = 429


class NotAllowedError(GatewayRefusal):
    """The account's roles do not allow this: ask the programme's staff for another role."""

    status: ClassVar[int] = 403


class OutOfScopeError(GatewayRefusal):
    """The account's roles allow this, but for other units, teams or regions than this one."""

    status: ClassVar[int] = 403


class CsrfFailedError(GatewayRefusal):
    """The form is too old or came from elsewhere: load the page again and send it from there."""

    status: ClassVar[int] = 400


class LateAdmissionNotAllowedError(GatewayRefusal):
    """Only programme staff admit an application after the deadline: leave the reason out."""

    status: ClassVar[int] = 403


class EffectiveAtNotAllowedError(GatewayRefusal):
    """Only programme staff take over the past with ``X-Effective-At``: leave the header out."""

    status: ClassVar[int] = 403


class AccessKeyMissingError(GatewayRefusal):
    """An application is opened by its key, or by programme staff: send it, or sign in."""

    status: ClassVar[int] = 401


class MalformedBodyError(GatewayRefusal):
    """The body is not sound JSON (``line`` and ``column`` of the first mistake): correct it."""

    status: ClassVar[int] = 400


class HeaderInvalidError(GatewayRefusal):
    """The header ``header`` has a form that cannot be read: correct it or leave it out."""

    status: ClassVar[int] = 400


class EmailTakenError(GatewayRefusal):
    """An e-mail address belongs to one account: choose another, or change that account."""


class PasswordTooWeakError(GatewayRefusal):
    """A password has at least ``minimum`` characters and is none of the most common ones."""

    status: ClassVar[int] = 422


class OwnAccountError(GatewayRefusal):
    """Nobody takes their own account's access away: ask another operator."""


class BadRequestError(GatewayRefusal):
    """The request cannot be understood: correct it."""

    status: ClassVar[int] = 400


class PageNotFoundError(GatewayRefusal):
    """There is nothing at this address: check it, or start from the first page."""

    status: ClassVar[int] = 404


class MethodNotAllowedError(GatewayRefusal):
    """This address does not take the method ``method``; it takes ``allowed`` (by commas)."""

    status: ClassVar[int] = 405


class NotAcceptableError(GatewayRefusal):
    """The answer does not exist in the form that the caller accepts: accept another."""

    status: ClassVar[int] = 406


class BodyTooLargeError(GatewayRefusal):
    """A request may have ``limit_mb`` MB: send less."""

    status: ClassVar[int] = 413


class UnsupportedMediaTypeError(GatewayRefusal):
    """The body's content type must be ``expected``: set it and send the body in that form."""

    status: ClassVar[int] = 415


class InternalError(GatewayRefusal):
    """Something broke on our side: try again; with the correlation id the fault can be found."""

    status: ClassVar[int] = 500


class ServiceUnavailableRefusal(GatewayRefusal):
    """The service ``service`` does not answer: try again in a moment, with the same key."""

    status: ClassVar[int] = 503


class NotUtf8Error(GatewayRefusal):
    """A text file is read as UTF-8, and this one is not: save it as UTF-8 and send it again."""

    status: ClassVar[int] = 422


class AuthorsOnlyInDraftError(GatewayRefusal):
    """Authors write in a draft; this document is ``state``, so it is the editors' turn."""


class EditorsOnlyInEditingError(GatewayRefusal):
    """Editors change what was handed in; this document is ``state``: its authors write it."""
