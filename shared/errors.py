"""Refusals: sentences that the person who gets them can act on, sent as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.types import Scope

from shared.telemetry import correlation
from shared.tongues import ENGLISH, error_sentence, preferred, told


class Refusal(Exception):  # noqa: N818 - the procedure manual says refusal, and so do we
    """A request that is not carried out, with the reason as a sentence. Nothing of it is stored.

    Args:
        sentence: in English. One that is told in other languages too leaves what varies to `fields`.
        fields: what the {fields} of the sentence hold.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT
    kind: ClassVar[str] = "refused"
    headers: ClassVar[Mapping[str, str] | None] = None

    def __init__(self, sentence: str, /, **fields: object) -> None:
        self.detail = told(sentence, ENGLISH, **fields)
        super().__init__(self.detail)
        self._sentence, self._fields = sentence, fields

    def told_in(self, language: str) -> str:
        """Return the reason in `language`, or in English when no catalogue has it."""
        return told(self._sentence, language, **self._fields)

    def answer(self, language: str) -> JSONResponse:
        """Return the problem document that says so."""
        return problem(self.status, self.kind, self.told_in(language), headers=self.headers)


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


class TooMany(Refusal):
    """Too much was tried in too short a time."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    kind = "too-many"
    headers: ClassVar[Mapping[str, str] | None] = {"Retry-After": "60"}


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
    if request := correlation():
        content["request"] = request
    return JSONResponse(content, status, dict(headers or {}), media_type="application/problem+json")


TOO_LARGE = "The body is larger than the {largest} bytes that this address accepts; send less at once."


def too_large(largest: int, language: str = ENGLISH) -> JSONResponse:
    """Return the answer to a body of more than `largest` bytes."""
    return problem(TooLarge.status, TooLarge.kind, told(TOO_LARGE, language, largest=largest))


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
    "^[A-Z][0-9]{4}-[0-9]{6,12}$": "a case number, such as C2026-000123",
    "^[a-z0-9][a-z0-9-]{0,62}$": "small letters, digits and hyphens, such as use-of-force",
}
"""What a pattern asks for; any other pattern is shown as it is."""


def sentence(error: Mapping[str, Any], language: str = ENGLISH) -> str:
    """Return one pydantic error as a sentence that names the field in dotted form."""
    kind, loc = str(error["type"]), tuple(map(str, error["loc"]))
    place = loc[0] if loc and loc[0] in PLACES else ""
    where = ".".join(loc[1:] if place else loc)
    where = where.title() if place == "header" else where
    if place == "body" and not where and kind in BODY:
        return told(BODY[kind], language)
    if kind in SENTENCES:
        return told(SENTENCES[kind], language, what=PLACES.get(place, "field"), where=where, **_told(error))
    if known := error_sentence(kind, language, {"where": where, **error.get("ctx", {})}):
        return known
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


def sentences(errors: Sequence[Mapping[str, Any]], language: str = ENGLISH) -> str:
    """Return the first few errors as sentences, and how many more there are."""
    shown = [sentence(error, language) for error in errors[:5]]
    more = len(errors) - len(shown)
    return " ".join([*shown, told("And {more} more.", language, more=more)] if more else shown)


def language_of(request: Request) -> str:
    """Return the language in which whoever asks is answered."""
    return language_in(request.scope)


def language_in(scope: Scope) -> str:
    """Return the same, for who has no more than the server tells of a request."""
    return preferred(Headers(scope=scope).get("accept-language", ""))


def answer_with_problems(app: FastAPI) -> None:
    """Make every refusal, validation error and unforeseen fault of `app` a problem document; it has its settings."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> JSONResponse:
        return refusal.answer(language_of(request))

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
        detail = sentences(error.errors(), language_of(request))
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", detail)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        language = language_of(request)
        if error.status_code == TooLarge.status:
            largest = request.scope.get(MAX_BODY_SIZE_SCOPE_KEY, request.app.state.settings.max_body_size)
            return too_large(largest, language)
        detail = told(PLAIN.get(error.status_code, str(error.detail)), language)
        return problem(error.status_code, "request", detail, headers=error.headers)

    @app.exception_handler(OperationalError)
    async def database_away(request: Request, __: OperationalError) -> JSONResponse:
        return problem(Away.status, Away.kind, told(DATABASE_AWAY, language_of(request)), headers=Away.headers)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, __: Exception) -> JSONResponse:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", told(UNFORESEEN, language_of(request)))


DATABASE_AWAY = (
    "The database does not answer. Ask again in a few seconds, with the same Idempotency-Key if you sent one."
)
UNFORESEEN = "Something went wrong on our side and nothing was stored. Try again, or tell the operator."
PLAIN: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "The body cannot be read; send JSON in UTF-8, or a well-formed form.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address exists, but not with this method.",
}
"""What the framework's own refusals say here."""
