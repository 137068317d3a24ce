"""Who may do what. Runs before every route; a route that says nothing is for those who have logged in, and one that
changes things for analysts."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData

from pipeline.review.site import Site, site_of
from pipeline.store import people
from pipeline.store.people import Session

COOKIE = "taizhang"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ANYBODY = "anybody"
F = TypeVar("F", bound=Callable[..., Any])


class LogIn(Exception):
    """The request needs somebody to log in first."""


def needs(role: str) -> Callable[[F], F]:
    """Mark a route: only this role and those above it; ``ANYBODY`` also without a session."""

    def mark(endpoint: F) -> F:
        endpoint.__role__ = role  # type: ignore[attr-defined]
        return endpoint

    return mark


def role_needed(endpoint: Any, method: str) -> str:
    """The role that a route asks for."""
    return str(getattr(endpoint, "__role__", "viewer" if method in SAFE else "analyst"))


def session_of(request: Request) -> Session | None:
    """Who sent a request, None where nobody has logged in."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    site = site_of(request)
    with site.store.reader() as connection:
        return people.session_of(connection, token, site.clock.now())


def check_session(request: Request) -> None:
    """Find the session and compare its role with the route's. In a thread of its own, since it asks the store."""
    if "\0" in request.scope["path"] or "\0" in str(request.query_params):
        raise HTTPException(400, "地址里有不能用的字符")
    session = request.state.session = session_of(request)
    role = role_needed(request.scope.get("endpoint"), request.method)
    if role == ANYBODY:
        return
    if session is None:
        raise LogIn
    if not session.may(role):
        raise HTTPException(403, "你的角色不能做这件事,请找管理员")


async def check_forgery(request: Request, _checked: Annotated[None, Depends(check_session)]) -> None:
    """A change must come from a page of ours: the session's word with it, and no other site as its origin."""
    request.state.form = FormData()
    if request.method in SAFE:
        return
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise HTTPException(403, "请求来自别的网站,没有执行")
    kind = request.headers.get("content-type", "")
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        request.state.form = await request.form(max_files=0, max_fields=200)
        if any(not isinstance(v, str) or "\0" in v for v in request.state.form.values()):
            raise HTTPException(400, "表单里有不能用的字符")
    session: Session | None = request.state.session
    if session is None:
        return  # the route is for anybody
    given = request.headers.get("x-csrf", "") or str(request.state.form.get("csrf", ""))
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise HTTPException(403, "页面已过期,没有执行;请重新打开页面")


def _somebody(request: Request) -> Session:
    session: Session | None = request.state.session
    if session is None:
        raise LogIn
    return session


def _form(request: Request) -> dict[str, str]:
    return {k: str(v) for k, v in request.state.form.items()}


Somebody = Annotated[Session, Depends(_somebody)]
Form = Annotated[dict[str, str], Depends(_form)]
Here = Annotated[Site, Depends(site_of)]
GUARDS = (Depends(check_session), Depends(check_forgery))
