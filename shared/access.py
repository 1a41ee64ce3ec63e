"""Who is admitted to which route: deny by default, and written as data that can be listed and reviewed.

Every route names the workflow step or the reading rule that admits its callers. What somebody may see of a single
case is the service's own rule, in its queries.
"""

from collections.abc import Collection, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends as Dependency

from shared.actors import PUBLIC, Actor, Role
from shared.errors import Forbidden, NotFound, Unauthenticated
from shared.policy import Policy
from shared.policy.agency import AgencyRules
from shared.tokens import Verifier
from shared.workflow import Workflow


async def current_actor(request: Request) -> Actor:
    """Return who calls: the bearer of a verified token, or anyone.

    Raises:
        Unauthenticated: the token proves nothing.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return PUBLIC
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Authorization takes 'Bearer' and a token.")
    verifier: Verifier = request.app.state.verifier
    known = verifier.cached(token)
    return known if known is not None else await run_in_threadpool(verifier.verify, token)


CurrentActor = Annotated[Actor, Depends(current_actor)]
"""Whoever calls."""


WITHOUT_A_TOKEN = frozenset({Role.COMPLAINANT, Role.PUBLIC, Role.HOUSE})
"""Roles in which nobody comes to a step of a case by its id."""


class Admission:
    """The rule that admits callers to a route."""

    def __init__(self, rule: str, roles: frozenset[Role]) -> None:
        self.rule = rule
        self.roles = roles

    async def __call__(self, request: Request, actor: CurrentActor) -> None:
        """Let the caller pass to the path's agency, or refuse.

        Raises:
            NotFound: no such agency is served here.
            Unauthenticated: a token is needed.
            Forbidden: the token's roles or agencies do not reach here.
        """
        request.state.actor = actor
        agency = request.path_params.get("agency")
        policy: Policy = request.app.state.policy
        if agency is not None:
            served(agency, policy.agencies)
        open_to_all = not self.roles.isdisjoint({Role.PUBLIC, Role.COMPLAINANT})
        if actor is PUBLIC:
            if open_to_all:
                return
            raise Unauthenticated("This takes a token; sign in first.")
        if not open_to_all and not actor.has(*self.roles):
            raise Forbidden(f"This takes one of the roles {', '.join(sorted(self.roles))}.")
        if agency is not None and agency not in actor.agencies:
            raise Forbidden(f"Your token is not for the agency {agency!r}.")


def served(agency: str, agencies: Collection[str]) -> None:
    """Refuse an agency that is not one of those that are served here.

    Raises:
        NotFound: names some that are.
    """
    if agency not in agencies:
        there = _first(sorted(agencies))
        raise NotFound("No agency {agency!r} is served here; there is {there}.", agency=agency, there=there)


def _first(names: Sequence[str], most: int = 10) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def takes(workflow: Workflow[Any], verb: str) -> Dependency:
    """Admit whoever may take this step from some state; the workflow looks again at the case itself."""
    return Dependency(Admission(f"{workflow.noun}: {verb}", workflow.roles(verb) - WITHOUT_A_TOKEN))


def reads(rule: str, *roles: Role) -> Dependency:
    """Admit these roles to something that is no step: a question, or a deed outside the workflow."""
    return Dependency(Admission(rule, frozenset(roles)))


async def rules_of_agency(agency: str, request: Request) -> AgencyRules:
    """Return the rules of the path's agency."""
    policy: Policy = request.app.state.policy
    return policy.agencies[agency]


Rules = Annotated[AgencyRules, Depends(rules_of_agency)]
"""The policy packs of the path's agency."""
