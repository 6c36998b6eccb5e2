"""Who calls, and whether they may: checked once, before every request.

The table is `permissions.PERMISSIONS`; what an account sees of the objects is `scope`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from services.gateway import accounts, sessions
from services.gateway.accounts import Account, Role
from services.gateway.errors import (
    CsrfFailedError,
    NotAllowedError,
    NotSignedInError,
    OutOfScopeError,
    TokenInvalidError,
)
from services.gateway.permissions import PERMISSIONS, Permission
from services.gateway.runtime import runtime
from services.gateway.scope import Scope, is_in_scope, scope_of
from shared.kernel.refusal import NotFoundError

API_PREFIX = "/api/"
SIGN_IN_PATH = "/logowanie"
UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

csrf = CSRFProtect()


@dataclass(frozen=True)
class Principal:
    """Who calls, and how they proved it."""

    account: Account | None = None
    means: Literal["nothing", "session", "token"] = "nothing"

    @property
    def is_signed_in(self) -> bool:
        """Whether there is an account."""
        return self.account is not None

    @property
    def roles(self) -> frozenset[Role]:
        """The account's roles; none for the public."""
        return self.account.roles if self.account else frozenset()

    @property
    def actor(self) -> str | None:
        """The account's id as it stands in the log; never a name."""
        return str(self.account.id) if self.account else None

    @property
    def scope(self) -> Scope:
        """Which part of the programme the account works for."""
        return scope_of(self.account)

    def has(self, *roles: Role) -> bool:
        """Whether the account has one of these roles."""
        return not self.roles.isdisjoint(roles)


ANYONE = Principal()


def init_app(app: Flask) -> None:
    """Check every request of the app; refuse to start with an endpoint that has no permission."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked below, where a cookie proves who calls
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session
    csrf.init_app(app)
    app.before_request(identify)
    app.before_request(check)


def check_table(app: Flask) -> None:
    """Compare the app's endpoints with the permission table.

    Raises:
        LookupError: An endpoint has no row.
    """
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    forgotten = sorted(endpoints - PERMISSIONS.keys())
    if forgotten:
        raise LookupError(f"no row in permissions.PERMISSIONS: {', '.join(forgotten)}")


def principal() -> Principal:
    """Who calls."""
    found: Principal = g.get("principal", ANYONE)
    return found


def current_account() -> Account | None:
    """The account that calls, if any."""
    return principal().account


def identify() -> None:
    """Find out who calls: by bearer token, else by session cookie.

    Raises:
        TokenInvalidError: A token was sent and opens nothing.
    """
    here, now = runtime(), runtime().clock.now()
    authorization = request.headers.get("Authorization")
    if authorization is not None and is_api():
        kind, _, token = authorization.partition(" ")
        account = sessions.token_account(here.database, token.strip(), now=now)
        if kind.lower() != "bearer" or account is None:
            raise TokenInvalidError
        g.principal = Principal(account, "token")
        return
    cookie = request.cookies.get(cookie_name())
    if cookie:
        account = sessions.session_account(
            here.database,
            cookie,
            now=now,
            idle=timedelta(minutes=here.settings.session_idle_minutes),
        )
        if account is not None:
            g.principal = Principal(account, "session")


def check() -> BaseResponse | None:
    """Let the request through, or not.

    Raises:
        CsrfFailedError: A form came without the token of its page.
        NotSignedInError: It needs an account (an API call; a page leads to the login).
        NotAllowedError: The account's roles do not allow it.
        NotFoundError: The object is outside the account's scope, or not there at all (API).
        OutOfScopeError: The same, on pages.
    """
    if request.endpoint is None:
        return None  # no such address: answered as such
    permission = PERMISSIONS[request.endpoint]
    caller = principal()
    if not permission.is_public and not caller.is_signed_in:
        if is_api() or request.method in UNSAFE_METHODS:
            raise NotSignedInError
        return redirect(sign_in_address(request.full_path.rstrip("?")))
    _check_csrf(caller)
    if not permission.is_public and not caller.has(*permission.roles):
        raise NotAllowedError
    _check_scope(permission, caller)
    return None


def sign_in(email: str, password: str) -> Account:
    """Open a session for this request's answer; the one before ends.

    Raises:
        WrongCredentialsError: No active account has these.
        TooManyAttemptsError: Too many failures; says how long to wait.
    """
    here, now = runtime(), runtime().clock.now()
    account = authenticate(email, password)
    _end_session()
    session.pop("csrf_token", None)  # another one after every login
    g.new_session = sessions.open_session(
        here.database,
        account.id,
        now=now,
        lasts=timedelta(hours=here.settings.session_hours),
        idle=timedelta(minutes=here.settings.session_idle_minutes),
    )
    g.principal = Principal(account, "session")
    return account


def sign_out() -> None:
    """End this request's session."""
    _end_session()
    session.clear()
    g.new_session = ""
    g.principal = ANYONE


def authenticate(email: str, password: str) -> Account:
    """The account that these credentials open, for whoever calls from this request's address.

    Raises:
        WrongCredentialsError: No active account has these.
        TooManyAttemptsError: Too many failures; says how long to wait.
    """
    here = runtime()
    return accounts.authenticate(
        here.database,
        email,
        password,
        address=request.remote_addr or "",
        secret=here.settings.secret_key,
        now=here.clock.now(),
    )


def keep_session(response: Response) -> Response:
    """Send the cookie of a session that was opened or ended in this request."""
    token = g.get("new_session")
    if token is None:
        return response
    settings = runtime().settings
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(settings.session_hours * 3600) if token else 0,
        secure=not settings.insecure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def cookie_name() -> str:
    """Name of the session's cookie; the prefix binds it to this host and HTTPS."""
    return "ore-session" if runtime().settings.insecure_cookies else "__Host-ore-session"


def is_api() -> bool:
    """Whether a machine calls: it is answered in JSON."""
    return request.path.startswith(API_PREFIX)


def sign_in_address(target: str) -> str:
    """The login page's address, which leads back to ``target`` afterwards."""
    return f"{SIGN_IN_PATH}?{urlencode({'next': target})}"


def _end_session() -> None:
    cookie = request.cookies.get(cookie_name())
    if cookie:
        sessions.end_session(runtime().database, cookie)


def _check_csrf(caller: Principal) -> None:
    if request.method not in UNSAFE_METHODS or caller.means == "token":
        return
    if is_api() and caller.means == "nothing":
        return  # no cookie speaks for anybody, so nothing can be forged
    try:
        csrf.protect()
    except CSRFError:
        raise CsrfFailedError from None


def _check_scope(permission: Permission, caller: Principal) -> None:
    if permission.scope is None or caller.account is None:
        return
    value = (request.view_args or {}).get(permission.scope.value)
    if value is None or caller.scope.is_everything:
        return
    with runtime().database.reading() as connection:
        if is_in_scope(connection, caller.scope, permission.scope, value):
            return
    if not is_api():
        raise OutOfScopeError
    what = permission.scope.value.removesuffix("_id").removesuffix("_code")
    raise NotFoundError(what=what, id=str(value))
