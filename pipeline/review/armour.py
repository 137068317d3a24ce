"""What surrounds every answer: headers that tell the browser to trust nothing but us, and limits on what comes in."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "font-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
MAX_FORM = 1 << 20  # bytes of a form; uploads have their own limit


class TooLong(Exception):
    """A body of more bytes than allowed."""


class Armour:
    """Outermost layer of the application."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], upload_path: str) -> None:
        self._app, self._hosts, self._upload_path = app, hosts, upload_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = {name.lower() for name, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in sent]
                if b"cache-control" not in sent:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        heads = dict(scope["headers"])
        if self._hosts and _name(heads.get(b"host", b"").decode("latin-1")) not in self._hosts:
            await _plain(guarded, 400, "这个网址不是本服务的")  # another name made to lead here
            return
        limit = None if scope["path"] == self._upload_path else MAX_FORM
        length = heads.get(b"content-length", b"0")
        if limit is not None and length.isdigit() and int(length) > limit:
            await _plain(guarded, 413, "提交的内容过大")
            return
        await self._app(scope, _bounded(receive, limit), guarded)


def _name(host: str) -> str:
    """The host of a Host header, without its port."""
    return host.rsplit(":", 1)[0] if host.rsplit(":", 1)[-1].isdigit() and not host.endswith("]") else host


def _bounded(receive: Receive, limit: int | None) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if limit is not None and seen > limit:
            raise TooLong
        return message

    return bounded


async def _plain(send: Send, status: int, words: str) -> None:
    body = words.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
