"""Policy packs: the rules of each agency as TOML, read at start. A wrong pack refuses to start."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from shared.policy.agency import Agency, AgencyRules, Awards, Matrix, Taxonomy
from shared.policy.letters import Letters
from shared.policy.limits import TimeLimits
from shared.policy.pack import Pack

SHIPPED = Path(__file__).parent / "packs"

P = TypeVar("P", bound=Pack)


class WrongPackError(Exception):
    """A policy pack does not hold up; the sentence names the file and the key."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of every agency that this installation serves."""

    agencies: Mapping[str, AgencyRules]

    @classmethod
    def read(cls, folder: Path | None = None) -> Self:
        """Read the packs in `folder`, or the shipped ones.

        Raises:
            WrongPackError: a pack is missing, is not TOML, or holds a wrong key or value.
        """
        root = folder or SHIPPED
        agencies = _packs(root / "agencies", Agency)
        if not agencies:
            raise WrongPackError(f"{root / 'agencies'} holds no agency; write one there as <code>.toml")
        taxonomies = _packs(root / "taxonomies", Taxonomy)
        matrices = _packs(root / "matrices", Matrix)
        awards = _packs(root / "awards", Awards)
        limits = _packs(root / "limits", TimeLimits)
        letters = _packs(root / "letters", Letters)
        return cls(
            {
                code: AgencyRules(
                    code=code,
                    agency=agency,
                    taxonomy=_named(root, code, "taxonomy", agency.taxonomy, taxonomies),
                    matrices={name: _named(root, code, "matrices", name, matrices) for name in agency.matrices},
                    awards=_named(root, code, "awards", agency.awards, awards),
                    letters=_named(root, code, "letters", agency.letters, letters),
                    **_together(
                        root, code, {name: _named(root, code, "limits", name, limits) for name in agency.limits}
                    ),
                )
                for code, agency in agencies.items()
            }
        )


def _packs(folder: Path, kind: type[P]) -> dict[str, P]:
    return {path.stem: _pack(path, kind) for path in sorted(folder.glob("*.toml"))}


def _pack(path: Path, kind: type[P]) -> P:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise WrongPackError(f"{path} is not TOML: {wrong}") from wrong
    except ValidationError as wrong:
        first = wrong.errors()[0]
        said = [str(path), ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")]
        raise WrongPackError(": ".join(filter(None, said))) from wrong


def _named(root: Path, code: str, key: str, name: str, packs: Mapping[str, P]) -> P:
    if name not in packs:
        known = ", ".join(packs) or "none"
        raise WrongPackError(f"{root / 'agencies' / code}.toml: {key}: there is no pack {name!r} (there is: {known})")
    return packs[name]


def _together(root: Path, code: str, packs: Mapping[str, TimeLimits]) -> dict[str, Any]:
    """Return the limits and grounds of several packs, each of which is known by its code alone."""
    found: dict[str, dict[str, Any]] = {"limits": {}, "grounds": {}}
    for name, pack in packs.items():
        for kind, there in found.items():
            mine = getattr(pack, kind)
            if both := next((one for one in mine if one in there), None):
                raise WrongPackError(
                    f"{root / 'agencies' / code}.toml: limits: {both!r} stands twice, also in {name!r}"
                )
            there.update(mine)
    return found
