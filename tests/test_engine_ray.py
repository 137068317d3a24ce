"""The Ray engine: a cluster of two nodes, one killed in the middle, gives the tables of this machine's own run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import batch, inputs
from pipeline.config import Settings
from pipeline.engines import Stretch
from pipeline.journal import decode
from pipeline.program import program_fingerprint
from tests.cliruns import contents, one_line, run

GOLD = Path(__file__).parent.parent / "corpora" / "gold"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Enough of them for a node to be lost while others are still to come."""
    folder = tmp_path / "in"
    folder.mkdir()
    originals = sorted(p for p in GOLD.rglob("*") if p.suffix in (".txt", ".md"))
    for copy in range(8):
        for path in originals:
            (folder / f"{copy}{path.name}").write_bytes(path.read_bytes() + f"\n附注{copy}\n".encode())
    return folder


def test_a_lost_node_changes_nothing(documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "ray"
    told = subprocess.run(
        [sys.executable, "-m", "tests.rayruns", str(documents), str(out)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    done = re.search(r"parts done: (\d+)", told.stdout)
    assert done and 0 < int(done[1]) < len(list(documents.iterdir())) / 32, "the node was killed too early or too late"
    alone = run("extract", documents, "--out", tmp_path / "local", "--quiet")
    assert alone.returncode == 0
    assert contents(out) == contents(tmp_path / "local")


def test_no_cluster_is_one_line(documents: Path, tmp_path: Path) -> None:
    told = run(
        "extract", documents, "--out", tmp_path / "out", "--quiet", "--engine", "ray", "--ray-address", "127.0.0.1:1"
    )
    assert told.returncode == 2
    assert "连不上 Ray 集群(127.0.0.1:1)" in one_line(told)


def test_a_node_without_the_files_is_sent_them(documents: Path, tmp_path: Path) -> None:
    from pipeline.engines.ray import _Reader  # noqa: PLC0415 (slow to import)

    settings = Settings(workers=1)
    item = inputs.collect([documents]).items[0]
    elsewhere = item._replace(path=str(tmp_path / "not here"))
    reader = _Reader(settings)
    program = program_fingerprint(settings)
    assert reader.work(Stretch(3, (elsewhere,)), program) is None
    (sent,) = reader.work(Stretch(3, (elsewhere,)), program, [Path(item.path).read_bytes()])
    (read,) = reader.work(Stretch(3, (item,)), program)
    assert decode(3, sent.data) == decode(3, read.data)
    assert isinstance(reader.work(Stretch(3, (item,)), "another program"), str)


def test_an_engine_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "pipeline.engines.ray", raising=False)
    with pytest.raises(batch.UsageError, match=r"taizhang\[ray\]"):
        batch.engine(Settings(engine="ray"))
