"""The ledger: all tasks of all documents, sifted and sorted, and exactly that as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response, StreamingResponse

from pipeline.due import day_of
from pipeline.review import charts as drawing
from pipeline.review import taskfiles, taskview
from pipeline.review.guard import Here
from pipeline.review.rendering import page, wants_piece
from pipeline.review.site import Site
from pipeline.store import tasklist
from pipeline.store.followups import STATES
from pipeline.store.tasklist import FIELDS, GROUPS, SITUATIONS, SORTS, Days, Filters

router = APIRouter()
TITLE, PATH = "台账", "/ledger"
_SIZE = 50
_LONGEST = 100
_SOON = 30  # days
SITUATION = {
    "overdue": "已逾期", "near": "30 天内到期", "behind": "进度滞后", "open": "未完成", "done": "已完成", "undated": "没有日期",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the page asks for."""

    filters: Filters
    sort: str
    down: bool
    group: str
    kept: dict[str, str]

    def address(self, **other: str) -> str:
        """The query of an address with other values; empty ones are left out."""
        return urlencode({k: v for k, v in (self.kept | other).items() if v})


def asked_of(request: Request) -> Asked:
    """Read the address; what is not understood asks for nothing."""
    given = {k: v.strip()[:_LONGEST] for k, v in request.query_params.items()}
    filters = Filters(**{name: given.get(name, "") for name in FIELDS})
    days = {n: "" for n in ("due_from", "due_to") if day_of(getattr(filters, n)) is None}
    filters = replace(filters, **days)
    kept = {k: v for k, v in given.items() if v and (k in FIELDS or k in ("sort", "down", "group"))}
    sort, group = given.get("sort", "due"), given.get("group", "")
    return Asked(
        filters, sort if sort in SORTS else "due", given.get("down") == "1", group if group in GROUPS else "", kept
    )


def days_of(site: Site) -> Days:
    """Today by the site's clock."""
    today = site.clock.today()
    return Days(today.isoformat(), (today + timedelta(days=_SOON)).isoformat())


@router.get(PATH)
def ledger(request: Request, site: Here) -> Response:
    """The list."""
    asked, days = asked_of(request), days_of(site)
    after = request.query_params.get("after", "")
    with site.store.reader() as connection:
        found = tasklist.tasks(connection, asked.filters, days, asked.sort, asked.down, asked.group, after, _SIZE)
        shown = taskview.views(connection, found.rows, days, asked.group)
    return page(
        request, "ledger.html", views=shown, asked=asked, filters=asked.filters, states=STATES, situations=SITUATIONS,
        SITUATION=SITUATION, after=found.after, first=not after, sifted=any(k in FIELDS for k in asked.kept),
    )  # fmt: skip


@router.get(PATH + "/charts")
def charts(request: Request, site: Here) -> Response:
    """Completion by unit and due dates by month, of what the list shows."""
    asked, days = asked_of(request), days_of(site)
    with site.store.reader() as connection:
        found = drawing.charts(tasklist.tallies(connection, asked.filters, days), days.today)
    template = "ledger_charts.html" if wants_piece(request) else "ledger_charts_page.html"
    return page(request, template, charts=found, today=days.today[:7])


@router.get(PATH + "/export/{kind}")
def export(request: Request, site: Here, kind: str) -> Response:
    """All that the list shows, in its order, as xlsx, csv or ics."""
    if kind not in taskfiles.KINDS:
        raise HTTPException(404)
    asked, days = asked_of(request), days_of(site)
    pieces = taskfiles.written(site.store, asked.filters, days, asked.sort, asked.down, asked.group, kind)
    name = f"ledger-{days.today}.{kind}"
    return StreamingResponse(
        pieces, media_type=taskfiles.KINDS[kind], headers={"content-disposition": f'attachment; filename="{name}"'}
    )
