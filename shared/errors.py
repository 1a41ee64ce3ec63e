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


class TooLarge(Refusal):
    """The body is larger than this installation takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    kind = "too-large"


class Away(Refusal):
    """Something this service needs does not answer at the moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "away"
    headers: ClassVar[Mapping[str, str] | None] = {"Retry-After": "5"}


def problem(status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer that says what is wrong and what to do about it."""
    content = {"type": f"/problems/{kind}", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    return JSONResponse(content, status, dict(headers or {}), media_type="application/problem+json")


def too_large(largest: int) -> JSONResponse:
    """Return the answer to a body of more than `largest` bytes."""
    detail = f"The body is larger than the {largest} bytes that this address accepts; send less at once."
    return problem(TooLarge.status, TooLarge.kind, detail)


PLACES: Mapping[str, str] = {
    "body": "field",
    "form": "field",
    "query": "query parameter",
    "path": "part of the address",
    "header": "header",
}
"""What something is called that stands in this place of a request; anywhere else it is a field."""

OBJECT = "Send a JSON object, with Content-Type: application/json."
BODY: Mapping[str, str] = {
    "missing": "This takes a body of JSON, and there is none.",
    "model_attributes_type": OBJECT,
    "model_type": OBJECT,
    "dict_type": OBJECT,
}
"""pydantic's type of error → the sentence, where the error is the body as a whole."""

DATE = "{where} takes a date such as 2026-11-23."
TIME = "{where} takes a time such as 2026-11-23T15:00:00Z."
ID = "{where} takes an id (a UUID); a case number is not one."
SENTENCES: Mapping[str, str] = {
    "extra_forbidden": "The {what} {where!r} is not known here; leave it out.",
    "missing": "The {what} {where!r} is missing.",
    "json_invalid": "The body is not JSON: {reason} at character {position}.",
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "datetime_type": TIME,
    "datetime_parsing": TIME,
    "datetime_object_invalid": TIME,
    "datetime_from_date_parsing": TIME,
    "timezone_aware": "{where} takes a time with its time zone, such as 2026-11-23T15:00:00Z.",
    "uuid_type": ID,
    "uuid_parsing": ID,
    "string_pattern_mismatch": "{where} is not written as it should be: {pattern}.",
}
"""pydantic's type of error → the sentence; any other error is told in pydantic's words."""

PATTERNS: Mapping[str, str] = {
    "^[a-z]{2}$": "two small letters, such as en",
    "^[a-z0-9][a-z0-9-]{0,62}$": "small letters, digits and hyphens, such as use-of-force",
}
"""What a pattern asks for; any other pattern is shown as it is."""


def sentence(error: Mapping[str, Any]) -> str:
    """Return one pydantic error as a sentence that names the field in dotted form."""
    kind, loc = str(error["type"]), tuple(map(str, error["loc"]))
    place = loc[0] if loc and loc[0] in PLACES else ""
    where = ".".join(loc[1:] if place else loc)
    where = where.title() if place == "header" else where
    if place == "body" and not where and kind in BODY:
        return BODY[kind]
    if kind in SENTENCES:
        return SENTENCES[kind].format(what=PLACES.get(place, "field"), where=where, **_told(error))
    message = str(error["msg"]).removeprefix("Value error, ")
    if not loc:
        return f"{message[:1].upper()}{message[1:]}."
    return f"{where or 'The body'}: {message}."


def _told(error: Mapping[str, Any]) -> dict[str, object]:
    """Return what sentences tell of an error beside its place; characters are counted from 1."""
    context = error.get("ctx", {})
    reason, pattern = str(context.get("error", "")), str(context.get("pattern", ""))
    return {
        "reason": f"{reason[:1].lower()}{reason[1:]}",
        "position": error["loc"][-1] + 1 if error["type"] == "json_invalid" else 0,
        "pattern": PATTERNS.get(pattern, f"the pattern is {pattern}"),
    }


def sentences(errors: Sequence[Mapping[str, Any]]) -> str:
    """Return the first few errors as sentences, and how many more there are."""
    shown = [sentence(error) for error in errors[:5]]
    more = len(errors) - len(shown)
    return " ".join([*shown, f"And {more} more."] if more else shown)


def answer_with_problems(app: FastAPI) -> None:
    """Make every refusal, validation error and unforeseen fault of `app` a problem document; it has its settings."""

    @app.exception_handler(Refusal)
    async def refused(_: Request, refusal: Refusal) -> JSONResponse:
        return problem(refusal.status, refusal.kind, refusal.detail, headers=refusal.headers)

    @app.exception_handler(RequestValidationError)
    async def unreadable(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", sentences(error.errors()))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == TooLarge.status:
            return too_large(request.app.state.settings.max_body_size)
        detail = PLAIN.get(error.status_code, str(error.detail))
        return problem(error.status_code, "request", detail, headers=error.headers)

    @app.exception_handler(OperationalError)
    async def database_away(_: Request, __: OperationalError) -> JSONResponse:
        detail = (
            "The database does not answer. Ask again in a few seconds, with the same Idempotency-Key if you sent one."
        )
        return problem(Away.status, Away.kind, detail, headers=Away.headers)

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, __: Exception) -> JSONResponse:
        detail = "Something went wrong on our side and nothing was stored. Try again, or tell the operator."
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", detail)


PLAIN: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "The body cannot be read; send JSON in UTF-8, or a well-formed form.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address exists, but not with this method.",
}
"""What the framework's own refusals say here."""
