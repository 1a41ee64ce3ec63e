"""The reconciliation service, put together."""

from pathlib import Path

import services.reconciliation
from services.reconciliation.api import processes, recommendations
from services.reconciliation.consumers import CONSUMERS
from services.reconciliation.models import Table
from services.reconciliation.workflow import PROCESS, RECOMMENDATION
from shared.service import Service

SERVICE = Service(
    name="reconciliation",
    about=services.reconciliation.__doc__ or "",
    routers=(processes.router, recommendations.router),
    tables=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    workflows=(PROCESS, RECOMMENDATION),
    consumers=CONSUMERS,
)
