"""What reconciliation does when another service speaks."""

from sqlalchemy.orm import Session

from services.reconciliation.commands.process import open_process
from services.reconciliation.commands.recommendations import open_for_findings
from shared.events.complaints import AgencyFound, HarmReferred
from shared.inbox import Consumers, Told

CONSUMERS = Consumers()


@CONSUMERS.on(HarmReferred)
def harm_was_referred(session: Session, referral: HarmReferred, told: Told) -> None:
    """Open a process of the kind that was asked for."""
    open_process(session, referral, told)


@CONSUMERS.on(AgencyFound)
def agency_was_found_at_fault(session: Session, found: AgencyFound, told: Told) -> None:
    """Open a recommendation for each failure."""
    open_for_findings(session, found, told)
