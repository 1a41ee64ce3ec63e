"""The people of the story."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from shared.actors import Role
from shared.issuer import DevelopmentIssuer

AGENCY = "rivertown"
BOARD = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works for the agency or with it."""

    name: str
    id: UUID
    roles: tuple[Role, ...]
    token: str


@dataclass(frozen=True, slots=True)
class People:
    """Everyone in the story whom the agency knows."""

    intake: Person
    investigator: Person
    commander: Person
    chief: Person
    accused: Person
    praised: Person
    sergeant: Person
    lieutenant: Person
    liaison: Person
    facilitator: Person
    records: Person
    onlookers: tuple[Person, ...]
    """Those with a role that the story does not need."""
    board: tuple[Person, ...]

    def everyone(self) -> tuple[Person, ...]:
        """Return them all."""
        several = ("board", "onlookers")
        return (*(getattr(self, name) for name in self.__slots__ if name not in several), *self.board, *self.onlookers)


def meet(issuer: DevelopmentIssuer) -> People:
    """Return the people, each with a token of their own."""

    def person(name: str, *roles: Role) -> Person:
        who = uuid4()
        return Person(name, who, roles, issuer.mint(who, roles, [AGENCY]))

    return People(
        intake=person("intake officer", Role.INTAKE),
        investigator=person("investigator", Role.INVESTIGATOR),
        commander=person("commander of internal affairs", Role.COMMANDER),
        chief=person("chief", Role.ADJUDICATOR),
        accused=person("accused officer", Role.OFFICER),
        praised=person("praised officer", Role.OFFICER),
        sergeant=person("sergeant", Role.SUPERVISOR),
        lieutenant=person("lieutenant", Role.SUPERVISOR),
        liaison=person("community liaison", Role.LIAISON),
        facilitator=person("facilitator", Role.FACILITATOR),
        records=person("records clerk", Role.RECORDS),
        onlookers=tuple(
            person(role.value, role) for role in (Role.OVERSIGHT, Role.CUSTODIAN, Role.AUDITOR, Role.ADMIN)
        ),
        board=tuple(person(f"board member {number + 1}", Role.AWARD_BOARD) for number in range(BOARD)),
    )
