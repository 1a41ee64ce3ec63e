"""Filing without HTTP: the real command in the service's own transaction, with everything that a request leaves."""

import hashlib
from itertools import cycle, product
from multiprocessing.synchronize import Semaphore
from uuid import UUID, uuid4

from fastapi import Response
from sqlalchemy import create_engine

from benchmarks.growth_copies import copy_complaint
from services.complaints.api.intake import filed
from services.complaints.commands.filing import file
from services.complaints.shapes.intake import ComplainantIn, FilingIn
from shared.actors import PUBLIC
from shared.clock import now
from shared.db import Database, database_url
from shared.events.event import Audience
from shared.idempotency import Attempt, refuse_or_replay, remember
from shared.occasion import Occasion
from shared.policy import Policy
from shared.policy.agency import AgencyRules
from shared.settings import Settings
from shared.vault import Vault

EVENTS = len(Audience)
"""Outbox rows of one filing: everybody learns of it."""
NARRATIVE = "He stopped us at the corner and would not say why. " * 12
"""About 600 characters, as people write."""


def file_many(settings: Settings, copies: int, permits: Semaphore) -> None:
    """File complaints one after the other among all agencies, half of them with a name and a contact, until ended.

    Args:
        settings: of the installation.
        copies: how many copies to make of each one that is filed.
        permits: one is taken for each one that is filed.
    """
    policy, vault = Policy.read(settings.policy), Vault.of(settings)
    database = Database(settings.postgres, "complaints", connections=1)
    owner = create_engine(database_url(settings.postgres_owner, "complaints"))
    for named, agency in cycle(product((True, False), sorted(policy.agencies))):
        permits.acquire()
        case_id = file_one(database, policy.agencies[agency], vault, named=named)
        if copies:
            with owner.begin() as connection:
                copy_complaint(connection, case_id, copies)


def file_one(database: Database, rules: AgencyRules, vault: Vault, *, named: bool) -> UUID:
    """File one complaint as a request with an Idempotency-Key would, and return its id."""
    key = str(uuid4())
    digest = hashlib.sha256(key.encode()).digest()
    with database.transaction(Occasion(database.service, rules.code, correlation=uuid4().hex)) as session:
        session.info["attempt"] = Attempt(f"{PUBLIC.id} {rules.code}", key, digest)
        refuse_or_replay(session)
        told = filed(*file(session, filing(rules, named=named), PUBLIC, now(), rules, vault))
        remember(session, Response(told.model_dump_json(), 201, {"ETag": '"1"'}))
    return told.id


def filing(rules: AgencyRules, *, named: bool) -> FilingIn:
    """Return a complaint with one allegation."""
    return FilingIn(
        narrative=NARRATIVE,
        categories=sorted(rules.taxonomy.categories)[:1],
        place="Main Street and 4th",
        complainant=ComplainantIn(name="Ann Example", contact="ann@example.org") if named else None,
    )
