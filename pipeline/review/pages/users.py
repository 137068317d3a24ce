"""Users, for admins."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.guard import Form, Here, Somebody, needs
from pipeline.review.rendering import page
from pipeline.review.site import Site
from pipeline.store import people

router = APIRouter()
TITLE, PATH, ROLE = "用户", "/users", "admin"


@router.get(PATH)
@needs("admin")
def users(request: Request, site: Here) -> Response:
    """Everybody."""
    return _page(request, site, "", 200)


def _page(request: Request, site: Site, problem: str, status: int) -> Response:
    with site.store.reader() as connection:
        known = people.users(connection)
    return page(request, "users.html", status, users=known, roles=people.ROLES, problem=problem)


@router.post(PATH)
@needs("admin")
def put(request: Request, site: Here, who: Somebody, form: Form) -> Response:
    """A new user, or another password for one."""
    name, password, role = form.get("name", "").strip(), form.get("password", ""), form.get("role", "")
    if problem := people.problem_of(name, password, role):
        return _page(request, site, problem, 422)
    now = site.clock.stamp()
    site.store.write(lambda c: people.put_user(c, name, password, role, now, who.name))
    return RedirectResponse(PATH, status_code=303)


@router.post(PATH + "/change")
@needs("admin")
def change(request: Request, site: Here, form: Form) -> Response:
    """Another role; shut out or let in again."""
    name, role, disabled = form.get("name", ""), form.get("role", ""), form.get("disabled") == "1"
    with site.store.reader() as connection:
        known = {u.name for u in people.users(connection)}
    if name not in known or role not in people.ROLES:
        return _page(request, site, "没有这个用户或角色", 422)
    if not site.store.write(lambda c: people.set_user(c, name, role, disabled)):
        return _page(request, site, "至少要留一个能用的管理员", 422)
    return RedirectResponse(PATH, status_code=303)
