"""What `/openapi.json` says beside what the framework reads from signatures: headers, refusals, and who is admitted."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from shared.access import Admission, reads
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
    TooMany,
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

ON_CODE: tuple[type[Refusal], ...] = (TooMany,)
"""What a request with a receipt code can be refused for as well."""

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
    request: str | None = Field(None, description="the request's id, by which the operator finds it in the log")


def form_with_file(fields: type[BaseModel]) -> Json:
    """Return what a route that takes such a form says of its body; the framework does not read it."""
    schema = fields.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, definition in schema.pop("$defs", {}).items():
        schema = _put_in(schema, f"#/components/schemas/{name}", definition)
    schema["properties"]["file"] = {"type": "string", "format": "binary", "description": "the file, with its name"}
    schema["required"] = ["file", *schema.get("required", [])]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _put_in(schema: Json, reference: str, definition: Json) -> Json:
    """Return a schema with what a reference stands for in its place."""
    if schema.get("$ref") == reference:
        return {**definition, **{key: value for key, value in schema.items() if key != "$ref"}}
    return {
        key: _put_in(part, reference, definition) if isinstance(part, dict) else part for key, part in schema.items()
    }


class Described(FastAPI):
    """An application whose OpenAPI document is whole."""

    def openapi(self) -> Json:
        """Return the document; it is made once."""
        before = self.openapi_schema
        document: Json = super().openapi()
        if document is not before:
            complete(document, self.routes)
        return document

    @cached_property
    def written(self) -> tuple[bytes, str]:
        """The document as JSON, and its ETag."""
        body = json.dumps(self.openapi(), ensure_ascii=False, separators=(",", ":")).encode()
        return body, f'"{hashlib.sha256(body).hexdigest()}"'


DOCUMENT = APIRouter()


@DOCUMENT.get(
    "/openapi.json", include_in_schema=False, dependencies=[reads("what can be asked of this service", Role.PUBLIC)]
)
async def document(request: Request) -> Response:
    """Return the document; 304 to whoever has it, as the gateway that asks again and again."""
    body, etag = request.app.written
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


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
                if Role.COMPLAINANT in admission.roles:
                    operation["responses"].update(refused_by(ON_CODE))
    components = document.setdefault("components", {})
    for framework_own in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(framework_own, None)
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    components["parameters"] = dict(PARAMETERS)
    components["headers"] = {"ETag": ETAG}
    components["responses"] = {kind.kind: response_of(kind) for kind in (*ALWAYS, *ON_POST, *ON_STEP, *ON_CODE)}
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
    operation["responses"].update(refused_by(refusals))


def refused_by(refusals: Iterable[type[Refusal]]) -> Json:
    """Return what an operation's answers say of refusals that are described among the components."""
    return {str(int(kind.status)): {"$ref": f"#/components/responses/{kind.kind}"} for kind in refusals}


def response_of(kind: type[Refusal]) -> Json:
    """Return how a refusal looks, by what its class says of it."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {name: {"schema": {"type": "string"}, "example": value} for name, value in (kind.headers or {}).items()}
    return {"description": kind.__doc__ or "", "content": content} | ({"headers": headers} if headers else {})
