"""The columns of what people said of themselves: race, gender and age, which are counted and not kept."""

from typing import Annotated, Any, Generic

from pydantic import BeforeValidator

from accord.importing.parts import Column, Part, V, Words
from accord.importing.words import folded
from shared.events.complaints import AgeBand, Gender, Race, SaidOfThemselves

NOT_SAID = "not said"
"""What a mapping says of words by which nobody has said anything of themselves."""


def none_if_not_said(word: object) -> object:
    """Return None for the word that stands for nothing said."""
    return None if word == NOT_SAID else word


class Attribute(Part, Generic[V]):
    """A column of what people said of themselves."""

    column: Column
    words: Words[Annotated[V | None, BeforeValidator(none_if_not_said)]]
    """Words of the cell → what is counted, or "not said"; a blank cell is the word ""."""

    def read(self, cell: str) -> V | None:
        """Return what a cell says, None where nothing is said.

        Raises:
            ValueError: names the word that is not mapped.
        """
        if folded(cell) not in self.words:
            raise ValueError(f"{self.column}: {cell.strip()!r} is not mapped; add it to the mapping.")
        return self.words[folded(cell)]


class OfThemselves(Part):
    """What people said of themselves, for statistics only; each may be absent."""

    race: Attribute[Race] | None = None
    gender: Attribute[Gender] | None = None
    age_band: Attribute[AgeBand] | None = None

    def attributes(self) -> dict[str, Attribute[Any]]:
        """Return the columns by what they are about."""
        return {name: getattr(self, name) for name in SaidOfThemselves.model_fields if getattr(self, name)}

    def read(self, said: dict[str, str]) -> SaidOfThemselves | None:
        """Return what the columns say, None for nothing.

        Raises:
            ValueError: names the word that is not mapped.
        """
        found = SaidOfThemselves(**{name: one.read(said[one.column]) for name, one in self.attributes().items()})
        return None if found == SaidOfThemselves() else found
