"""The complaints service, put together."""

from pathlib import Path

import services.complaints
from services.complaints.api import router
from services.complaints.consumers import CONSUMERS
from services.complaints.models import Table
from services.complaints.workflow import COMPLAINT
from shared.service import Service

SERVICE = Service(
    name="complaints",
    about=services.complaints.__doc__ or "",
    routers=(router,),
    tables=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    workflows=(COMPLAINT,),
    consumers=CONSUMERS,
)
