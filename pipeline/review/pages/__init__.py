"""The pages: each module has a ``router``; one that stands in the navigation has ``TITLE`` and ``PATH`` too."""

from pipeline.review.pages import decision, document, entry, queue, static, upload

PAGES = (static, entry, queue, upload, document, decision)  # a new page is a module, a template and a word here
NAVIGATION = tuple((p.TITLE, p.PATH) for p in (queue, upload))
