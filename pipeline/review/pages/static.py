"""Style and script."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from pipeline.review.guard import ANYBODY, needs
from pipeline.review.rendering import asset

router = APIRouter()


@router.get("/static/{name}")
@needs(ANYBODY)
def static(name: str) -> Response:
    """A file of ``static``; its address changes with its content."""
    found = asset(name)
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1], headers={"cache-control": "public, max-age=31536000, immutable"})


@router.get("/favicon.ico")
@needs(ANYBODY)
def favicon() -> Response:
    """The picture in the tab."""
    return static("icon.svg")
