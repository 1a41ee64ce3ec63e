"""What `/openapi.json` says beside what the framework reads from signatures: headers, refusals, and who is admitted."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from shared.access import Admission
from shared.actors import Role
from shared.errors import (
    Away,
    Forbidden,
    Malformed,
    NotFound,
    Objection,
    Refusal,
    Stale,
    TooLarge,
    Unauthenticated,
)
from shared.idempotency import KEY_LENGTHS

Json = dict[str, Any]

ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, Forbidden, NotFound, Malformed, Away)
"""What any request about an agency can be refused for: even where nobody needs a token, a token sent is looked at."""

ON_POST: tuple[type[Refusal], ...] = (Objection, TooLarge)
"""What a deed can be refused for as well."""

ON_STEP: tuple[type[Refusal], ...] = (Stale,)
"""What a deed about a case that is there can be refused for as well."""

WITHOUT_TOKEN = frozenset({Role.PUBLIC, Role.COMPLAINANT})

COLLECTION = "/agencies/{agency}/complaints"
"""Where a list is read; every longer address is about one case."""

AGENCY: Json = {
    "name": "agency",
    "in": "path",
    "required": True,
    "description": "the agency's code, such as rivertown",
    "schema": {"type": "string"},
}

PARAMETERS: Mapping[str, Json] = {
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "a random UUID of yours; the same request sent again with it has no second effect and gets the"
        " first answer",
        "schema": {"type": "string", "minLength": KEY_LENGTHS[0], "maxLength": KEY_LENGTHS[-1]},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "the ETag of the case as you read it; a step is refused when the case has moved on since",
        "schema": {"type": "string"},
        "example": '"3"',
    },
}

ETAG: Json = {"description": "the version of the case, for If-Match", "schema": {"type": "string"}, "example": '"3"'}

BEARER: Json = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "a token of the issuer that this installation trusts, with the caller's roles and agencies",
}


class Problem(BaseModel):
    """Why a request was not carried out (RFC 9457). Nothing of it was stored."""

    type: str = Field(description="the kind of refusal, such as /problems/stale")
    title: str = Field(description="the status in words")
    status: int
    detail: str = Field(description="a sentence that says what is wrong and what to do about it")


class Described(FastAPI):
    """An application whose OpenAPI document is whole."""

    def openapi(self) -> Json:
        """Return the document; it is made once."""
        before = self.openapi_schema
        document: Json = super().openapi()
        if document is not before:
            complete(document, self.routes)
        return document


def complete(document: Json, routes: Iterable[BaseRoute]) -> None:
    """Write into `document` what `routes` promise beside their signatures."""
    for route in iter_route_contexts(list(routes)):
        rules = [one.dependency for one in getattr(route, "dependencies", [])]
        admission = next((rule for rule in rules if isinstance(rule, Admission)), None)
        path = str(route.path_format)
        for method in route.methods or ():
            operation = document["paths"].get(path, {}).get(method.lower())
            if operation is not None and admission is not None:
                _describe(operation, admission)
                if "{agency}" in path:
                    _add_promises(operation, path, method)
    components = document.setdefault("components", {})
    for framework_own in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(framework_own, None)
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    components["parameters"] = dict(PARAMETERS)
    components["headers"] = {"ETag": ETAG}
    components["responses"] = {kind.kind: _response(kind) for kind in (*ALWAYS, *ON_POST, *ON_STEP)}
    components["securitySchemes"] = {"token": BEARER}


def _describe(operation: Json, admission: Admission) -> None:
    """Say who is admitted by which rule, and whether that takes a token."""
    who = ", ".join(sorted(admission.roles))
    operation["description"] = f"{operation.get('description', '')}\n\nAdmitted: {who} ({admission.rule}).".strip()
    if admission.roles - WITHOUT_TOKEN:
        operation["security"] = [{"token": []}]


def _add_promises(operation: Json, path: str, method: str) -> None:
    """Add the headers that a request about cases takes and gets, and what it can be refused for."""
    deed = method == "POST"
    step = deed and path.count("{") > 1
    parameters = [one for one in operation.get("parameters", []) if one["name"] != "agency"]
    taken = [name for name, takes in (("Idempotency-Key", deed), ("If-Match", step)) if takes]
    references = [{"$ref": f"#/components/parameters/{name}"} for name in taken]
    operation["parameters"] = [AGENCY, *parameters, *references]
    refusals = ALWAYS + (ON_POST if deed else ()) + (ON_STEP if step else ())
    if deed or path.count("/") > COLLECTION.count("/"):
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                answer["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
    for kind in refusals:
        operation["responses"][str(int(kind.status))] = {"$ref": f"#/components/responses/{kind.kind}"}


def _response(kind: type[Refusal]) -> Json:
    """Return how a refusal looks, by what its class says of it."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {name: {"schema": {"type": "string"}, "example": value} for name, value in (kind.headers or {}).items()}
    return {"description": kind.__doc__ or "", "content": content} | ({"headers": headers} if headers else {})
