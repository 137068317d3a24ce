"""A second reader at an endpoint of the user's own: results of the engine on their way to the journal are read once more.

Workers have no network, and a question takes seconds: so it is asked here, a few documents at a time, whatever the engine.
Results that went through are journalled like any other, and a run that is started again asks only for the rest. The key
comes from the environment alone; neither it nor an answer is logged.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from extractors import secondreading
from extractors.schema import TABLES
from pipeline.config import Settings
from pipeline.engines import Done
from pipeline.errors import UsageError
from pipeline.journal import decode, encode
from pipeline.notice import say
from pipeline.rendering import rendered
from pipeline.worker import EXTRACTED, Outcome, row_values

KEY = "TAIZHANG_SECOND_KEY"
_AT_ONCE = 4  # documents asked about side by side: a server of one's own answers a few at a time
_PATIENCE = 5  # passages in a row without an answer, after which nobody is asked any more
_FENCE = re.compile(r"\{.*\}", re.S)  # models put prose or a code fence around what was to be JSON alone

log = logging.getLogger(__name__)


class SecondReader:
    """Asks one model at one OpenAI-compatible endpoint. Raises UsageError where the extra ``llm`` is not installed."""

    def __init__(self, settings: Settings) -> None:
        try:
            import openai  # noqa: PLC0415 (an extra)
        except ModuleNotFoundError as error:
            if error.name != "openai":
                raise
            raise UsageError("第二读者需要 openai;请先安装 taizhang[llm]") from error
        self._openai = openai
        self._settings = settings
        self._client = openai.OpenAI(
            base_url=settings.second_reader, api_key=os.environ.get(KEY) or "none", timeout=settings.timeout, max_retries=2
        )  # fmt: skip
        self._lock = threading.Lock()
        self._silent = 0  # passages in a row without an answer

    def read(self, results: Iterator[Done]) -> Iterator[Done]:
        """The same results, each document of them read once more."""
        waiting: deque[Future[Done]] = deque()
        pool = ThreadPoolExecutor(_AT_ONCE, "second")
        try:
            for result in results:
                waiting.append(pool.submit(self._done, result))
                while waiting and (len(waiting) > 2 * _AT_ONCE or waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            self._silent = _PATIENCE  # where the run is broken off, what is under way asks no more
            pool.shutdown(cancel_futures=True)
            self._client.close()

    def _done(self, result: Done) -> Done:
        outcomes = decode(result.first, result.data)
        for of_input in outcomes:
            for outcome in of_input:
                if not outcome.reason:
                    try:
                        self._reread(outcome)
                    except Exception:  # a fault of ours must cost neither the document nor the run
                        log.warning("doc=%s stage=second_reading failed", outcome.doc_id, exc_info=True)
                outcome.rendered = rendered(outcome, self._settings.formats)
        return Done(result.first, result.count, encode(result.first, outcomes))

    def _reread(self, outcome: Outcome) -> None:
        text = outcome.text.decode()
        reading = secondreading.Reading()
        had: Any = {t: [TABLES[t].row(*row) for row in outcome.rows[t]] for t in EXTRACTED}
        tables = secondreading.Tables(**had)
        for start, end in secondreading.passages(text):
            answer = self._answer(text[start:end])
            if answer is None:
                reading.failed += 1
            else:
                secondreading.ground(text, (start, end), answer, tables, reading)
        secondreading.weigh(tables, text, reading, self._settings.second_model)
        outcome.rows = {t: [row_values(t)(row) for row in getattr(tables, t)] for t in EXTRACTED}

    def _answer(self, passage: str) -> Mapping[str, Any] | None:
        """The model's answer for a passage, None where none came that can be read."""
        if self._silent >= _PATIENCE:
            return None
        try:
            reply = self._client.chat.completions.create(
                model=self._settings.second_model,
                messages=[
                    {"role": "system", "content": secondreading.question()},
                    {"role": "user", "content": passage},
                ],
                temperature=0,
                seed=0,
            )
            content = (reply.choices[0].message.content or "") if reply.choices else ""
        except self._openai.OpenAIError as error:
            self._unanswered(error)
            return None
        self._silent = 0
        found = _FENCE.search(content)
        try:
            answer = json.loads(found[0]) if found else None
        except (ValueError, RecursionError):
            return None
        return answer if isinstance(answer, Mapping) else None

    def _unanswered(self, error: Exception) -> None:
        with self._lock:
            self._silent += 1
            if self._silent == _PATIENCE:
                log.warning("stage=second_reading gave up: %s", type(error).__name__)
                say(
                    f"taizhang: 二读 {self._settings.second_reader} 连续 {_PATIENCE} 次没有回答({type(error).__name__});"
                    "其余文件不再二读,在 documents 表的 warnings 里记为 second_failed。请检查地址、模型和密钥"
                )
