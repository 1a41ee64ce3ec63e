"""A panel that decides complaints by majority, as an agency's policy says."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.events.complaints import Finding


class Panel(BaseModel):
    """How many decide, how many of them have to vote, and what a tie means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: int = Field(gt=1, le=99)
    quorum: int = Field(gt=0)
    tie: Finding | None = None
    """What is found when no finding has a majority; None lets the panel go on."""

    @model_validator(mode="after")
    def quorum_that_can_be_reached(self) -> Self:
        """Refuse a quorum of more than there are, and one that a minority makes up."""
        if not self.members / 2 < self.quorum <= self.members:
            raise ValueError(f"a quorum of {self.quorum} is not a majority of {self.members} members, or more than all")
        return self

    @model_validator(mode="after")
    def tie_that_accuses_nobody(self) -> Self:
        """Refuse to hold against an officer what no majority holds against them."""
        if self.tie is Finding.SUSTAINED:
            raise ValueError("a tie cannot mean 'sustained'")
        return self
