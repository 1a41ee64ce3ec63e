"""A patient client: it says everything until it is answered, and is understood once."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Self
from uuid import uuid4

import httpx

from accord.errors import OperatorError

NOT_NOW = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
UNDER_WAY = "/problems/under-way"
PAUSE = 0.2

Json = dict[str, Any]


class Caller:
    """Speaks to a running stack.

    Args:
        url: the gateway.
        patience: seconds after which an unanswered request is given up.
    """

    def __init__(self, url: str, patience: float = 60.0) -> None:
        self._client = httpx.Client(base_url=url, timeout=10.0, trust_env=False)
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, token: str = "", **query: Any) -> Json:  # noqa: ANN401 - whatever the address takes
        """Return what stands at `path`."""
        return self._answered(lambda: self._client.get(path, params=query or None, headers=bearer(token)), path)

    def post(self, path: str, token: str, body: Json | None = None) -> Json:
        """Take a step and return the case after it; said again under one key until it is answered."""
        headers = {**bearer(token), "Idempotency-Key": str(uuid4())}
        return self._answered(lambda: self._client.post(path, json=body, headers=headers), path)

    def submit(self, path: str, form: dict[str, str | list[str]]) -> Json:
        """Send a web form, without a token."""
        headers = {"Idempotency-Key": str(uuid4())}
        return self._answered(lambda: self._client.post(path, data=form, headers=headers), path)

    def wait_for(self, ask: Callable[[], Any], what: str) -> Any:  # noqa: ANN401 - whatever is asked for
        """Return the first answer that is something.

        Raises:
            OperatorError: nothing came in time.
        """
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            if answer := ask():
                return answer
            time.sleep(PAUSE)
        raise OperatorError(f"{what} did not come within {self._patience:.0f} s; is every worker running?")

    def _answered(self, send: Callable[[], httpx.Response], path: str) -> Json:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                response = send()
            except httpx.TransportError as fault:
                trouble = str(fault) or type(fault).__name__
            else:
                if response.is_success:
                    answer: Json = response.json()
                    return answer
                trouble = said(response)
                if response.status_code not in NOT_NOW and UNDER_WAY not in response.text:
                    raise OperatorError(f"{path} answers {response.status_code}: {trouble}")
            if time.monotonic() > deadline:
                raise OperatorError(f"{path} does not answer: {trouble}")
            time.sleep(PAUSE)


def said(response: httpx.Response) -> str:
    """Return the sentence of a problem document, or what came instead."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return response.text[:200]


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"} if token else {}
