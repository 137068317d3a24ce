"""Pages of a PDF as pictures, with the rows marked on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse, Response

from pipeline.review import cards
from pipeline.review.drawing import Drawn, original, places
from pipeline.review.guard import Here
from pipeline.review.pages.document import opened
from pipeline.review.rendering import fragment
from pipeline.review.site import Site
from pipeline.store.dossier import Dossier
from pipeline.verdicts.ruling import MEMBERS

router = APIRouter()
Number = Annotated[int, InPath(ge=1, le=100_000)]


def _drawn(site: Site, one: Dossier, number: int) -> Drawn:
    file = original(one.path, one.doc_id)
    drawn = site.pages.page(file, one.doc_id, number) if file is not None else None
    if drawn is None:
        raise HTTPException(404, "这一页画不出来:原来的文件不在了,或者不是能画的 PDF")
    return drawn


@router.get("/doc/{doc_id}/page/{number}")
def page(site: Here, doc_id: str, number: Number) -> Response:
    """The page with its marks, as a piece of the document's page."""
    one = opened(site, doc_id)
    drawn = _drawn(site, one, number)
    marks = []
    for table in MEMBERS:
        for j in one.judged[table]:
            if j.counts and j.row.page == number:
                before = one.text[max(0, j.row.start - 20) : j.row.start]
                key = cards.key(table, j.row_id)
                marks += [(key, table, place) for place in places(drawn, before, j.row.quote)]
    pages = one.judged["documents"][0].row.pages or number
    return HTMLResponse(fragment("picture.html", one=one, drawn=drawn, marks=marks, number=number, pages=pages))


@router.get("/doc/{doc_id}/page/{number}/picture")
def picture(site: Here, doc_id: str, number: Number) -> Response:
    """The picture alone."""
    return Response(_drawn(site, opened(site, doc_id), number).png, media_type="image/png")
