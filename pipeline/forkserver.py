"""The process that workers are forked from: it holds the whole program, ready to run (:mod:`pipeline.engines.warm`)."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType
from typing import Any

_LONGEST_TMPDIR = 70  # bytes; 32 more are multiprocessing's names


def start() -> None:
    """Have it load the program, if it does not yet; where the system has no such thing, nothing is done."""
    if sys.platform == "linux":
        from multiprocessing import forkserver  # noqa: PLC0415

        forkserver.set_forkserver_preload(["pipeline.engines.warm"])
        with _quiet(), _short_socket_path():
            forkserver.ensure_running()


def context() -> Any:
    """The context (:mod:`multiprocessing`) that its children are made in."""
    return _Context() if sys.platform == "linux" else multiprocessing.get_context("spawn")


if sys.platform == "linux":
    from multiprocessing.context import ForkServerContext, ForkServerProcess

    class _Process(ForkServerProcess):
        """A child that does not import the main module, the command line, as multiprocessing would have it do."""

        @staticmethod
        def _Popen(process_obj: Any) -> Any:  # noqa: N802 (its name there)
            with _no_main():
                return ForkServerProcess._Popen(process_obj)

    class _Context(ForkServerContext):
        Process = _Process


@contextlib.contextmanager
def _no_main() -> Iterator[None]:
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Standard error closed for processes started meanwhile: an interrupted run must not print their tracebacks."""
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


@contextlib.contextmanager
def _short_socket_path() -> Iterator[None]:
    """The server's socket stands in the temporary folder, and sockaddr_un holds 107 bytes of its path: where TMPDIR is
    longer than that allows, /tmp stands in while it is made."""
    chosen = tempfile.gettempdir()
    if len(os.fsencode(chosen)) > _LONGEST_TMPDIR and os.access("/tmp", os.W_OK):
        tempfile.tempdir = "/tmp"
    try:
        yield
    finally:
        tempfile.tempdir = chosen
