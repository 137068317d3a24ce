"""Upload of documents: each file is one request with its bytes as the body; what became of it is asked for."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from pipeline.review.guard import Here, Somebody, needs
from pipeline.review.reading import Desk, Refusal, Upload
from pipeline.review.rendering import page
from pipeline.review.site import Site

router = APIRouter()
TITLE, PATH, ROLE = "上传", "/upload", "analyst"
_MOST = 200  # uploads asked for at once


def desk_of(site: Site) -> Desk:
    """Where uploads go, or 409."""
    if site.desk is None:
        raise HTTPException(409, "没有放上传材料的文件夹;启动时加 --inbox")
    return site.desk


@router.get(PATH)
@needs("analyst")
def form(request: Request, site: Here) -> Response:
    """Where files are dropped."""
    recent = site.desk.recent(50) if site.desk is not None else []
    limit = (site.desk.limit >> 20) if site.desk is not None else 0
    return page(request, "upload.html", ready=site.desk is not None, recent=recent, limit=limit)


@router.post(PATH)
@needs("analyst")
async def receive(request: Request, site: Here, who: Somebody) -> Response:
    """Take one file: its bytes are the body, its name is in ``X-Name``."""
    desk = desk_of(site)
    name = unquote(request.headers.get("x-name", ""), errors="replace")[:500]
    length = request.headers.get("content-length", "")
    try:
        partial = await run_in_threadpool(desk.begin, int(length) if length.isdigit() else 0)
        try:
            size = 0
            with partial.open("wb") as file:
                async for block in request.stream():
                    size += len(block)
                    if size > desk.limit:
                        raise Refusal(f"文件过大,最多 {desk.limit >> 20} MB;请拆分后再传")
                    await run_in_threadpool(file.write, block)
            upload = await run_in_threadpool(desk.finish, partial, name, who.name)
        finally:
            partial.unlink(missing_ok=True)
    except Refusal as refusal:
        return Response(str(refusal), 422, media_type="text/plain; charset=utf-8")
    return JSONResponse(_said(upload))


@router.get(PATH + "/states")
@needs("analyst")
def states(site: Here, ids: Annotated[str, Query(max_length=20 * _MOST)] = "") -> Response:
    """How uploads stand, by their ids separated by commas."""
    return JSONResponse([_said(u) for u in desk_of(site).states(ids.split(",")[:_MOST])])


def _said(upload: Upload) -> dict[str, object]:
    return {
        "id": upload.upload_id, "name": upload.name, "state": upload.state, "words": upload.words,
        "documents": [{"doc_id": d, "source": s} for d, s in upload.documents],
    }  # fmt: skip
