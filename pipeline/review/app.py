"""The application: pages, guards, armour, and what a user sees when something goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipeline.errors import RunError
from pipeline.review.armour import Armour, TooLong
from pipeline.review.guard import GUARDS, LogIn
from pipeline.review.pages import PAGES, upload
from pipeline.review.reading import Desk
from pipeline.review.rendering import page, wants_piece
from pipeline.review.site import Site

log = logging.getLogger(__name__)

_WORDS = {404: "没有这个页面", 405: "不能这样打开", 413: "提交的内容过大", 422: "网址或表单的内容不对"}


def create_app(site: Site) -> FastAPI:
    """The application over a site."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        if site.inbox is not None:
            site.desk = Desk(site.store, site.inbox, site.settings, site.clock)
            await run_in_threadpool(site.desk.start)
        yield
        if site.desk is not None:
            await run_in_threadpool(site.desk.stop)

    app = FastAPI(
        title="taizhang", lifespan=running, openapi_url=None, docs_url=None, redoc_url=None, dependencies=list(GUARDS)
    )
    app.state.site = site
    for module in PAGES:
        app.include_router(module.router)
    app.add_exception_handler(LogIn, _log_in)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(TooLong, _too_long)
    app.add_exception_handler(RunError, _store_trouble)
    app.add_exception_handler(OSError, _store_trouble)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Armour, hosts=site.hosts, upload_path=upload.PATH)
    return app


def _told(request: Request, status: int, words: str) -> Response:
    if wants_piece(request):
        return PlainTextResponse(words, status_code=status)
    return page(request, "error.html", status, code=status, words=words)


async def _log_in(request: Request, _: Exception) -> Response:
    if wants_piece(request):
        return PlainTextResponse("登录已过期,请重新登录", status_code=401)
    if request.method != "GET":
        return _told(request, 401, "请先登录")
    return RedirectResponse("/login", status_code=303)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    ours = isinstance(error, HTTPException) and error.detail and not error.detail.isascii()
    words = str(error.detail) if ours else _WORDS.get(error.status_code, "不能执行")
    answer = _told(request, error.status_code, words)
    answer.headers.update(error.headers or {})
    return answer


async def _invalid(request: Request, _: Exception) -> Response:
    return _told(request, 422, _WORDS[422])


async def _too_long(request: Request, _: Exception) -> Response:
    return _told(request, 413, _WORDS[413])


async def _store_trouble(request: Request, error: Exception) -> Response:
    log.error("path=%s %s", request.url.path, error)
    return _told(request, 503, str(error) if isinstance(error, RunError) else "读写失败,请告知管理员")


async def _unexpected(request: Request, error: Exception) -> Response:
    log.exception("path=%s", request.url.path, exc_info=error)
    return _told(request, 500, "意外出错,没有执行;请告知管理员")
