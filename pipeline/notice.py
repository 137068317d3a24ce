"""One line to whoever started the run."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """One line on stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
