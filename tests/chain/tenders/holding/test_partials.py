"""What came in a key holder's name counts if that one's share made all of it, and names the first that did not."""

from __future__ import annotations

import pytest

from chain.kernel.errors import Refused
from chain.tenders.holding.partials import Partial, check_partials
from tests.chain.sealing.samples import holders, identity

SIGNED = {"liveSet": identity(1), "bids": identity(2)}


def partials(**by: int) -> list[Partial]:
    """What should be key holder 1's, with the shares that really signed."""
    shares = holders().shares
    return [Partial(name, one.digest(), shares[by.get(name, 1)].sign(one)) for name, one in SIGNED.items()]


def fault_of(key_holder: int, given: list[Partial]) -> tuple[str, str | None]:
    with pytest.raises(Refused) as caught:
        check_partials(holders().key, key_holder, given, code="release.share")
    assert caught.value.fix
    return caught.value.code, caught.value.field


def test_what_the_share_signed_passes() -> None:
    check_partials(holders().key, 1, partials(), code="release.share")


@pytest.mark.parametrize("field", SIGNED)
def test_one_signature_of_another_share_is_refused_by_the_field_it_came_in(field: str) -> None:
    assert fault_of(1, partials(**{field: 2})) == ("release.share", field)


def test_right_signatures_in_anothers_name_or_in_nobodys_are_refused() -> None:
    assert fault_of(2, partials()) == ("release.share", "liveSet")
    assert fault_of(9, partials()) == ("release.share", "liveSet")


def test_what_is_no_signature_at_all_is_refused() -> None:
    right, _ = partials()
    assert fault_of(1, [right, Partial("bids", identity(2).digest(), b"\x00" * 48)]) == ("release.share", "bids")
