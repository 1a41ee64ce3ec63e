"""The discipline case as it is kept."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, VARCHAR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.cases import Case
from shared.events.complaints import Severity
from shared.events.discipline import Departure, Response, SanctionKind
from shared.events.roster import Leaving
from shared.policy.agency import Cell, Sanction
from shared.tables import COLUMN_TYPES


class State(StrEnum):
    """Where a discipline case is."""

    OPENED = "opened"
    RANGE_COMPUTED = "range computed"
    PROPOSED = "proposed"
    NOTICE_SERVED = "notice served"
    RESPONDED = "responded"
    RESPONSE_WAIVED = "response waived"
    RESPONSE_LAPSED = "response lapsed"
    HEARING_HELD = "hearing held"
    DECIDED = "decided"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal decided"
    FINAL = "final"
    IMPLEMENTED = "implemented"
    COMPLETE = "complete"


class Service(StrEnum):
    """Whether an officer serves at the agency."""

    SERVING = "serving"
    DEPARTED = "departed"


SETTLED = (State.FINAL, State.IMPLEMENTED, State.COMPLETE)
"""The states in which the sanction can no longer change."""


class Stage(StrEnum):
    """Which of the rulings of a case one is."""

    RECOMMENDED = "recommended"
    DECIDED = "decided"
    ON_APPEAL = "on appeal"


class TrainingTopic(StrEnum):
    """What officers are trained in to mend what went wrong."""

    COMMUNITY_POLICING = "community policing"
    RACIAL_RECONCILIATION = "racial reconciliation"
    CONFLICT_MANAGEMENT = "conflict management"
    DE_ESCALATION = "de-escalation"
    COMMUNICATION = "communication"
    LEADERSHIP = "leadership"
    IMPLICIT_BIAS = "awareness of implicit bias"


class Table(DeclarativeBase):
    """A table of this service."""

    type_annotation_map: ClassVar[dict[Any, Any]] = COLUMN_TYPES


class DisciplineCase(Case, Table):
    """All charges of one sustained complaint against one officer, and what came of them."""

    __tablename__ = "discipline_case"
    __table_args__ = (
        UniqueConstraint("agency", "number"),
        Index("discipline_case_newest_first", "agency", "opened_at", "id"),
    )

    number: Mapped[str]
    state: Mapped[State]
    complaint_id: Mapped[UUID] = mapped_column(index=True)
    officer_id: Mapped[UUID] = mapped_column(index=True)
    incident_on: Mapped[date | None]
    """As the complaint told it, or as it was established with the range."""

    matrix: Mapped[str | None]
    """The name of the policy pack that the range comes from."""
    level: Mapped[str | None]
    """Of the most serious count."""
    nth: Mapped[int | None]
    kept_cell: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    evidence: Mapped[str | None]
    """The explanation of the evidence that the officer was given with the notice."""
    notice_served_at: Mapped[datetime | None]
    respond_by: Mapped[date | None]
    response: Mapped[Response | None]
    statement: Mapped[str | None]
    """What the officer responded."""
    hearing_on: Mapped[date | None]
    hearing_summary: Mapped[str | None]

    appeal_by: Mapped[date | None]
    appeal_waived: Mapped[bool] = mapped_column(default=False)
    appeal_because: Mapped[str | None]
    final_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    """The day on which the sanction took effect."""

    counts: Mapped[list["Count"]] = relationship(order_by="Count.position", lazy="selectin")
    priors: Mapped[list["Prior"]] = relationship(
        order_by="Prior.incident_on", lazy="selectin", foreign_keys="Prior.case_id"
    )
    rulings: Mapped[list["Ruling"]] = relationship(order_by="Ruling.at", lazy="selectin")
    training: Mapped[list["Training"]] = relationship(order_by="Training.due_on", lazy="selectin")

    @property
    def cell(self) -> Cell | None:
        """The range as the matrix told it when it was computed; None before."""
        return None if self.kept_cell is None else Cell.model_validate(self.kept_cell)

    def ruling(self, stage: Stage) -> "Ruling | None":
        """Return what was ruled at `stage`, or None while nothing was."""
        return next((ruling for ruling in self.rulings if ruling.stage is stage), None)


class Count(Table):
    """One sustained allegation."""

    __tablename__ = "sustained_count"
    __table_args__ = (UniqueConstraint("agency", "allegation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("discipline_case.id"), index=True)
    agency: Mapped[str]
    position: Mapped[int]
    allegation_id: Mapped[UUID]
    category: Mapped[str]
    severity: Mapped[Severity]
    level: Mapped[str | None]
    """Where the matrix has the category; None until the range is computed."""


class Prior(Table):
    """An earlier case that made this one the nth of its level, kept so that it can be argued with."""

    __tablename__ = "prior"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("discipline_case.id"), primary_key=True)
    prior_id: Mapped[UUID] = mapped_column(ForeignKey("discipline_case.id"), primary_key=True)
    agency: Mapped[str]
    number: Mapped[str]
    incident_on: Mapped[date]


class Ruling(Table):
    """What one person would have, or has, the officer bear; never changed, so that all rulings stay side by side."""

    __tablename__ = "ruling"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("discipline_case.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(primary_key=True)
    agency: Mapped[str]
    kind: Mapped[SanctionKind | None]
    days: Mapped[int | None]
    departure: Mapped[Departure]
    factors: Mapped[list[str]] = mapped_column(ARRAY(VARCHAR))
    because: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]

    @property
    def sanction(self) -> Sanction | None:
        """The sanction, or None where there is to be none."""
        return None if self.kind is None else Sanction(kind=self.kind, days=self.days)


class Training(Table):
    """Training that the officer is to complete."""

    __tablename__ = "training"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("discipline_case.id"), primary_key=True)
    topic: Mapped[TrainingTopic] = mapped_column(primary_key=True)
    agency: Mapped[str]
    due_on: Mapped[date]


class Officer(Case, Table):
    """An officer in the agency's roster; the id is the one that cases and tokens call them by."""

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("agency", "badge"), Index("officer_newest_first", "agency", "opened_at", "id"))

    state: Mapped[Service]
    badge: Mapped[str]
    """Never given to a second officer."""
    name: Mapped[str]
    rank: Mapped[str]
    unit: Mapped[str]
    supervisor_id: Mapped[UUID | None]
    sworn_on: Mapped[date]
    leaving: Mapped[Leaving | None]
    left_on: Mapped[date | None]
