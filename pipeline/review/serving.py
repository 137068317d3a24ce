"""From the command's options to a running server."""

from __future__ import annotations

import getpass
import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path

from pipeline import config as extract_settings
from pipeline import logs
from pipeline.clock import Clock
from pipeline.errors import UsageError
from pipeline.nightly_config import Log, Nightly
from pipeline.program import program_version
from pipeline.review.app import create_app
from pipeline.review.site import Site
from pipeline.store import Store, people

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


def add_user(store: Store, name: str, password: str, role: str) -> None:
    """Add somebody or give him a new password. Raises UsageError."""
    if problem := people.problem_of(name, password, role):
        raise UsageError(f"不能建用户:{problem}")
    now = Clock().stamp()
    store.write(lambda c: people.put_user(c, name, password, role, now, _user()))


def site_for(opened: Store, settings: Nightly | None, host: str, inbox: Path | None) -> Site:
    """The site of these options. Raises UsageError where others could come in and no user is set up."""
    local = host == "localhost" or _is_loopback(host)
    with opened.reader() as connection:
        known = people.users(connection)
    if not local and not known:
        raise UsageError("要让别的机器打开核对页面,先用 taizhang review --add-user 建好用户")
    return Site(
        store=opened,
        inbox=inbox or _inbox_of(opened, [i.path for i in settings.inboxes] if settings else []),
        settings=settings.extract if settings else extract_settings.load({}),
        local=_user() if local else "",
        hosts=_LOOPBACK if local else (),
        program=program_version(),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "本机用户"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _inbox_of(store: Store, inboxes: list[Path]) -> Path | None:
    """The first inbox of the settings, else a folder beside a SQLite store, else none."""
    if inboxes:
        return inboxes[0]
    if store.url.get_backend_name() == "sqlite":
        return Path(f"{Path(str(store.url.database)).with_suffix('')}-上传")
    return None


def serve(site: Site, host: str, port: int, say: Callable[[str], None], log: Log | None = None) -> None:
    """Serve until interrupted; ``log`` is where the settings want the log kept. Raises UsageError where the address cannot
    be had."""
    import uvicorn  # noqa: PLC0415

    logs.configure("review", False, log)
    listening = _listen(host, port)
    shown, port = listening.getsockname()[:2]
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"
    if site.local:
        say(f"核对页面 {address}enter?word={site.word.word}")
        say("网址只能用一次,打开后一直有效到退出;按 Ctrl+C 结束")
    else:
        say(f"核对页面 {address};按 Ctrl+C 结束")
    server = uvicorn.Server(uvicorn.Config(
        create_app(site), log_level="warning", server_header=False, timeout_graceful_shutdown=5, access_log=False,
        proxy_headers=False, log_config=None,
    ))  # fmt: skip
    server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        raise UsageError(f"不能在 {host} 的端口 {port} 上打开:{error.strerror or error};换一个 --port") from error
    return listening
