"""What the process that answers runs: the application of the home that ``YINXIN_CUSTODY_HOME`` names."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from fastapi import FastAPI

from api.custody.app import create_app
from api.custody.place import Custodian, open_custodian
from api.custody.server import HOME
from api.service.asgi import end_with_parent
from api.service.observed import log_as_json
from chain.cli._tenders import TenderPlace, tender_place
from chain.kernel.home import Home

ACCOUNT = "account"


def create() -> FastAPI:
    """The application; called once in the process that answers."""
    end_with_parent()
    log_as_json()
    home = Home(Path(os.environ[HOME]))
    stack = ExitStack()
    place = stack.enter_context(tender_place(home))
    custodian = custodian_of(place)
    stack.callback(custodian.store.close)
    return create_app(custodian, closing=stack.close)


def custodian_of(place: TenderPlace) -> Custodian:
    """The custodian of a home. Raises NotFound, Refused (passphrase), Unavailable."""
    home = place.home
    return open_custodian(
        key=bytes(place.keys.account(ACCOUNT).key), ledger=place.ledger, acts=place.acts(ACCOUNT), board=place.board,
        shelf=shelf_of(home), folder=home.resolve(home.settings.tenders.custody), settings=home.settings.custodian,
    )  # fmt: skip


def shelf_of(home: Home) -> Path:
    """The folder that the server shows as a board: the first one of the settings, else ``board``."""
    boards = home.settings.tenders.boards
    folder = next((name for name in boards if "://" not in name), "board")
    return home.resolve(folder)
