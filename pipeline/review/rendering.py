"""Templates into answers, and the words that codes are shown as."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from extractors.schema import QUALITY_FLAGS, TABLES, columns
from pipeline.rendering.ledger import look
from pipeline.rendering.ledger_rows import readable
from pipeline.review.labels import KIND, REVIEW, ROLE, STATE, VERDICT
from pipeline.review.markup import shown

ASSETS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def asset(name: str) -> tuple[bytes, str] | None:
    """A file of ``static`` and its media type, None where there is no such file."""
    folder = files("pipeline.review").joinpath("static")
    there = {f.name for f in folder.iterdir() if f.name.rsplit(".", 1)[-1] in ASSETS}
    if name not in there:
        return None
    return folder.joinpath(name).read_bytes(), ASSETS[name.rsplit(".", 1)[-1]]


@cache
def asset_url(name: str) -> str:
    """Where a page finds a file of ``static``; another file has another address, so that none is kept too long."""
    found = asset(name)
    assert found is not None, name
    return f"/static/{name}?v={hashlib.sha256(found[0]).hexdigest()[:12]}"


def word(name: str, code: Any) -> str:
    """A code of a vocabulary in Chinese: ``word("role", "lead")`` is 牵头."""
    words = look()["words"].get(name, {})
    return str(words.get(code, code))


_VOCABULARIES = {"documents.kind": "kind", "deadlines.kind": "due", "tasks.status": "task_status"}


def column_word(table: str, column: str, code: Any) -> str:
    """A code of a column in Chinese."""
    return word(_VOCABULARIES.get(f"{table}.{column}", column), code)


@cache
def environment() -> Environment:
    """The templates, escaping everything."""
    env = Environment(
        loader=PackageLoader("pipeline.review", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    headers = {table: {c.name: c.header for c in columns(table)} for table in TABLES}
    env.globals.update(
        asset=asset_url, word=word, column_word=column_word, KIND=KIND, STATE=STATE, VERDICT=VERDICT, ROLE=ROLE, REVIEW=REVIEW, HEADERS=headers,
        QUALITY=QUALITY_FLAGS, readable=readable,
    )  # fmt: skip
    env.filters["show"] = shown
    env.filters["when"] = lambda at: str(at).replace("T", " ")[:16]
    return env


def fragment(template: str, **values: Any) -> str:
    """A piece of a page."""
    return environment().get_template(template).render(**values)


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page or, for a script of ours, a piece."""
    from pipeline.review.pages import NAVIGATION  # noqa: PLC0415 (pages render themselves)

    session = getattr(request.state, "session", None)
    return HTMLResponse(
        fragment(template, session=session, here=request.url.path, navigation=NAVIGATION, **values), status_code=status
    )


def wants_piece(request: Request) -> bool:
    """Whether a script of ours asks, which shows a line instead of a page."""
    return request.headers.get("x-requested-with") == "taizhang"
