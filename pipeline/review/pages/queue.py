"""The queue: all documents, with what is still to be looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from extractors.schema import DOCUMENT_KINDS, QUALITY_FLAGS
from pipeline.review.guard import Here
from pipeline.review.rendering import page
from pipeline.store import queue as listing
from pipeline.store.queue import FIELDS, ORDERS, REVIEW_STATES, Filters

router = APIRouter()
TITLE, PATH = "材料", "/queue"
_SIZE = 50
_LONGEST = 100


@router.get("/")
def home() -> Response:
    """The queue is the front door."""
    return RedirectResponse(PATH, status_code=303)


@router.get(PATH)
def queue(request: Request, site: Here) -> Response:
    """The list."""
    asked = {k: v.strip()[:_LONGEST] for k, v in request.query_params.items()}
    filters = Filters(**{name: asked.get(name, "") for name in FIELDS if name != "since"})
    changed = asked.get("changed") == "1"
    if changed:
        filters = replace(filters, since=(site.clock.today() - timedelta(days=1)).isoformat())
    order = asked["order"] if asked.get("order") in ORDERS else "doubt"
    with site.store.reader() as connection:
        found = listing.documents(connection, filters, order, request.query_params.get("after", ""), _SIZE)
        people = listing.reviewers(connection)
    kept = {k: v for k, v in asked.items() if v and (k in FIELDS or k in ("changed", "order"))}
    return page(
        request, "queue.html", found=found, filters=filters, order=order, changed=changed, people=people,
        kinds=DOCUMENT_KINDS, flags=QUALITY_FLAGS, states=REVIEW_STATES, first=not asked.get("after"),
        asked=bool(kept), more=urlencode(kept | {"after": found.after}), start=urlencode(kept),
    )  # fmt: skip
