"""The house rules that a program can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from extractors import lexicon

ROOT = Path(__file__).parent.parent
PACKAGES = ("extractors", "pipeline")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
EXTRACTORS = [p for p in MODULES if p.is_relative_to(ROOT / "extractors")]
LEXICON = ROOT / "extractors" / "lexicon"

# `extractors` turns bytes into rows; whatever reaches the disk, the clock, the network, the environment or a process is
# the pipeline's. The lexicon loader reads its own data through importlib.resources.
CONVERTER = "soffice.py"
FORBIDDEN_IMPORTS = frozenset(
    {
        "asyncio", "ftplib", "getpass", "glob", "http", "httpx", "multiprocessing", "os", "pathlib", "platform",
        "random", "requests", "secrets", "shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading",
        "time", "urllib", "uuid",
    }
)  # fmt: skip
# `x.open()` of an archive or of bytes in memory is no disk access; without pathlib nothing else has the method.
FORBIDDEN_CALLS = re.compile(
    r"(?:^|\.)(?:datetime\.(?:now|utcnow|today)|date\.today)$|^(?:io\.)?open$|^(?:input|print|exec|eval|__import__)$"
)
PURE = frozenset({"PurePath", "PurePosixPath", "PureWindowsPath"})
WORD = re.compile("[\u4e00-\u9fff]{2,}")
MAX_WORDS_IN_CODE = 12
MAX_ALTERNATIVES = 20  # of a grammar's pattern
MAX_LINES = 400


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(params=MODULES, ids=names)
def module(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(params=EXTRACTORS, ids=names)
def extractor(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def forbidden(source: str) -> list[str]:
    """Imports and calls of a module that reach beyond its arguments."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in FORBIDDEN_IMPORTS]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_IMPORTS:
            if not {a.name for a in node.names} <= PURE:
                found.append(str(node.module))
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if FORBIDDEN_CALLS.search(called):
                found.append(f"{called}()")
    return found


def word_lists(source: str) -> list[str]:
    """Literal collections of more Chinese strings than a grammar has reason to spell out."""
    found = []
    for node in ast.walk(ast.parse(source)):
        items: list[ast.expr | None] = []
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            items = [*node.elts]
        elif isinstance(node, ast.Dict):
            items = [*node.keys]
        words = [
            e.value
            for e in items
            if isinstance(e, ast.Constant) and isinstance(e.value, str) and WORD.fullmatch(e.value)
        ]
        if len(words) > MAX_WORDS_IN_CODE:
            found.append(f"line {node.lineno}: {len(words)} words from {words[0]}")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count("|") >= MAX_ALTERNATIVES:
            branches = [b for b in node.value.split("|") if WORD.fullmatch(b)]
            if len(branches) > MAX_ALTERNATIVES:
                found.append(f"line {node.lineno}: an alternation of {len(branches)} words from {branches[0]}")
    return found


def test_import_contracts_hold() -> None:
    lint = Path(sysconfig.get_path("scripts")) / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_stay_small(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= MAX_LINES


def test_modules_say_what_they_are_for(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    assert not tree.body or ast.get_docstring(tree), "a module opens with what it is for"


def test_extractors_reach_for_nothing_but_their_arguments(extractor: Path) -> None:
    # The one exception: the converter for legacy formats starts a process.
    assert extractor.name == CONVERTER or forbidden(extractor.read_text("utf-8")) == []


def test_language_knowledge_is_data(extractor: Path) -> None:
    # The declaration of the tables holds their vocabularies.
    assert extractor.name == "schema.py" or word_lists(extractor.read_text("utf-8")) == []


def test_the_checks_themselves_see_a_breach() -> None:
    assert forbidden("import os.path\nfrom time import time\nx = datetime.now()\ny = open('f')") == [
        "os.path", "time", "datetime.now()", "open()",
    ]  # fmt: skip
    assert forbidden("from pathlib import Path") == ["pathlib"]
    assert forbidden("from pathlib import PurePosixPath\narchive.open('a')\nre.compile('x')") == []
    many = [chr(0x4E00 + i) * 2 for i in range(MAX_ALTERNATIVES + 1)]
    assert word_lists(repr("|".join(many)))
    assert not word_lists(repr("|".join(many[1:])))
    assert word_lists(repr(many[: MAX_WORDS_IN_CODE + 1]))
    assert not word_lists(repr(many[:MAX_WORDS_IN_CODE]))


@pytest.mark.parametrize("path", sorted(LEXICON.glob("*.t[so][vm]*")), ids=lambda p: p.name)
def test_every_lexicon_loads(path: Path) -> None:
    loaded = lexicon.table(path.stem) if path.suffix == ".tsv" else lexicon.settings(path.stem)
    assert loaded


def test_every_lexicon_is_used() -> None:
    code = "".join(p.read_text("utf-8") for p in EXTRACTORS)
    unused = [p.name for p in LEXICON.glob("*.t[so][vm]*") if f'"{p.stem}"' not in code]
    assert unused == []


def test_declared_dependencies_are_the_imported_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [r for extra, wanted in project["optional-dependencies"].items() if extra != "dev" for r in wanted]
    declared = {canonical(re.split(r"[<>=!~\[; ]", r)[0]) for r in project["dependencies"]}
    optional = {canonical(re.split(r"[<>=!~\[; ]", r)[0]) for r in extras}
    owners = packages_distributions()
    tops = (
        {name.split(".")[0] for path in MODULES for name in imported(path)}
        - set(sys.stdlib_module_names)
        - set(PACKAGES)
    )
    used = {canonical(owners[top][0]) if top in owners else canonical(top) for top in tops}
    assert used - declared - optional == set(), "imported, not declared"
    # pandas writes Parquet through pyarrow, FastAPI reads forms through python-multipart, and segmenters go by their name.
    assert declared - used - {"pyarrow", "python-multipart", "jieba"} == set(), "declared, never imported"


def test_dependencies_have_upper_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [r for extra in project["project"]["optional-dependencies"].values() for r in extra]
    assert [r for r in wanted if not re.search(r">=[^,]+,<", r)] == []


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# Before Python 3.11.5 (Debian 12 has 3.11.2) a group that captures inside what never backtracks ends in a SystemError.
CAPTURES = """
import importlib, pkgutil, re, sys
from re import _constants as kinds, _parser

def captured(tree, inside=False):
    for kind, value in tree:
        if kind is kinds.SUBPATTERN:
            if inside and value[0] is not None:
                yield value[0]
            parts = [(value[3], inside)]
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            parts = [(value[2], inside)]
        elif kind is kinds.POSSESSIVE_REPEAT:
            parts = [(value[2], True)]
        elif kind is kinds.ATOMIC_GROUP:
            parts = [(value, True)]
        elif kind is kinds.BRANCH:
            parts = [(branch, inside) for branch in value[1]]
        elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
            parts = [(value[1], inside)]
        elif kind is kinds.GROUPREF_EXISTS:
            parts = [(branch, inside) for branch in value[1:] if branch]
        else:
            parts = []
        for part in parts:
            yield from captured(*part)

assert list(captured(_parser.parse("(?:(a)b)?+"))) and list(captured(_parser.parse("(?>(a))")))
compiled = re.compile
def watched(pattern, flags=0):
    made = compiled(pattern, flags)
    caller = sys._getframe(1).f_code
    if isinstance(pattern, str) and caller.co_filename.startswith(ROOT) and any(captured(_parser.parse(pattern, flags))):
        print(f"{caller.co_filename}:{made.pattern[:60]}")
    return made
re.compile = watched
for name in ("extractors", "pipeline"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if "migrations" not in module.name:
            importlib.import_module(module.name)
"""


def test_no_group_captures_inside_what_never_backtracks() -> None:
    places = tuple(str(ROOT / package) + "/" for package in PACKAGES)
    script = CAPTURES.replace("ROOT", repr(places))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
