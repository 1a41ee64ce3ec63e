"""What the complaints service keeps."""

from services.complaints.models.complaint import (
    ACCUSED,
    Allegation,
    Complaint,
    Contact,
    Part,
    PartTaken,
    Party,
    PartyCorrection,
    PastStep,
    State,
)
from services.complaints.models.conflicts import Declaration, Override, ReportingLine
from services.complaints.models.course import Assignment, DisciplineCase, EarlierFinding, Link, Reason, Referral
from services.complaints.models.investigation import Arrival, InterviewNotice, Note, Statement, Task
from services.complaints.models.panel import Vote
from services.complaints.models.table import Table
from services.complaints.models.talk import Feedback, MediationConsent, ReviewRequest

__all__ = [
    "ACCUSED",
    "Allegation",
    "Arrival",
    "Assignment",
    "Complaint",
    "Contact",
    "Declaration",
    "DisciplineCase",
    "EarlierFinding",
    "Feedback",
    "InterviewNotice",
    "Link",
    "MediationConsent",
    "Note",
    "Override",
    "Part",
    "PartTaken",
    "Party",
    "PartyCorrection",
    "PastStep",
    "Reason",
    "Referral",
    "ReportingLine",
    "ReviewRequest",
    "State",
    "Statement",
    "Table",
    "Task",
    "Vote",
]
