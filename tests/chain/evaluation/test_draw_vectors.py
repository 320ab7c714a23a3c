"""Draws of tests/vectors/draw.json, which other code made from the page of the format: ours gives the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from chain.evaluation import Expert, Pool, Seats, draw_experts, draw_order, draw_point, read_pool_paper, seed_of
from chain.evaluation.draw import _Numbers, read_tie, tie_subject
from chain.kernel.encoding import hex0x, unhex0x
from chain.sealing import Draw, FloatPoint
from chain.sealing.threshold import verify
from scripts.vectors.draw import build


@pytest.fixture
def made(vectors: Callable[[str], Any]) -> dict[str, Any]:
    found: dict[str, Any] = vectors("draw")
    return found


def seed_by(made: dict[str, Any], part: dict[str, Any], kind: type[Draw | FloatPoint]) -> bytes:
    """The seed of a part, once our message and our check of the signature agree with the file."""
    message = kind(
        unhex0x(made["genesis"], size=32), unhex0x(made["book"], size=20), made["tender"], made["lot"],
        part["counter"], unhex0x(part["subject"], size=32),
    )  # fmt: skip
    assert hex0x(message.digest()) == part["message"]
    signature = unhex0x(part["signature"], size=48)
    assert verify(unhex0x(made["publicKey"], size=96), message.digest(), signature)
    seed = seed_of(signature)
    assert hex0x(seed) == part["seed"]
    return seed


def test_the_file_is_what_its_script_writes(made: dict[str, Any]) -> None:
    assert build() == made


def test_the_pool_is_that_of_the_lines(made: dict[str, Any]) -> None:
    experts = [Expert.from_dict(line) for line in made["experts"]]
    assert [hex0x(one.leaf()) for one in experts] == made["leaves"]
    paper = Pool(experts[::-1]).paper()
    assert paper.to_bytes().decode() == made["pool"]
    assert (hex0x(paper.digest()), read_pool_paper(made["pool"].encode())) == (made["poolDigest"], paper)


def test_the_stream_gives_the_same_numbers_also_where_many_are_thrown_away(made: dict[str, Any]) -> None:
    told = made["stream"]
    numbers = _Numbers(unhex0x(told["seed"], size=32))
    found = [numbers.below(int(one["limit"])) for one in told["below"]]
    assert found == [int(one["number"]) for one in told["below"]]


@pytest.mark.parametrize("which", ["draw", "replaced"])
def test_the_same_experts_are_drawn(made: dict[str, Any], which: str) -> None:
    part = made[which]
    seats = Seats.from_bytes(part["paper"].encode())
    assert hex0x(seats.subject()) == part["subject"]
    drawn = draw_experts(read_pool_paper(made["pool"].encode()), seats, seed_by(made, part, Draw))
    assert list(drawn) == part["seats"]


def test_who_replaces_is_new_and_of_the_same_specialty(made: dict[str, Any]) -> None:
    gone, (place,) = made["replaced"]["place"], made["replaced"]["seats"]
    assert gone in made["draw"]["seats"]
    assert place not in made["draw"]["seats"]
    assert made["experts"][place]["specialty"] == made["experts"][gone]["specialty"]


def test_equal_bids_come_in_the_same_order(made: dict[str, Any]) -> None:
    part = made["tie"]
    places = read_tie(part["paper"].encode())
    assert hex0x(tie_subject(places)) == part["subject"]
    assert list(draw_order(places, seed_by(made, part, Draw))) == part["order"]


def test_the_same_float_point_is_drawn(made: dict[str, Any]) -> None:
    part = made["float"]
    points = [Decimal(one) for one in part["floats"]]
    assert str(draw_point(points, seed_by(made, part, FloatPoint))) == part["point"]


def test_a_signature_of_another_counter_is_no_seed(made: dict[str, Any]) -> None:
    signature = unhex0x(made["replaced"]["signature"], size=48)
    message = unhex0x(made["draw"]["message"], size=32)
    assert not verify(unhex0x(made["publicKey"], size=96), message, signature)
