"""Who is acting: a person or a part of the system, with roles, in agencies.

How a token becomes an actor is `shared.tokens`; which route admits whom is `shared.access`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is for, in the words of the procedure manual."""

    INTAKE = "intake"
    INVESTIGATOR = "investigator"
    COMMANDER = "commander"
    ADJUDICATOR = "adjudicator"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    AWARD_BOARD = "award_board"
    FACILITATOR = "facilitator"
    LIAISON = "liaison"
    OVERSIGHT = "oversight"
    CUSTODIAN = "custodian"
    RECORDS = "records"
    AUDITOR = "auditor"
    ADMIN = "admin"
    CLOCK = "clock"
    COMPLAINANT = "complainant"
    """Whoever holds the receipt code of a case; nobody gets this role from a token."""
    PUBLIC = "public"
    """Anyone at all; nobody gets this role from a token."""
    HOUSE = "house"
    """A service acting on what another service announced; nobody gets this role from a token."""


NOT_FROM_TOKENS = frozenset({Role.COMPLAINANT, Role.PUBLIC, Role.HOUSE, Role.CLOCK})


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever takes a step.

    `id` is the person's id in the roster and in the identity provider: one person, one id, which is how a
    conflict of interest is seen at all.
    """

    id: UUID
    roles: frozenset[Role]
    agencies: frozenset[str] = field(default_factory=frozenset)
    token_id: str = ""

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)


NOBODY = UUID(int=0)

PUBLIC = Actor(NOBODY, frozenset({Role.PUBLIC}))
HOUSE = Actor(NOBODY, frozenset({Role.HOUSE}))
