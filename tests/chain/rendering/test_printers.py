"""Processes that draw: the same pages, errors told, death and delay survived, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from chain.catalogue import SHIPPED
from chain.kernel.errors import InvalidInput, Unavailable
from chain.rendering.face import ReprintMark
from chain.rendering.page import draw
from chain.rendering.printers import Printers
from chain.rendering.worker import job_from_json, job_to_json
from tests.support.papers import face_of, job


@pytest.fixture(scope="module")
def printers():
    found = Printers(2)
    yield found
    found.close()


def some(number: int = 1):
    return job(face_of(SHIPPED.find("food-trade-licence"), certificateHolderName=f"示例{number}号食品店"))


def test_a_job_survives_the_way_to_the_process():
    one = job(face_of(SHIPPED.find("business-licence")), reprint=ReprintMark(2, 5))
    assert job_from_json(job_to_json(one)) == one


def test_the_pages_are_those_drawn_here(printers):
    assert printers.draw(some()) == draw(some())


def test_many_are_drawn_in_order(printers):
    jobs = [some(number) for number in range(7)]
    assert list(printers.draw_each(iter(jobs))) == [draw(one) for one in jobs]


def test_many_may_ask_at_once(printers):
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(printers.draw, [some(number) for number in range(6)]))) == 6


def test_an_error_is_told_and_the_process_goes_on(printers):
    faulty = job(face_of(SHIPPED.find("business-licence"), KZ_legalRepresentative="\U00030000"))
    with pytest.raises(InvalidInput) as caught:
        printers.draw(faulty)
    assert (caught.value.code, caught.value.field) == ("paper.character", "KZ_legalRepresentative")
    assert printers.draw(some()).startswith(b"%PDF-")


def test_a_process_that_died_is_replaced():
    own = Printers(1)
    try:
        own.draw(some())
        worker = own._idle.get()
        assert worker is not None
        os.kill(worker._process.pid, signal.SIGKILL)
        worker._process.wait()
        own._idle.put(worker)
        assert own.draw(some()).startswith(b"%PDF-")
    finally:
        own.close()


def test_one_that_takes_too_long_is_ended():
    own = Printers(1, timeout=0.001)
    try:
        with pytest.raises(Unavailable, match="not drawn within"):
            own.draw(some())
    finally:
        own.close()


def test_too_many_are_turned_away_at_once():
    own = Printers(1, waiting=0)
    try:
        assert own._places.acquire(blocking=False)
        with pytest.raises(Unavailable) as caught:
            own.draw(some())
        assert caught.value.code == "paper.busy"
    finally:
        own.close()


def test_after_closing_nothing_is_drawn():
    own = Printers(1)
    own.draw(some())
    worker = own._idle.queue[0]
    own.close()
    assert worker._process.returncode == 0
    with pytest.raises(Unavailable):
        own.draw(some())


def test_a_worker_ends_with_its_input():
    process = subprocess.Popen([sys.executable, "-m", "chain.rendering.worker"], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 0
