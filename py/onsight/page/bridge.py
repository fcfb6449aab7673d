"""Handles the page's requests: they come from the worker as plain data, and results go back as messages.

No other module knows about the page. The messages are those of ``web/protocol.d.ts``, which
``web/protocol.py`` generates from `METHODS` and the result dataclasses.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import Any

import numpy as np

from onsight.api import METHODS, RunCache, models_for
from onsight.core.flow import Run, Stage, Stopwatch, Tensors, drive_async
from onsight.core.options import options_from
from onsight.core.texts import text
from onsight.errors import (
    CancelledError,
    DownloadFailedError,
    InvalidOptionError,
    ModelFailedError,
    OnsightError,
    OutOfMemoryError,
    UnreadableFileError,
    UnsupportedFormatError,
)
from onsight.image.writing import as_original
from onsight.method import Method

Message = dict[str, Any]

PAUSE_EVERY = 0.02
"""A stage begins by handling messages from the page if this many seconds have passed; each such pause costs time."""


class Bridge:
    """Handles requests, with one result or error message for each; raises nothing, whatever a request contains."""

    def __init__(
        self,
        models: Any,
        post: Callable[[Any], None],
        run: Callable[..., Awaitable[Any]],
        decode_in_browser: Callable[[Any], Awaitable[Any]],
    ) -> None:
        """Make the tasks.

        Args:
            models: JS array of ``{"id", "spec": text of model.json, "labels": text of labels.txt or ""}``.
            post: JS function that posts a message to the page.
            run: JS function ``run(model, fetches, names, ...arrays)`` that runs a network.
            decode_in_browser: JS function that turns a blob into the bytes of a PNG, or rejects.
        """
        # The snapshot of Python contains them already (see py/prepare_snapshot.py).
        self._models = models_for(tuple((model["id"], model["spec"], model["labels"]) for model in models.to_py()))
        self._cache = RunCache()
        self._post = post
        self._run_js = run
        self._decode_in_browser = decode_in_browser
        self._tasks: dict[int, asyncio.Task[Any]] = {}

    async def handle(self, request_id: int, method: str, params: Any) -> None:
        """Handle one request and send exactly one ``result`` or ``error`` message."""
        task = asyncio.ensure_future(self._answer(request_id, method, params))
        self._tasks[request_id] = task
        try:
            message = await task
        except asyncio.CancelledError:
            message = _error(request_id, CancelledError(text("The work was cancelled.")))
        except OnsightError as error:
            message = _error(request_id, error)
        except MemoryError:
            message = _error(
                request_id,
                OutOfMemoryError(
                    text(
                        "There is not enough memory for this picture now. Close other tabs and programs and try again, "
                        "or use a smaller copy of it."
                    )
                ),
            )
        except Exception as error:  # a bug in Onsight: the page shows it with a traceback to copy
            detail = "".join(traceback.format_exception(error))
            message = _error(
                request_id,
                OnsightError(text("Something went wrong inside Onsight with this picture."), detail=detail),
            )
        finally:
            del self._tasks[request_id]
        self._send(message)

    def cancel(self, request_id: int) -> None:
        """Cancel a request at its next pause; does nothing if it has finished."""
        if task := self._tasks.get(request_id):
            task.cancel()

    async def _answer(self, request_id: int, name: str, params: Any) -> Message:
        method = METHODS.get(name)
        if method is None:
            raise InvalidOptionError(text("There is no method {name!r}.", name=name))
        watch = Stopwatch()

        paused = time.perf_counter()

        async def on_stage(stage: Stage) -> None:
            nonlocal paused
            watch.enter(stage.name)
            self._send({"kind": "progress", "id": request_id, "stage": stage.name, "fraction": stage.fraction})
            if time.perf_counter() - paused > PAUSE_EVERY:
                await asyncio.sleep(0)  # lets in messages from the page, such as a cancellation
                paused = time.perf_counter()

        given = {name: _plain(params, name) for name in _names(params) - {"image"}}
        picture = given.pop("picture", None)
        wants_early = given.pop("early", False)
        options = options_from(method.options, given)
        method.check(self._models, options)
        cached = self._cache.get(name, picture, options)
        if cached is None:
            await on_stage(Stage("read"))
            image = await _file(params.image, method) if method.takes_image else b""

            def on_early(outputs: Any) -> None:
                result = method.decide(self._models, outputs, options)
                self._send({"kind": "early", "id": request_id, "result": result.to_json()})

            cached = await self._run_method(method, image, options, on_stage, params, on_early if wants_early else None)
            self._cache.put(name, picture, options, cached)
        outputs, decoded_format = cached
        await on_stage(Stage("postprocess"))
        result = method.decide(self._models, outputs, options)
        if decoded_format is not None and hasattr(result, "image"):
            result = replace(result, image=replace(result.image, format=decoded_format))
        watch.enter(None)
        return {
            "kind": "result",
            "id": request_id,
            "result": result.to_json(),
            "timings_ms": watch.timings_ms,
        }

    async def _run_method(
        self,
        method: Method,
        image: bytes,
        options: Any,
        on_stage: Callable[[Stage], Awaitable[None]],
        params: Any,
        on_early: Callable[[Any], None] | None,
    ) -> tuple[Any, str | None]:
        """Return what the method's run returns, and the file's format if only the browser can open it."""
        try:
            return await drive_async(method.run(self._models, image, options), self._run, on_stage, on_early), None
        except UnsupportedFormatError as error:
            detail = error.detail or {}
            if not detail.get("try_browser"):
                raise
            await on_stage(Stage("decode"))
            image = as_original(await self._decoded_in_browser(params.image, error), image)
            seen = await drive_async(method.run(self._models, image, options), self._run, on_stage, on_early)
            return seen, detail["format"]

    async def _decoded_in_browser(self, blob: Any, refusal: UnsupportedFormatError) -> bytes:
        from pyodide.ffi import JsException

        try:
            png: bytes = (await self._decode_in_browser(blob)).to_bytes()
        except JsException:
            raise refusal from None
        return png

    async def _run(self, step: Run) -> Tensors:
        from pyodide.ffi import JsException, to_js

        arrays = [np.ascontiguousarray(array, np.float32) for array in step.feeds.values()]
        try:
            outputs = await self._run_js(step.model, to_js(step.fetches), to_js(list(step.feeds)), *arrays)
        except JsException as error:
            if getattr(error, "code", None) == DownloadFailedError.code:  # its message is complete
                raise DownloadFailedError(str(getattr(error, "message", error))) from None
            raise ModelFailedError(
                text("The network could not run on this picture. Reload the page and try again."), detail=str(error)
            ) from None
        return {name: _array(getattr(outputs, name)) for name in step.fetches}

    def _send(self, message: Message) -> None:
        from js import Object
        from pyodide.ffi import to_js

        self._post(to_js(_wire(message), dict_converter=Object.fromEntries))


async def _file(blob: Any, method: Method) -> Any:
    """Return a blob as the method needs it: its bytes, or a file to read parts from."""
    return BufferedReader(_BlobFile(blob), 1 << 16) if method.reads_parts else await _read(blob)


class _BlobFile(RawIOBase):
    """A blob as a file, so that archives of any size can be read without loading them into memory."""

    def __init__(self, blob: Any) -> None:
        from js import FileReaderSync

        self._blob, self._reader = (
            blob.slice(),
            FileReaderSync.new(),
        )  # a slice, because the request's own blob is released with it
        self._size, self._position = int(blob.size), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        base = {SEEK_SET: 0, SEEK_CUR: self._position, SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        from pyodide.ffi import JsException

        end = min(self._position + len(buffer), self._size)
        if end <= self._position:
            return 0
        try:
            part = self._reader.readAsArrayBuffer(self._blob.slice(self._position, end))
        except JsException as error:
            raise OSError(text("the file was changed or deleted")) from error
        part.assign_to(memoryview(buffer)[: end - self._position])
        read, self._position = end - self._position, end
        return read


async def _read(blob: Any) -> bytes:
    """Return a blob's bytes.

    Raises:
        UnreadableFileError: The file was moved, deleted or locked after it was chosen.
    """
    from pyodide.ffi import JsException

    try:
        data: bytes = (await blob.arrayBuffer()).to_bytes()
    except JsException as error:
        raise UnreadableFileError(
            text("The file could not be read: it was moved, deleted or locked after it was chosen. Choose it again."),
            detail=str(error),
        ) from None
    return data


def _array(tensor: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return a JS tensor ``{data: Float32Array, dims}`` as a float32 array; its data is copied once."""
    array = np.empty(tuple(tensor.dims), np.float32)
    tensor.data.assign_to(array.reshape(-1))
    return array


def _wire(value: Any) -> Any:
    """Replace None in plain data with JavaScript's null; Pyodide would make it undefined, which JSON drops."""
    from pyodide.ffi import jsnull

    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return jsnull if value is None else value


def _names(params: Any) -> set[str]:
    from js import Object

    return set(Object.keys(params))


def _plain(params: Any, name: str) -> Any:
    value = getattr(params, name)
    return value.to_py() if hasattr(value, "to_py") else value


def _error(request_id: int, error: OnsightError) -> Message:
    return {"kind": "error", "id": request_id, "error": error.to_json()}
