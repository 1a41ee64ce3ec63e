"""What an agency's office works with when it writes to somebody: its rules, the vault, and whether mail can be sent."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from shared.access import Rules
from shared.policy.agency import AgencyRules
from shared.post import post_of
from shared.settings import Settings
from shared.vault import SealedBy, Vault


class Office(NamedTuple):
    """The office of one agency."""

    rules: AgencyRules
    vault: Vault
    mails: bool
    """Whether this installation sends e-mail."""


async def office_of_agency(request: Request, rules: Rules, vault: SealedBy) -> Office:
    """Return the office of the path's agency."""
    settings: Settings = request.app.state.settings
    return Office(rules, vault, post_of(settings) is not None)


AtOffice = Annotated[Office, Depends(office_of_agency)]
"""The office of the path's agency."""
