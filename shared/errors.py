"""Refusals: sentences that the person who gets them can act on, sent as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException


class Refusal(Exception):  # noqa: N818 - the procedure manual says refusal, and so do we
    """A request that is not carried out, with the reason as a sentence. Nothing of it is stored."""

    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT
    kind: ClassVar[str] = "refused"
    headers: ClassVar[Mapping[str, str] | None] = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Objection(Refusal):
    """The procedure itself stands against it: a wrong state, a conflict of interest, a missing precondition."""

    kind = "objection"


class Malformed(Refusal):
    """The request cannot be read as what it should be."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "malformed"


class Unauthenticated(Refusal):
    """No token, or one that proves nothing."""

    status = HTTPStatus.UNAUTHORIZED
    kind = "unauthenticated"
    headers: ClassVar[Mapping[str, str] | None] = {"WWW-Authenticate": "Bearer"}


class Forbidden(Refusal):
    """The caller is known, and this is not theirs to do."""

    status = HTTPStatus.FORBIDDEN
    kind = "forbidden"


class NotFound(Refusal):
    """It does not exist, or the caller may not know that it does."""

    status = HTTPStatus.NOT_FOUND
    kind = "not-found"


class Stale(Refusal):
    """The case has moved on since the caller read it."""

    status = HTTPStatus.PRECONDITION_FAILED
    kind = "stale"


class Away(Refusal):
    """Something this service needs does not answer at the moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "away"
    headers: ClassVar[Mapping[str, str] | None] = {"Retry-After": "5"}


def problem(status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer that says what is wrong and what to do about it."""
    content = {"type": f"/problems/{kind}", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    return JSONResponse(content, status, dict(headers or {}), media_type="application/problem+json")


def sentence(error: Mapping[str, Any]) -> str:
    """Return one pydantic error as a sentence that names the field in dotted form."""
    where = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "path", "header", "form"))
    if error["type"] == "extra_forbidden":
        return f"The field {where!r} is not known here; leave it out."
    if error["type"] == "missing":
        return f"The field {where!r} is missing."
    return f"{where or 'The body'}: {str(error['msg']).removeprefix('Value error, ')}."


def sentences(errors: Sequence[Mapping[str, Any]]) -> str:
    """Return the first few errors as sentences, and how many more there are."""
    shown = [sentence(error) for error in errors[:5]]
    more = len(errors) - len(shown)
    return " ".join([*shown, f"And {more} more."] if more else shown)


def answer_with_problems(app: FastAPI) -> None:
    """Make every refusal, validation error and unforeseen fault of `app` a problem document."""

    @app.exception_handler(Refusal)
    async def refused(_: Request, refusal: Refusal) -> JSONResponse:
        return problem(refusal.status, refusal.kind, refusal.detail, headers=refusal.headers)

    @app.exception_handler(RequestValidationError)
    async def unreadable(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", sentences(error.errors()))

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> JSONResponse:
        detail = PLAIN.get(error.status_code, str(error.detail))
        return problem(error.status_code, "request", detail, headers=error.headers)

    @app.exception_handler(OperationalError)
    async def database_away(_: Request, __: OperationalError) -> JSONResponse:
        detail = "The database does not answer; nothing was stored. Try again in a few seconds."
        return problem(Away.status, Away.kind, detail, headers=Away.headers)

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, __: Exception) -> JSONResponse:
        detail = "Something went wrong on our side and nothing was stored. Try again, or tell the operator."
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", detail)


PLAIN: Mapping[int, str] = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address exists, but not with this method.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this address accepts; send less at once.",
}
"""What the framework's own refusals say here."""
