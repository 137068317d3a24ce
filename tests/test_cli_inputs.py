"""Which files are read, and under which names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.inputs import collect, printable


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")


def sources(*paths: Path, skip: tuple[Path, ...] = ()) -> list[str]:
    return [i.source for i in collect(paths, skip).items]


def test_names_are_relative_sorted_and_the_same_whatever_the_order(tmp_path: Path) -> None:
    make(tmp_path, "a/x.txt", "a/子/y.txt", "b/z.txt", "one.txt")
    roots = [tmp_path / "a", tmp_path / "b", tmp_path / "one.txt"]
    assert sources(*roots) == sources(*reversed(roots)) == ["one.txt", "x.txt", "z.txt", "子/y.txt"]


def test_a_file_reached_twice_stands_once(tmp_path: Path) -> None:
    make(tmp_path, "a/sub/x.txt")
    assert sources(tmp_path / "a", tmp_path / "a" / "sub", tmp_path / "a" / "sub" / "x.txt") == ["sub/x.txt"]


def test_same_relative_names_get_their_inputs_in_front(tmp_path: Path) -> None:
    make(tmp_path, "p/in/x.txt", "q/in/x.txt", "q/in/y.txt")
    assert sources(tmp_path / "p/in", tmp_path / "q/in") == ["p/in/x.txt", "q/in/x.txt", "y.txt"]


def test_system_files_are_counted_not_read(tmp_path: Path) -> None:
    make(
        tmp_path,
        "a.txt",
        "~$a.docx",
        "Thumbs.db",
        ".DS_Store",
        "._a.txt",
        ".~lock.a.odt#",
        "sub/desktop.ini",
        ".hidden.txt",
    )
    found = collect([tmp_path])
    assert [i.source for i in found.items] == [".hidden.txt", "a.txt"]
    assert found.ignored == 6


def test_links_and_things_that_are_no_files(tmp_path: Path) -> None:
    make(tmp_path, "in/a.txt", "elsewhere/b.txt")
    inside = tmp_path / "in"
    (inside / "loop").symlink_to(inside)
    (inside / "self").symlink_to("self")
    (inside / "dangling").symlink_to("nowhere")
    (inside / "other").symlink_to(tmp_path / "elsewhere")
    (inside / "file").symlink_to(tmp_path / "elsewhere" / "b.txt")
    os.mkfifo(inside / "pipe")
    found = collect([inside])
    assert {i.source: bool(i.problem) for i in found.items} == {
        "a.txt": False, "dangling": True, "file": False, "pipe": True, "self": True,
    }  # fmt: skip
    assert sorted(found.links) == ["loop", "other"]


def test_the_output_is_not_read(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "out/texts/b.txt", "out.partial/c.txt")
    assert sources(tmp_path, skip=(tmp_path / "out", tmp_path / "out.partial")) == ["a.txt"]


def test_a_missing_input_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="无此"):
        collect([tmp_path / "无此.txt"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"plain.txt", "plain.txt"),
        ("通知 终稿.txt".encode(), "通知 终稿.txt"),
        (b"a\nb\r.txt", "a\\nb\\r.txt"),
        (b"\xd6\xd0.txt", "\\xd6\\xd0.txt"),
        ("x\u202egpj.exe".encode(), "x\\u202egpj.exe"),
        (b"back\\slash", "back\\\\slash"),
        (b"\x1b[31mred", "\\u001b[31mred"),
    ],
)
def test_odd_names_become_printable(name: bytes, shown: str) -> None:
    text = printable(os.fsdecode(name))
    assert text == shown
    text.encode()
