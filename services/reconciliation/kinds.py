"""What each kind of process takes, and what bars it.

Source: an example from memory, not verified against any programme's rules. Police mediation programmes commonly exclude
the grave cases below; circles and listening sessions exist to deal with some of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.events.complaints import RepairProcess
from shared.events.reconciliation import Exclusion

VERIFIED = False
"""Whether the table was read in a source."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The rules of one kind of process."""

    barred_by: frozenset[Exclusion]
    takes_officer: bool
    """Whether it cannot take place without an officer at the table."""


UNSAFE = frozenset(
    {Exclusion.CRIMINAL, Exclusion.CORRUPTION, Exclusion.DOMESTIC_VIOLENCE, Exclusion.PENDING_COURT},
)
"""What no process between those who did harm and those who suffered it may touch."""

KINDS: Mapping[RepairProcess, Kind] = {
    RepairProcess.MEDIATION: Kind(barred_by=frozenset(Exclusion), takes_officer=True),
    RepairProcess.CONFERENCE: Kind(barred_by=UNSAFE, takes_officer=True),
    RepairProcess.CONVERSATION: Kind(barred_by=UNSAFE, takes_officer=True),
    RepairProcess.RESTORATIVE_CIRCLE: Kind(barred_by=UNSAFE, takes_officer=False),
    RepairProcess.LISTENING_SESSION: Kind(barred_by=frozenset(), takes_officer=False),
}
