"""Imported once by the fork server: what it holds, every worker starts with, and a worker that died is back at once."""

from __future__ import annotations

import contextlib
import gc
import importlib

for _module in ("extractors", "pipeline.worker", "pipeline.engines.local"):
    importlib.import_module(_module)


def _compile() -> None:
    """Run the chain once, so that grammars and lexicons are compiled before the first fork."""
    import extractors  # noqa: PLC0415

    sample = "2021年工作计划\n一、责任单位:市财政局。6月底前完成投资1亿元。\n"
    extractors.extract(extractors.read(sample.encode(), "warm.txt"), extractors.Options(year=None))


with contextlib.suppress(Exception):  # a fault shows at the first document, where it is reported
    _compile()
gc.collect()
gc.freeze()  # what is here now is never garbage: not looked at again, its pages stay shared between the workers
