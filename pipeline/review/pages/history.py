"""Who changed what and when, of one document or of all."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.review import cards
from pipeline.review.guard import Here
from pipeline.review.pages.document import opened
from pipeline.review.rendering import page
from pipeline.review.site import Site
from pipeline.store import history
from pipeline.store import queue as listing
from pipeline.verdicts.ruling import PLACED, VERDICTS

router = APIRouter()
TITLE, PATH = "经过", "/history"
_SIZE = 100
_LONGEST = 100


@router.get(PATH)
def all_of_it(request: Request, site: Here) -> Response:
    """Everything, page by page."""
    return _page(request, site, "", "全部材料", PATH)


@router.get("/doc/{doc_id}/history")
def of_document(request: Request, site: Here, doc_id: str) -> Response:
    """Of one document."""
    one = opened(site, doc_id)
    title = one.judged["documents"][0].row.title or one.source
    return _page(request, site, doc_id, title, f"/doc/{one.doc_id}/history")


def _page(request: Request, site: Site, doc_id: str, title: str, path: str) -> Response:
    asked = {k: request.query_params.get(k, "").strip()[:_LONGEST] for k in ("who", "verdict", "day")}
    with site.store.reader() as connection:
        found, after = history.entries(connection, request.query_params.get("after", ""), _SIZE, doc_id, **asked)
        people = listing.reviewers(connection)
    rows: list[dict[str, Any]] = [
        {
            "entry": e, "changes": cards.told(e.ruling),
            "key": cards.key(e.ruling.table, e.ruling.row_id) if e.ruling.table in PLACED else "",
        }
        for e in found
    ]  # fmt: skip
    kept = {k: v for k, v in asked.items() if v}
    return page(
        request, "history.html", rows=rows, title=title, doc_id=doc_id, path=path, people=people, verdicts=VERDICTS,
        asked=asked, more=urlencode(kept | {"after": after}) if after else "",
    )  # fmt: skip
