"""What every policy pack says of itself."""

from pydantic import BaseModel, ConfigDict, Field


class Pack(BaseModel):
    """A policy pack: data that a lawyer can read and argue with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    source: str = Field(min_length=1, description="where the rules were read")
    verified: bool = Field(description="whether the rules were read in the source, or are an example from memory")
