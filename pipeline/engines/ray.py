"""A running Ray cluster: an actor for each processor of each node, each with a worker process of :mod:`pipeline.engines.local`.

What a document may do to its worker is met there just as on one machine. What may befall a node is left to Ray: an actor that
is lost starts again, on another node where its own is gone, and is asked again. Actors ask for no processor, or one that
lost its node would wait for a free one that never comes.

Inputs are read where the actor is if the file stands there under the same path with the same size and time; where it does
not, its bytes are sent. Results come back through Ray and are written by the process that asked.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from pipeline.config import Settings
from pipeline.engines import Done, Stretch
from pipeline.engines.local import Workers
from pipeline.errors import RunError, UsageError
from pipeline.inputs import Item
from pipeline.program import program_fingerprint
from pipeline.remote import is_remote

_AHEAD = 2  # stretches handed to an actor at a time: the next is there when one is done, and results never pile up

_PATIENCE = 10.0  # seconds for the cluster's door to open


def run(stretches: Iterable[Stretch], settings: Settings, _scratch: Path) -> Iterator[Done]:
    """Results as they come. Raises UsageError where no cluster answers, RunError where one runs another program."""
    _join(settings.ray_address)
    try:
        yield from _map(stretches, settings)
    except ray.exceptions.RayError as error:
        raise RunError(f"Ray 集群出错:{_line(error)};再次运行同一命令会接着做") from error
    finally:
        ray.shutdown()


def _join(address: str) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        _knock(address)
        ray.init(address=address, log_to_driver=False, configure_logging=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"连不上 Ray 集群({address}):{_line(error)};请先启动集群,或检查 --ray-address") from error


def _knock(address: str) -> None:
    """Raise OSError at once where nobody listens: Ray would knock for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), _PATIENCE).close()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _map(stretches: Iterable[Stretch], settings: Settings) -> Iterator[Done]:
    own = program_fingerprint(settings)
    actors = _actors(settings)
    idle = [actor for actor in actors for _ in range(_AHEAD)]
    queue = iter(stretches)
    asked: dict[Any, tuple[Any, Stretch]] = {}
    while True:
        while idle and (stretch := next(queue, None)) is not None:
            actor = idle.pop()
            asked[actor.work.remote(stretch, own)] = actor, stretch
        if not asked:
            return
        (ready, *_), _ = ray.wait(list(asked))
        actor, stretch = asked.pop(ready)
        answer = ray.get(ready)
        if isinstance(answer, str):
            raise RunError(f"Ray 节点 {answer} 上的 taizhang 与本机版本不同;请在各节点装同一版本")
        if answer is None:  # the files are not there
            contents = [None if i.problem else _content(i) for i in stretch.items]
            asked[actor.work.remote(stretch, own, contents)] = actor, stretch
            continue
        idle.append(actor)
        yield from answer


def _content(item: Item) -> bytes | None:
    try:
        return Path(item.path).read_bytes()
    except OSError:
        return None


def _actors(settings: Settings) -> list[Any]:
    """An actor a processor, on the node that has it, or as many as ``workers`` says, dealt out over the nodes."""
    nodes = [(n["NodeID"], int(n["Resources"].get("CPU", 0))) for n in ray.nodes() if n["Alive"]]
    seats = [node for turn in range(max((c for _, c in nodes), default=0)) for node, count in nodes if turn < count]
    if not seats:
        raise UsageError("Ray 集群没有可用的处理器;请给节点分配 CPU")
    wanted = settings.workers or len(seats)
    alone = replace(settings, workers=1)
    return [
        _Actor.options(
            scheduling_strategy=NodeAffinitySchedulingStrategy(seats[i % len(seats)], soft=True)
        ).remote(alone)
        for i in range(wanted)
    ]  # fmt: skip


class _Reader:
    """What an actor does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="taizhang-"))
        self._own = program_fingerprint(settings)
        self._workers = Workers(settings, self._folder)

    def work(self, stretch: Stretch, program: str, contents: list[bytes | None] | None = None) -> Any:
        """The results of a stretch; None where its files are not on this node; the node's name where its program is
        another."""
        if program != self._own:
            return socket.gethostname()
        if contents is None:
            if not all(map(_here, stretch.items)):
                return None
            return list(self._workers.map([stretch]))
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            items = tuple(
                _unpacked(i, c, Path(folder, str(n)))
                for n, (i, c) in enumerate(zip(stretch.items, contents, strict=True))
            )
            return list(self._workers.map([Stretch(stretch.first, items)]))


_Actor: Any = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(_Reader)


def _here(item: Item) -> bool:
    """Whether an item can be read on this node, or could not be on the first either."""
    if item.problem or is_remote(item):
        return True
    try:
        status = Path(item.path).stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (item.size, item.modified_ns)


def _unpacked(item: Item, content: bytes | None, path: Path) -> Item:
    if content is None:
        return item
    path.write_bytes(content)
    return item._replace(path=str(path))
