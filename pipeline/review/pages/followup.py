"""The follow-up of one task, entered in its place in the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from pipeline.review import taskview
from pipeline.review.guard import Form, Here, Somebody, needs
from pipeline.review.pages.ledger import PATH, days_of
from pipeline.review.rendering import fragment, page, wants_piece
from pipeline.review.site import Site
from pipeline.store import followups, tasklist
from pipeline.store.deciding import lock
from pipeline.store.dossier import Dossier, dossier
from pipeline.store.followups import CONTENT, NOTHING, STATES, FollowUp, Record, fault
from pipeline.store.marks import LOST, Spot
from pipeline.verdicts.effective import Judged

router = APIRouter()
_LONGEST = 2000  # code points of a field


@dataclass(frozen=True, slots=True)
class _Opened:
    """A task with its follow-up, oldest record first."""

    one: Dossier
    task: Judged
    records: list[Record]

    @property
    def now(self) -> FollowUp:
        return self.records[-1].now if self.records else NOTHING

    @property
    def newest(self) -> str:
        return self.records[-1].followup_id if self.records else ""


def _opened(connection: Connection, doc_id: str, task_id: str) -> _Opened:
    one = dossier(connection, doc_id)
    task = one.find("tasks", task_id) if one else None
    if one is None or task is None or not task.counts:
        raise HTTPException(404, "这项任务已不在台账里")
    return _Opened(one, task, [r for r in followups.records(connection, [task_id]) if r.how != LOST])


@router.get(PATH + "/task/{doc_id}/{task_id}")
def form(request: Request, site: Here, who: Somebody, doc_id: str, task_id: str) -> Response:
    """The form with what was entered before; a page of its own for a browser without scripts."""
    with site.store.reader() as connection:
        found = _opened(connection, doc_id, task_id)
    values = {n: getattr(found.now, n) for n in CONTENT}
    return _form(request, found, values, who.may("analyst"))


def _form(
    request: Request, found: _Opened, values: dict[str, str], may: bool, status: int = 200, problem: str = ""
) -> Response:
    told = {"found": found, "values": values, "states": STATES, "problem": problem, "may": may, "back": PATH}
    if wants_piece(request):
        session = request.state.session
        return HTMLResponse(fragment("followup.html", session=session, **told), status)
    return page(request, "followup_page.html", status, **told)


@router.post(PATH + "/task/{doc_id}/{task_id}")
@needs("analyst")
def entered(request: Request, site: Here, who: Somebody, form: Form, doc_id: str, task_id: str) -> Response:
    """Append a record. 422 with what is wrong, 409 with both sides where somebody was faster."""
    values = {n: form.get(n, "").replace("\r\n", "\n").strip()[:_LONGEST] for n in CONTENT}
    wished = FollowUp(**values)

    def work(connection: Connection) -> tuple[_Opened, str]:
        lock(connection)
        found = _opened(connection, doc_id, task_id)
        if wished == found.now:
            return found, ""
        if form.get("seen", "") != found.newest:
            last = found.records[-1] if found.records else None
            return found, f"409{last.who if last else '别人'}刚刚也填过,下面是新的记录;请核对后再保存一次"
        if wrong := fault(wished):
            return found, f"422{wrong}"
        row = found.task.row
        spot = Spot("tasks", task_id, found.one.path, found.one.version, found.one.doc_id, row.start, row.end)
        followups.record(connection, spot, wished, found.one.text, who.name, site.clock.stamp(), site.program)
        return found, ""

    found, problem = site.store.write(work)
    if problem:
        return _form(request, found, values, True, int(problem[:3]), problem[3:])
    if not wants_piece(request):
        return RedirectResponse(PATH, status_code=303)
    return HTMLResponse(_row(site, doc_id, task_id, form.get("group", "")))


def _row(site: Site, doc_id: str, task_id: str, group: str) -> str:
    """The task's row of the ledger as it is now."""
    days = days_of(site)
    with site.store.reader() as connection:
        rows = tasklist.one(connection, doc_id, task_id, days)
        shown = taskview.views(connection, rows, days, group)
    return fragment("ledger_row.html", v=shown[0], may=True) if shown else ""
