"""A few processes that draw pages, so that whoever asks stays free: :mod:`chain.rendering.worker` behind a queue.

Started when first needed, ended with :meth:`Printers.close` or with the process that holds them. One that does not
answer in time, or dies, is ended and replaced; the page that it was at is refused, and may be asked for again.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from chain.kernel.errors import Damaged, Unavailable
from chain.rendering.page import PageJob
from chain.rendering.worker import job_to_json, pages_of, read_frame, write_frame

TIMEOUT = 30.0
"""Seconds for one certificate, the start of a process included; some 30 ms are usual."""
QUEUE = 64
"""Certificates that may wait."""


class Printers:
    """Draws pages in processes of their own. Safe to share between threads.

    Args:
        processes: how many; by default one a core, at most four.
        timeout: seconds for one certificate.
        waiting: how many may wait for a process.
    """

    def __init__(self, processes: int = 0, *, timeout: float = TIMEOUT, waiting: int = QUEUE) -> None:
        self._count = processes or min(4, os.cpu_count() or 1)
        self._timeout = timeout
        self._places = threading.Semaphore(self._count + waiting)
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self._count):
            self._idle.put(None)
        self._closed = threading.Event()

    def draw(self, job: PageJob) -> bytes:
        """The pages of one certificate, as :func:`chain.rendering.page.draw` makes them.

        Raises:
            InvalidInput, NotFound, Damaged: as there.
            Unavailable: too many wait, or the process died or took too long.
        """
        if self._closed.is_set() or not self._places.acquire(blocking=False):
            raise Unavailable(
                "too many certificates wait to be printed",
                code="paper.busy",
                field="printer",
                fix="try again in a second",
            )
        try:
            worker = self._idle.get()
            try:
                if worker is not None and not worker.is_alive:
                    worker.close()
                    worker = None
                worker = worker or _Worker()
                return worker.draw(job, self._timeout)
            finally:
                if worker is not None and (self._closed.is_set() or not worker.is_alive):
                    worker.close()
                    worker = None
                self._idle.put(worker)
        finally:
            self._places.release()

    def draw_each(self, jobs: Iterable[PageJob]) -> Iterator[bytes]:
        """The pages of many, in order, as many at once as there are processes; takes jobs only as they are needed."""
        source = iter(jobs)
        with ThreadPoolExecutor(self._count, thread_name_prefix="printers") as pool:
            running: list[Future[bytes]] = [pool.submit(self.draw, job) for job in islice(source, 2 * self._count)]
            while running:
                yield running.pop(0).result()
                running += [pool.submit(self.draw, job) for job in islice(source, 1)]

    def close(self) -> None:
        """End the processes; pages that are being drawn are finished first, by whoever draws them."""
        self._closed.set()
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.close()


class _Worker:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "chain.rendering.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # an interrupt at the terminal is the parent's to act on; its end ends this, too
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def draw(self, job: PageJob, timeout: float) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        watch = threading.Timer(timeout, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            write_frame(self._process.stdin, job_to_json(job))
            answer = read_frame(self._process.stdout)
        except (OSError, Damaged):
            answer = None
        finally:
            watch.cancel()
        if answer is None:
            self._process.kill()
            self._process.wait()
            raise Unavailable(
                f"the page was not drawn within {timeout:g} s, or its process died",
                code="paper.worker",
                field="printer",
                fix="try again",
            )
        return pages_of(answer)

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    pass
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


__all__ = ["QUEUE", "TIMEOUT", "Printers"]
