"""What all pages of a running server share."""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request

from pipeline.clock import Clock
from pipeline.config import Settings
from pipeline.review.drawing import Pages
from pipeline.review.reading import Desk
from pipeline.store import Store

log = logging.getLogger(__name__)


class Attempts:
    """Log-ins that failed of late, by who tried; too many, and the next must wait."""

    def __init__(self, allowed: int = 5, seconds: float = 300.0, most: int = 10_000) -> None:
        self._allowed, self._seconds, self._most = allowed, seconds, most
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, *keys: str) -> float:
        """Seconds until one with these keys may try again, 0 if at once."""
        now = time.monotonic()
        with self._lock:
            return max((self._wait(self._failed.get(k), now) for k in keys), default=0.0)

    def _wait(self, times: deque[float] | None, now: float) -> float:
        while times and times[0] <= now - self._seconds:
            times.popleft()
        return times[0] + self._seconds - now if times and len(times) >= self._allowed else 0.0

    def fail(self, *keys: str) -> None:
        """Note a failure."""
        with self._lock:
            for key in keys:
                self._failed.setdefault(key, deque(maxlen=self._allowed)).append(time.monotonic())
                self._failed.move_to_end(key)
            while len(self._failed) > self._most:
                self._failed.popitem(last=False)


class OneTime:
    """The word in the printed address: whoever brings it first is let in, once."""

    def __init__(self) -> None:
        self._word = secrets.token_urlsafe(24)
        self._lock = threading.Lock()

    @property
    def word(self) -> str:
        """The word, empty once used."""
        return self._word

    def take(self, word: str) -> bool:
        """Whether this is it; afterwards no word is."""
        with self._lock:
            right = bool(self._word) and hmac.compare_digest(word.encode(), self._word.encode())
            if right:
                self._word = ""
            return right


@dataclass
class Site:
    """A server: its store, the folder that uploads go to, and the settings that documents are read with.

    ``local`` is the name under which the holder of the one-time word works, empty where there is none to be had.
    """

    store: Store
    inbox: Path | None
    settings: Settings
    clock: Clock = field(default_factory=Clock)
    local: str = ""
    hosts: tuple[str, ...] = ()  # names that requests may call the server by; empty: any
    program: str = ""
    word: OneTime = field(default_factory=OneTime)
    attempts: Attempts = field(default_factory=Attempts)
    pages: Pages = field(default_factory=Pages)
    desk: Desk | None = None  # where uploads go, once the server has started


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    site: Site = request.app.state.site
    return site
