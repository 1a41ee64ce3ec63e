"""What tests are made of: plain functions that return valid things, with anything different passed in."""

from typing import Any
from uuid import UUID, uuid4

AGENCY = "rivertown"


def make_filing(**over: Any) -> dict[str, Any]:
    """Return a complaint as it is filed."""
    return {"narrative": "He pushed my brother against the car.", "categories": ["force"], **over}


def make_classification(officer_id: UUID | None = None, **over: Any) -> dict[str, Any]:
    """Return a classification with one allegation of force against one officer."""
    allegation = {"category": "force", "severity": "high", "officer_id": str(officer_id or uuid4())}
    return {
        "classification": "misconduct",
        "track": "full investigation",
        "allegations": [allegation],
        **over,
    }


def make_findings(complaint: dict[str, Any], finding: str = "sustained") -> dict[str, Any]:
    """Return one finding for every allegation of a complaint."""
    because = "The recording shows it."
    return {
        "findings": [
            {"allegation_id": allegation["id"], "finding": finding, "because": because}
            for allegation in complaint["allegations"]
        ]
    }
