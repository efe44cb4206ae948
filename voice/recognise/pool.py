"""Recognisers in processes of their own, so that a decoding never holds up a call's media or the console."""

import os
import selectors
import subprocess
import sys
import time
from datetime import datetime
from queue import Empty, Queue
from threading import Lock, Semaphore
from types import TracebackType
from typing import Self

import msgspec

from nlu.reading import Expectation
from voice.audio.sound import Sound
from voice.errors import EngineError, EngineTimeout
from voice.recognise.messages import HEADER, EngineSpec, Reply, Request, framed, request_of
from voice.recognise.recogniser import Recognition

LOAD_LIMIT_SECONDS = 60.0  # Whisper base loads in 2 s, on a machine that is busy with eight other things in 20 s
TURN_LIMIT_SECONDS = 10.0  # a resident waits no longer; a usual turn takes below one second
MOST_WAITING = 16  # turns in the queue for each worker: more could not be answered in time
READ_BYTES = 1 << 16


class RecogniserPool:
    """A Recogniser that hands each turn to one of several processes. Safe to use from any thread.

    A worker that takes too long or dies is ended and replaced, and the turn raises EngineTimeout or EngineError: the
    caller asks again. When too many turns wait already, EngineError("engine.busy") comes at once.
    """

    name = "pool"

    def __init__(self, spec: EngineSpec, *, workers: int = 1, turn_limit_seconds: float = TURN_LIMIT_SECONDS) -> None:
        self._spec = spec
        self._turn_limit_seconds = turn_limit_seconds
        self._places = Semaphore(workers * (1 + MOST_WAITING))
        self._idle: Queue[Worker | None] = Queue()
        self._all: set[Worker] = set()
        self._guard = Lock()
        for worker in [self._started() for _ in range(workers)]:
            self._idle.put(worker)

    def recognise(self, sound: Sound, *, expectation: Expectation | None, at: datetime) -> Recognition:
        """As the Protocol says. Blocks for at most twice the time limit of a turn."""
        if not self._places.acquire(blocking=False):
            raise EngineError("engine.busy", "语音识别太忙，请稍后再试或增加识别进程。")
        try:
            return self._with_worker(request_of(sound, expectation, at=at))
        finally:
            self._places.release()

    def _with_worker(self, request: Request) -> Recognition:
        try:
            worker = self._idle.get(timeout=self._turn_limit_seconds)
        except Empty as problem:
            raise EngineTimeout("engine.busy", "语音识别排队太久，请稍后再试或增加识别进程。") from problem
        try:
            worker = worker or self._started()
            reply = worker.ask(request, limit_seconds=self._turn_limit_seconds)
        except EngineError:
            if worker is not None:
                self._end(worker)
            worker = None  # the next turn starts another one
            raise
        finally:
            self._idle.put(worker)
        if reply.recognition is None:
            raise EngineError(reply.code, reply.message)
        return reply.recognition

    def workers(self) -> tuple["Worker", ...]:
        """The processes that are alive, for whoever watches or ends them."""
        with self._guard:
            return tuple(self._all)

    def close(self) -> None:
        """Ends all processes."""
        for worker in self.workers():
            self._end(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> "Worker":
        worker = Worker(self._spec)
        with self._guard:
            self._all.add(worker)
        reply = worker.reply(limit_seconds=LOAD_LIMIT_SECONDS)
        if reply.code:
            self._end(worker)
            raise EngineError(reply.code, reply.message)
        return worker

    def _end(self, worker: "Worker") -> None:
        with self._guard:
            self._all.discard(worker)
        worker.end()


class Worker:
    """One process and the pipe to it."""

    def __init__(self, spec: EngineSpec) -> None:
        threads = str(spec.threads)
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "voice.recognise.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._send(spec)

    def ask(self, request: Request, *, limit_seconds: float) -> Reply:
        """The reply to one request. Raises EngineTimeout, or EngineError when the process has died."""
        self._send(request)
        return self.reply(limit_seconds=limit_seconds)

    def reply(self, *, limit_seconds: float) -> Reply:
        """The next reply."""
        until = time.monotonic() + limit_seconds
        (length,) = HEADER.unpack(self._read(HEADER.size, until))
        return msgspec.msgpack.decode(self._read(length, until), type=Reply)

    def end(self) -> None:
        """Ends the process; its pipes are closed."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _send(self, message: Request | EngineSpec) -> None:
        if self._process.stdin is None:
            raise EngineError("engine.died", "语音识别进程没有启动，请重试。")
        try:
            self._process.stdin.write(framed(message))
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError) as problem:
            raise EngineError("engine.died", "语音识别进程意外退出，已重新启动，请再说一遍。") from problem

    def _read(self, count: int, until: float) -> bytes:
        if self._process.stdout is None:
            raise EngineError("engine.died", "语音识别进程没有启动，请重试。")
        descriptor, found = self._process.stdout.fileno(), b""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while len(found) < count:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise EngineTimeout("engine.timeout", "语音识别超时，已重新启动识别进程，请再说一遍。")
                block = os.read(descriptor, min(READ_BYTES, count - len(found)))
                if not block:
                    raise EngineError("engine.died", "语音识别进程意外退出，已重新启动，请再说一遍。")
                found += block
        return found
