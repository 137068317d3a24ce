"""What several test files share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Server, binary

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def samples(root: Path) -> Path:
    """The sample documents that the project ships."""
    return root / "corpora" / "samples"


def program(name: str) -> str:
    """Path of a system program. Without it the test is skipped on a visitor's machine and fails where CI is set."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is not installed: make install names the command that brings it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice, which renders the ledger."""
    return program("soffice")


@pytest.fixture(scope="session")
def pdftoppm() -> str:
    """Poppler's program that draws PDF pages."""
    return program("pdftoppm")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A private PostgreSQL server."""
    if binary("initdb") is None:
        program("initdb")
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, on either database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    return str(request.getfixturevalue("postgres").database())
