"""Who calls, and tokens for machines."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, current_app, request
from pydantic import Field

from services.gateway import sessions
from services.gateway.accounts import LONGEST_PASSWORD, Account, Role
from services.gateway.auth import authenticate, principal
from services.gateway.blueprints.api.base import blueprint
from services.gateway.blueprints.api.operation import operation
from services.gateway.errors import NotSignedInError
from services.gateway.runtime import runtime
from shared.contracts.base import Answer, Request


class IssueToken(Request):
    """Credentials of an account."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=LONGEST_PASSWORD, json_schema_extra={"format": "password"})


class Token(Answer):
    """A bearer token; it is shown once."""

    token: str
    expires_at: datetime


class Me(Answer):
    """The account that calls."""

    account_id: UUID
    full_name: str
    email: str
    roles: tuple[Role, ...]
    voivodeships: tuple[str, ...]
    expert_id: UUID | None
    jst_ids: tuple[UUID, ...]


@blueprint.post("/tokens")
@operation("Get a token", request=IssueToken, answer=Token, status=201)
def issue_token(message: IssueToken) -> Token:
    """Send it as ``Authorization: Bearer …``."""
    here = runtime()
    token, expires_at = sessions.issue_token(
        here.database,
        authenticate(message.email, message.password).id,
        now=here.clock.now(),
        lasts=timedelta(hours=here.settings.token_hours),
    )
    return Token(token=token, expires_at=expires_at)


@blueprint.delete("/tokens/current")
@operation("Give the token back", status=204)
def revoke_token() -> Response:
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    if principal().means != "token":
        raise NotSignedInError
    sessions.revoke_token(runtime().database, token.strip())
    return current_app.response_class(status=204)


@blueprint.get("/me")
@operation("The account that calls", answer=Me)
def get_me() -> Me:
    account = principal().account
    if account is None:
        raise NotSignedInError
    return _me(account)


def _me(account: Account) -> Me:
    return Me(
        account_id=account.id,
        full_name=account.full_name,
        email=account.email,
        roles=tuple(sorted(account.roles)),
        voivodeships=account.voivodeships,
        expert_id=account.expert_id,
        jst_ids=account.jst_ids,
    )
