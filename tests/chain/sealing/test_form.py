"""The opening form: figures are shown one by one against the committed root, the rest stays hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.errors import InvalidInput
from chain.merkle import EMPTY_ROOT
from chain.sealing import Figure, Form, read_disclosure
from tests.chain.sealing.samples import FIGURES, identity

WHO = identity().digest()


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), st.just("1")))
def test_every_figure_is_proved_by_the_root(values: dict[str, str]) -> None:
    form = Form.of(values)
    root = form.root(WHO)
    for shown in form.disclose(WHO, values):
        assert read_disclosure(shown.as_dict()) == shown
        assert shown.proves(root, WHO)
        assert not replace(shown, figure=replace(shown.figure, value="2")).proves(root, WHO)
        assert not shown.proves(root, identity(bidder=2).digest())


def test_a_form_without_figures_has_a_root_too() -> None:
    assert Form.of({}).root(WHO) == EMPTY_ROOT


def test_the_same_figures_have_another_root_in_every_bid() -> None:
    form = Form.of(FIGURES)
    assert form.root(WHO) != form.root(identity(version=2).digest())
    assert Form.of(FIGURES).root(WHO) != Form.of(FIGURES).root(WHO)


def test_order_is_of_the_names_bytes() -> None:
    assert [one.name for one in Form.of({"\U00010000": "", "\uffff": "", "b": "", "a": ""}).figures] == [
        "a", "b", "\uffff", "\U00010000",
    ]  # fmt: skip


def _item(**changes: Any) -> dict[str, Any]:
    return {**Figure("price", "1", bytes(32)).as_dict(), **changes}


@pytest.mark.parametrize(
    "items",
    [
        [_item(), _item()],
        [_item(name="b"), _item(name="a")],
        [_item(name="")],
        [_item(value=1)],
        [_item(salt="AAAA")],
        [_item(salt=None)],
        [_item(more="x")],
        [_item(name="x" * 201)],
        [_item(value="x" * 4097)],
        [_item(name="\ud800")],
        [_item(value="\ud800")],
        {},
        None,
    ],
    ids=[
        "twice",
        "order",
        "no_name",
        "number",
        "short_salt",
        "no_salt",
        "more",
        "long_name",
        "long_value",
        "surrogate_name",
        "surrogate_value",
        "dict",
        "none",
    ],
)
def test_a_malformed_form_is_refused(items: Any) -> None:
    with pytest.raises(InvalidInput):
        Form.read(items)


def test_a_figure_that_is_not_there_is_not_shown() -> None:
    with pytest.raises(InvalidInput):
        Form.of(FIGURES).disclose(WHO, ["discount"])
