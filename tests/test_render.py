"""The ledger as LibreOffice shows it: a picture that an analyst would send on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from pipeline.rendering.ledger import look, sheets

TASKS = sheets(False)[0]


@pytest.fixture(scope="module")
def page(
    samples: Path, soffice: str, pdftoppm: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Image.Image]:
    """Text and picture of the first page of the ledger of the samples."""
    folder = tmp_path_factory.mktemp("render")
    out = folder / "out"
    command = [
        str(Path(sys.executable).with_name("taizhang")),
        "extract",
        str(samples),
        "--out",
        str(out),
        "--formats",
        "xlsx",
    ]
    subprocess.run(command, check=True, capture_output=True)
    # A profile of its own: calls of LibreOffice that share one fail.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [soffice, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(out / "ledger.xlsx")]
    subprocess.run(convert, check=True, capture_output=True, timeout=180)
    pdf = folder / "ledger.pdf"
    text = [str(Path(pdftoppm).with_name("pdftotext")), "-f", "1", "-l", "1", str(pdf), "-"]
    shown = subprocess.run(text, check=True, capture_output=True, text=True).stdout
    subprocess.run([pdftoppm, "-png", "-r", "60", "-f", "1", "-singlefile", str(pdf), str(folder / "page")], check=True)
    return shown, Image.open(folder / "page.png").convert("RGB")


def test_the_first_page_is_the_ledger(page: tuple[str, Image.Image]) -> None:
    shown, _ = page
    folded = {c["header"] for c in TASKS["columns"] if c.get("group") or c["key"] in TASKS.get("optional", ())}
    missing = [c["header"] for c in TASKS["columns"] if c["header"] not in folded and c["header"] not in shown]
    assert TASKS["title"] in shown
    assert missing == []


def test_it_is_landscape_with_a_header_in_colour(page: tuple[str, Image.Image]) -> None:
    _, picture = page
    assert picture.width > picture.height
    wanted = tuple(bytes.fromhex(look()["style"]["header_fill"].removeprefix("#")))
    coloured = sum(
        n for n, c in picture.getcolors(1 << 24) or () if all(abs(a - b) < 8 for a, b in zip(c, wanted, strict=True))
    )
    assert coloured > picture.width * 3, "the header row is filled"


def test_the_rows_are_there(page: tuple[str, Image.Image]) -> None:
    _, picture = page
    grey = picture.convert("L")
    inked = [any(v < 128 for v in grey.crop((0, y, grey.width, y + 1)).tobytes()) for y in range(grey.height)]
    assert sum(inked) > grey.height / 4
