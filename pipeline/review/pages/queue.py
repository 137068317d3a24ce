"""The queue: all documents, with what is still to be looked at."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.guard import Here, Somebody
from pipeline.review.rendering import page

router = APIRouter()
TITLE, PATH = "材料", "/queue"


@router.get("/")
def home() -> Response:
    """The queue is the front door."""
    return RedirectResponse(PATH, status_code=303)


@router.get(PATH)
def queue(request: Request, site: Here, who: Somebody) -> Response:
    """The list."""
    return page(request, "queue.html")
