"""The picture of the review page in the README: ``python -m tests.pictures`` writes ``docs/review.png`` anew."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.browsing import DESK, Visit, chromium, serving
from tests.cliruns import ROOT
from tests.nights import settled
from tests.reviewing import doc_id, site_over

SAMPLE = "河湖长制任务分解通知.docx"


def main() -> None:
    """A sample, a few decisions into its review."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        shutil.copy(ROOT / "corpora" / "samples" / SAMPLE, folder / "in")
        settled(folder / "in")
        site = site_over(folder, f"sqlite:///{folder}/store.db")
        with serving(site) as address, chromium() as browser:
            someone = Visit(browser, site, address, "王敏", "reviewer", DESK)
            page = someone.go(f"/doc/{doc_id(site, SAMPLE)}")
            for key in "axaajjjja":
                page.keyboard.press(key)
                page.wait_for_load_state("networkidle")
            page.locator("#source mark.figures").nth(4).click()
            page.wait_for_timeout(300)
            someone.shot(ROOT / "docs", "review")


if __name__ == "__main__":
    main()
