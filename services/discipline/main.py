"""The discipline service, put together."""

from pathlib import Path

import services.discipline
from services.discipline.api import router
from services.discipline.consumers import CONSUMERS
from services.discipline.models import Table
from services.discipline.workflow import DISCIPLINE, ROSTER
from shared.service import Service

SERVICE = Service(
    name="discipline",
    about=services.discipline.__doc__ or "",
    routers=(router,),
    tables=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    workflows=(DISCIPLINE, ROSTER),
    consumers=CONSUMERS,
)
