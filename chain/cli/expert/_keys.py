"""The keys of a committee member in this home: for each tender an account and a box of their own."""

from __future__ import annotations

from chain.cli._tenders import TenderPlace
from chain.cli.common import State
from chain.kernel.encoding import unb64url, unhex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.home import Home


def account_key(tender: int) -> str:
    """Name of the account that signs this member's sheets for that tender."""
    return f"expert-{tender}"


def box_key(tender: int) -> str:
    """Name of the X25519 key for what this member may read of that tender."""
    return f"box-{tender}"


def expert_home(current: State) -> Home:
    """The home in use. Raises InvalidInput unless it is an expert's."""
    if current.home.settings.role != "expert":
        raise InvalidInput(
            f"{current.home.path} is not an expert's home", code="expert.home", field="--home",
            fix="yinxin --home FOLDER init expert",
        )  # fmt: skip
    return current.home


def made_keys(place: TenderPlace, tender: int) -> tuple[bytes, bytes]:
    """Account (20 bytes) and box (32 bytes) for that tender, made when first asked for."""
    for name, kind in ((account_key(tender), "account"), (box_key(tender), "desk")):
        if not place.keys.has(name):
            place.keys.create(name, kind)
    return known_keys(place, tender)


def known_keys(place: TenderPlace, tender: int) -> tuple[bytes, bytes]:
    """Account (20 bytes) and box (32 bytes) for that tender. Raises NotFound: this home has not enrolled."""
    if not place.keys.has(account_key(tender)) or not place.keys.has(box_key(tender)):
        raise NotFound(
            f"this home has not enrolled for tender {tender}", code="expert.unknown", field="tender",
            fix=f"yinxin expert enrol {tender}",
        )  # fmt: skip
    account, box = place.keys.card(account_key(tender)), place.keys.card(box_key(tender))
    return unhex0x(account.public, size=20), unb64url(box.public)
