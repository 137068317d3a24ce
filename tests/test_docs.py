"""The documentation says all there is, and nothing that is not so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main

from extractors.reading import FORMATS
from extractors.schema import QUALITY_FLAGS, REJECT_REASONS, TABLES, Column, Place, columns
from pipeline import cli, config, errors
from pipeline.rendering.ledger import look

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "使用手册.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SHARED_COLUMNS = {f.name for f in fields(Place)}
# A path of the machine that something was written on, a registry's host, or pip's index options.
MACHINE = re.compile(
    r"(?:/home/\w|/root/|/opt/(?!libreoffice\b|taizhang\b)|/Users/\w|/work/\w|/tmp/tmp\w|[A-Z]:\\Users)"
    r"|(?:pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org|pypi\.tuna|mirrors\.\w+\.\w+)"
    r"|(?:--(?:extra-)?index-url|--find-links|--trusted-host)\s*[= ]\s*(?:http|file|/)"
)


def section(title: str) -> str:
    """The text under a heading of the guide, down to the next heading of its level or above."""
    match = re.search(rf"^(#+) {re.escape(title)}.*?$", GUIDE, re.M)
    assert match, f"no heading {title}"
    rest = GUIDE[match.end() :]
    end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.M)
    return rest[: end.start()] if end else rest


def rows(text: str) -> dict[str, list[str]]:
    """Rows of the Markdown tables in a text by the first back-quoted word in them; cells without the outer bars."""
    found = {}
    for line in text.splitlines():
        if line.startswith("|") and (name := re.search(r"`([^`\s]+)", line)):
            found[name[1]] = [c.strip() for c in line.strip("|").split("|")]
    return found


def all_columns() -> Iterator[tuple[str, Column]]:
    for table in TABLES:
        for column in columns(table):
            yield table, column


@pytest.mark.parametrize(("table", "column"), list(all_columns()), ids=lambda x: x if isinstance(x, str) else x.name)
def test_every_column_is_described(table: str, column: Column) -> None:
    spec = TABLES[table]
    shared = issubclass(spec.row, Place) and column.name in SHARED_COLUMNS
    text = section("共有的列" if shared else f"{spec.sheet}({table})")
    described = rows(text)
    assert column.name in described, f"{table}.{column.name}"
    header, _, meaning = described[column.name][:3]
    assert header == column.header
    assert len(meaning) >= 2
    missing = [word for word in column.vocabulary if word and f"`{word}`" not in text and table != "rejects"]
    assert missing == [], "words of its vocabulary"


@pytest.mark.parametrize("table", TABLES)
def test_no_column_is_described_that_is_not(table: str) -> None:
    assert set(rows(section(f"{TABLES[table].sheet}({table})"))) <= {c.name for c in columns(table)}


def test_every_quality_flag_is_described() -> None:
    assert set(rows(section("质量标记"))) == set(QUALITY_FLAGS)


def test_every_reason_code_is_described_with_what_to_do() -> None:
    described = rows(section("退件:原因和处理办法"))
    assert set(described) == set(REJECT_REASONS)
    assert all(len(cells) == 3 and len(cells[2]) >= 4 for cells in described.values())


def test_every_column_of_the_ledger_is_described() -> None:
    for sheet in look()["sheets"]:
        front = section("任务台账这张表")
        text = front + section(f"{sheet['title']}({sheet['table']})") + section("共有的列")
        assert [c["header"] for c in sheet["columns"] if c["header"] not in text] == [], sheet["title"]


def test_the_words_of_the_ledger_are_those_of_the_guide() -> None:
    for name, words in look()["words"].items():
        if name in ("verdict", "mark", "follow_up"):  # their codes stand in no table
            assert [word for word in words.values() if word not in GUIDE] == [], name
            continue
        between = r"` \| " if name == "quality" else "` "
        assert [code for code, word in words.items() if not re.search(f"`{code}{between}{word}", GUIDE)] == [], name


@pytest.mark.parametrize("page", [README, GUIDE], ids=["README", "guide"])
def test_every_format_is_named(page: str) -> None:
    endings = {"word-xml": "xml", "sheet-xml": "xml", "works": "wps"}
    assert [kind for kind in FORMATS if f"`.{endings.get(kind, kind)}`" not in page] == []


def verbs() -> dict[str, Any]:
    """The commands by name, as typer builds them."""
    group: Any = typer.main.get_command(cli.app)
    commands: dict[str, Any] = group.commands
    return commands


def options(command: Any) -> list[str]:
    return [o for p in command.params if p.param_type_name == "option" for o in (*p.opts, *p.secondary_opts)]


@pytest.mark.parametrize("verb", verbs())
def test_every_option_is_described(verb: str) -> None:
    text = section(f"taizhang {verb}")
    assert [o for o in options(verbs()[verb]) if not re.search(rf"`{o}[ `]", text)] == []
    arguments = [p.metavar or p.name for p in verbs()[verb].params if p.param_type_name == "argument"]
    assert [a for a in arguments if f"`{a}`" not in text] == []


def test_every_described_option_exists() -> None:
    for verb, command in verbs().items():
        described = set(re.findall(r"^\| `(--[\w-]+)", section(f"taizhang {verb}"), re.M))
        assert described <= set(options(command))


def test_every_verb_is_described_and_every_described_verb_exists() -> None:
    assert set(re.findall(r"^### taizhang (\w+)", section("命令和选项"), re.M)) == set(verbs())


def test_every_exit_code_is_described() -> None:
    codes = {str(value) for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert codes == set(re.findall(r"^\| (\d+) \|", section("taizhang extract"), re.M))


def test_every_setting_is_described_with_its_variable() -> None:
    described = rows(section("设置和环境变量"))
    assert set(described) == {f.name for f in fields(config.Settings)}
    for name, cells in described.items():
        assert cells[1] == f"`TAIZHANG_{name.upper()}`"
        assert len(cells) == 4


def test_the_example_of_a_settings_file_loads(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.+?)```", section("设置和环境变量"), re.S)
    assert example
    (tmp_path / config.PROJECT_FILE).write_text(example[1], "utf-8")
    loaded = config.load({}, {}, tmp_path)
    assert (loaded.year, loaded.formats, loaded.timeout) == (2021, ("csv", "xlsx"), 60)


def test_links_within_the_guide_lead_somewhere() -> None:
    headings = {re.sub(r"[^\w-]", "", h.replace(" ", "-")) for h in re.findall(r"^#+ (.+)$", GUIDE, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= headings


def test_files_that_the_pages_link_to_exist() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name


def test_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = re.findall(r"\bmake ([a-z]+)", "\n".join(re.findall(r"```\w*\n(.+?)```|`([^`\n]+)`", README, re.S)[0]))
    assert named[:2] == ["run", "test"], "the two commands first"
    quoted = " ".join(a or b for a, b in re.findall(r"```\w*\n(.+?)```|`([^`\n]+)`", README, re.S))
    assert set(re.findall(r"\bmake ([a-z]+)", quoted)) <= targets


def test_the_python_example_of_the_readme_runs(samples: Path) -> None:
    example = re.search(r"```python\n(.+?)```", README, re.S)
    assert example
    plan = next(p for p in sorted(samples.iterdir()) if p.suffix == ".docx")
    names: dict[str, Any] = {"data": plan.read_bytes()}
    exec(example[1], names)
    assert len(names["found"].tables["figures"]) == len(names["found"].rows["figures"]) > 0
    assert names["doc"].spans["figures"][0]._.row.quote


def test_tables_page_is_up_to_date() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import tables_page  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    assert tables_page.PAGE.read_text("utf-8") == tables_page.page(), "run make docs"


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.fail("git ls-files failed: the tests run in a clone")
    return [ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked():
        if not path.is_file() or path == Path(__file__):
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {m[0]}" for m in MACHINE.finditer(text)]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_only_pinned_names_and_hashes(lock: str) -> None:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    allowed = re.compile(r"[a-z0-9][a-z0-9.-]*==\S+(?: ; .+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?|#.*|")
    assert [line for line in lines if not allowed.fullmatch(line)] == []
    assert sum("==" in line for line in lines) > 20
