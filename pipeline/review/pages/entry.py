"""Log in, by password or by the word in the printed address; log out."""

from __future__ import annotations

import hmac
import math
import secrets
import threading

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.guard import ANYBODY, COOKIE, Form, Here, needs
from pipeline.review.rendering import page
from pipeline.review.site import Site
from pipeline.store import people

router = APIRouter()
_VISIT = "taizhang_visit"  # says that the form was ours, before there is a session
_COSTLY = threading.Semaphore(2)  # Argon2 takes 64 MB a password


@router.get("/login")
@needs(ANYBODY)
def login_form(request: Request) -> Response:
    """The form."""
    return _form(request, "", 200)


def _form(request: Request, problem: str, status: int) -> Response:
    visit = request.cookies.get(_VISIT, "") or secrets.token_urlsafe(16)
    answer = page(request, "login.html", status, problem=problem, visit=visit)
    _set(request, answer, _VISIT, visit)
    return answer


@router.post("/login")
@needs(ANYBODY)
def login(request: Request, site: Here, form: Form) -> Response:
    """A name and a password. Too many wrong ones from one place or for one name have to wait."""
    visit = request.cookies.get(_VISIT, "")
    if not visit or not hmac.compare_digest(visit.encode(), form.get("visit", "").encode()):
        return _form(request, "页面已过期,请再试一次", 403)
    name, password = form.get("name", "").strip(), form.get("password", "")
    keys = (f"from {request.client.host if request.client else ''}", f"name {name[:80]}")
    if wait := site.attempts.wait(*keys):
        answer = _form(request, f"试错太多,请 {math.ceil(wait / 60)} 分钟后再试", 429)
        answer.headers["retry-after"] = str(math.ceil(wait))
        return answer
    with _COSTLY, site.store.reader() as connection:
        role = people.role_of(connection, name, password[: people.LONGEST + 1])
    if not role:
        site.attempts.fail(*keys)
        return _form(request, "用户名或密码不对", 403)
    return _let_in(request, site, name, role)


@router.get("/enter")
@needs(ANYBODY)
def enter(request: Request, site: Here, word: str = "") -> Response:
    """The printed address: good once, for the person at this machine."""
    if request.state.session is not None:
        return RedirectResponse("/", status_code=303)
    if not site.local or not site.word.take(word):
        raise HTTPException(403, "这个网址已经用过或不对;请重新运行 taizhang review,用新打印的网址打开")
    return _let_in(request, site, site.local, "admin")


def _let_in(request: Request, site: Site, name: str, role: str) -> Response:
    token = site.store.write(lambda connection: people.begin_session(connection, name, role, site.clock.now()))
    answer = RedirectResponse("/", status_code=303)
    _set(request, answer, COOKIE, token)
    return answer


def _set(request: Request, answer: Response, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, max_age=people.SESSION_HOURS * 3600, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


@router.post("/logout")
@needs("viewer")
def logout(request: Request, site: Here) -> Response:
    """End the session."""
    session = request.state.session
    site.store.write(lambda connection: people.end_session(connection, session))
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer
