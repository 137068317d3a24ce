"""Upload of documents."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.review.guard import needs
from pipeline.review.rendering import page

router = APIRouter()
TITLE, PATH = "上传", "/upload"


@router.get(PATH)
@needs("analyst")
def form(request: Request) -> Response:
    """Where files are dropped."""
    return page(request, "upload.html")
