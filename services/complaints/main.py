"""The complaints service, put together."""

from pathlib import Path

import services.complaints
from services.complaints.api import (
    assignment,
    course,
    dates,
    evidence,
    finding,
    intake,
    letters,
    limits,
    panel,
    papers,
    people,
    reading,
    referral,
    stalls,
    statements,
    steps,
    talk,
    timeline,
    tracking,
)
from services.complaints.consumers import CONSUMERS
from services.complaints.models import Table
from services.complaints.workflow import COMPLAINT, LETTER
from shared.service import Service
from shared.unsealing import UNSEALING

SERVICE = Service(
    name="complaints",
    about=services.complaints.__doc__ or "",
    routers=tuple(
        room.router
        for room in (
            intake,
            tracking,
            assignment,
            course,
            dates,
            finding,
            letters,
            limits,
            panel,
            papers,
            people,
            referral,
            stalls,
            statements,
            steps,
            talk,
            timeline,
            reading,
        )
    ),
    tables=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    workflows=(COMPLAINT, LETTER, UNSEALING),
    consumers=CONSUMERS,
    file_routers=(evidence.router,),
)
