"""The recognition service, put together."""

from pathlib import Path

import services.recognition
from services.recognition.api import router
from services.recognition.consumers import CONSUMERS
from services.recognition.models import Table
from services.recognition.workflow import COMMENDATION
from shared.service import Service

SERVICE = Service(
    name="recognition",
    about=services.recognition.__doc__ or "",
    routers=(router,),
    tables=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    workflows=(COMMENDATION,),
    consumers=CONSUMERS,
)
