"""What reconciliation does when another service speaks."""

from sqlalchemy.orm import Session

from services.reconciliation.commands.process import open_process
from shared.events.complaints import HarmReferred
from shared.inbox import Consumers, Told

CONSUMERS = Consumers()


@CONSUMERS.on(HarmReferred)
def harm_was_referred(session: Session, referral: HarmReferred, told: Told) -> None:
    """Open a process of the kind that was asked for."""
    open_process(session, referral, told)
