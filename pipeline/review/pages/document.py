"""One document: its source with every row highlighted, and the rows beside it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from pipeline.review import cards, markup, suggesting
from pipeline.review.drawing import original
from pipeline.review.guard import Here, Somebody, needs
from pipeline.review.rendering import fragment, page
from pipeline.review.site import Site
from pipeline.store.dossier import Dossier, dossier
from pipeline.store.overlay import summary
from pipeline.verdicts.corrections import editable
from pipeline.verdicts.ruling import JUDGED, MEMBERS, PLACED, as_json

router = APIRouter()
_CARDS, _MORE = 300, 100  # shown at once; asked for at once of the rest


def opened(site: Site, doc_id: str) -> Dossier:
    """The document, or 404."""
    with site.store.reader() as connection:
        found = dossier(connection, doc_id)
    if found is None:
        raise HTTPException(404, "没有这份材料,或者它已不在台账里")
    return found


@router.get("/doc/{doc_id}")
def document(request: Request, site: Here, who: Somebody, doc_id: str) -> Response:
    """The page."""
    one = opened(site, doc_id)
    rows = cards.ordered(one)
    return page(
        request, "document.html", one=one, source=markup.source_html(one.text, cards.spans(one)),
        cards=[cards.card(one, j, who) for j in rows[:_CARDS]], rest=[cards.key(j.table, j.row_id) for j in rows[_CARDS:]], tasks=cards.tasks_of(one),
        head=head(one, who), counts=counts(one), drawable=original(one.path, one.doc_id) is not None,
    )  # fmt: skip


def counts(one: Dossier) -> dict[str, int]:
    """Rows by table."""
    return {t: sum(not j.empty for j in one.judged[t]) for t in PLACED}


def head(one: Dossier, who: Somebody) -> str:
    """The bar above a document: what it is and how far its review has come."""
    parts = one.judged["documents"]
    return fragment("document_head.html", one=one, parts=parts, first=parts[0].row, sum=summary(one), may=who.may)


@router.get("/doc/{doc_id}/text")
def text(site: Here, doc_id: str) -> Response:
    """The text that every offset points into, as text and nothing else."""
    return PlainTextResponse(opened(site, doc_id).text)


@router.get("/doc/{doc_id}/source")
def source(site: Here, doc_id: str) -> Response:
    """The source alone, with the highlights as they are now."""
    one = opened(site, doc_id)
    return HTMLResponse(markup.source_html(one.text, cards.spans(one)))


@router.get("/doc/{doc_id}/cards")
def more(
    site: Here, who: Somebody, doc_id: str, keys: Annotated[str, Query(max_length=_MORE * 40)] = ""
) -> Response:  # fmt: skip
    """The cards of these rows, their ids separated by commas."""
    one = opened(site, doc_id)
    rows = {cards.key(j.table, j.row_id): j for j in cards.ordered(one)}
    asked = [rows[k] for k in keys.split(",")[:_MORE] if k in rows]
    return HTMLResponse("".join(cards.card(one, j, who) for j in asked))


@router.get("/doc/{doc_id}/card/{table}/{row_id}")
def card(site: Here, who: Somebody, doc_id: str, table: str, row_id: str) -> Response:
    """The card of one row as it stands now."""
    one = opened(site, doc_id)
    row = one.find(table, row_id)
    if row is None or table not in PLACED:
        raise HTTPException(404, "这一行已不在这份材料里")
    return HTMLResponse(cards.card(one, row, who))


@router.get("/doc/{doc_id}/edit/{table}/{row_id}")
@needs("analyst")
def edit(site: Here, doc_id: str, table: str, row_id: str) -> Response:
    """The form that corrects a row."""
    one = opened(site, doc_id)
    row = one.find(table, row_id)
    if row is None:
        raise HTTPException(404, "这一行已不在这份材料里")
    values = {c.name: as_json(getattr(row.row, c.name)) for c in editable(table)}
    return HTMLResponse(fragment(
        "edit.html", one=one, table=table, row_id=row_id, mark=row.mark, columns=editable(table), values=values,
        verdict="edit", quote=getattr(row.row, "quote", ""), start=0, end=0, tasks=cards.tasks_of(one),
        task_id=getattr(row.row, "task_id", "") if table in MEMBERS else None,
    ))  # fmt: skip


@router.get("/doc/{doc_id}/new/{table}")
@needs("analyst")
def new(
    site: Here, doc_id: str, table: str, start: Annotated[int, Query(ge=0, lt=1 << 31)],
    end: Annotated[int, Query(ge=0, lt=1 << 31)],
) -> Response:  # fmt: skip
    """The form that adds a row at a stretch of the source, with what the grammars read there."""
    one = opened(site, doc_id)
    if table not in PLACED or table not in JUDGED:
        raise HTTPException(404)
    quote = one.text[start:end]
    if not quote.strip():
        raise HTTPException(422, "没有选中原文里的字")
    year = next((p.row.year for p in one.judged["documents"] if p.row.start <= start < p.row.end), None)
    values = dict.fromkeys((c.name for c in editable(table)), "") | suggesting.values(table, quote, year)
    return HTMLResponse(fragment(
        "edit.html", one=one, table=table, row_id="", mark="", columns=editable(table), values=values, verdict="add",
        quote=quote, start=start, end=end, tasks=cards.tasks_of(one), task_id="" if table in MEMBERS else None,
    ))  # fmt: skip
