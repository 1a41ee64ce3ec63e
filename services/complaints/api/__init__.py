"""The routes of complaints, by subject."""

from fastapi import APIRouter

from shared.app import CaseRoute


def routes() -> APIRouter:
    """Return where the routes of one subject are put."""
    return APIRouter(prefix="/agencies/{agency}/complaints", route_class=CaseRoute, tags=["complaints"])
