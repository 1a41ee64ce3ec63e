"""What discipline does when another service speaks."""

from itertools import groupby
from operator import attrgetter

from sqlalchemy.orm import Session

from services.discipline.commands.opening import not_yet_charged, open_case
from shared.events.complaints import ComplaintDecided
from shared.inbox import Consumers, Told

CONSUMERS = Consumers()

OFFICER = attrgetter("officer_id")


@CONSUMERS.on(ComplaintDecided)
def open_cases(session: Session, decided: ComplaintDecided, told: Told) -> None:
    """Open one case for every officer against whom a charge was sustained; a complaint without charges opens none."""
    charges = sorted(not_yet_charged(session, decided.charges), key=OFFICER)
    for officer_id, theirs in groupby(charges, key=OFFICER):
        open_case(session, told, officer_id, list(theirs), decided.incident_on)
