"""Admission to the gateway's own routes: they are open to everyone, and nobody is asked who they are."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from shared.access import Admission
from shared.actors import PUBLIC, Actor, Role


async def anyone() -> Actor:
    """Return the public, whatever token came along: a service looks at it, or nobody does."""
    return PUBLIC


class OpenDoor(Admission):
    """Admits everyone to an agency that is served here."""

    async def __call__(self, request: Request, actor: Annotated[Actor, Depends(anyone)]) -> None:
        """Let the caller pass.

        Raises:
            NotFound: no such agency is served here.
        """
        await super().__call__(request, actor)


def open_to_all(rule: str) -> Dependency:
    """Admit everyone, without reading `Authorization`."""
    return Dependency(OpenDoor(rule, frozenset({Role.PUBLIC})))
