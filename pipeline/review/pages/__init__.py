"""The pages: each module has a ``router``; one that stands in the navigation has ``TITLE`` and ``PATH`` too, and ``ROLE``
where not everybody may open it."""

from typing import Any

from pipeline.review.pages import (
    decision,
    document,
    entry,
    followup,
    history,
    ledger,
    picture,
    progress,
    queue,
    static,
    upload,
    users,
)

# A new page is a module, a template and a line here.
PAGES: tuple[Any, ...] = (
    static,
    entry,
    queue,
    document,
    decision,
    ledger,
    followup,
    progress,
    picture,
    upload,
    history,
    users,
)
NAVIGATION = tuple((p.TITLE, p.PATH, getattr(p, "ROLE", "viewer")) for p in PAGES if hasattr(p, "TITLE"))
