"""What ends a run, with its exit code. Messages are one line, in Chinese, and say what to do."""

from __future__ import annotations

EXIT_FINISHED = 0
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_REJECTS = 3
EXIT_LOCKED = 4
EXIT_INTERRUPTED = 130


class RunError(Exception):
    """An unexpected failure: the message is the one line that goes to stderr."""

    exit_code = EXIT_FAILURE


class UsageError(RunError):
    """Wrong arguments, settings or an output folder that is not ours."""

    exit_code = EXIT_USAGE


class LockedError(RunError):
    """Another run works on the same output folder."""

    exit_code = EXIT_LOCKED
