"""One of two processes that want the same thing at the same moment; started by test_races.py.

It opens the office, says ``ready``, and for each line of its input (a JSON object) does what it says and answers one
line: what came of it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.certificates.batches import create_batch, drafts_for_issue
from api.certificates.office import Office
from api.certificates.statuses import create_acts
from api.certificates.tables import certificates
from chain.catalogue import get_type
from chain.catalogue.lists import read_list
from chain.issuing.contents import Draft
from chain.kernel.errors import YinxinError
from chain.kernel.home import Home
from scripts.samples.lists import CHINESE, companies, csv_bytes

LICENCE = get_type("business-licence")


def drafts(office: Office, first: int, count: int) -> list[Draft]:
    """Drafts of companies that do not exist, from the ``first``."""
    table = csv_bytes([CHINESE, *(sample.values for sample in companies(count, seed=11, first=first))], "utf-8")
    report = read_list(table, LICENCE, filename="race.csv")
    return list(drafts_for_issue(office, report.rows, LICENCE))


def main() -> None:
    """Answer line by line."""
    office = Office(Home(Path(sys.argv[1])))
    office.__dict__["bureau_name"] = "示例市市场监督管理局"  # what the registry would say; this race needs no ledger
    _ = office.engine, office.uniqueness
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = _batch(office, order) if "first" in order else _act(office, order)
        except YinxinError as error:
            answer = {"error": error.code}
        print(json.dumps(answer), flush=True)
    office.close()


def _batch(office: Office, order: dict[str, Any]) -> dict[str, Any]:
    number, fresh = create_batch(
        office, drafts(office, order["first"], order["count"]), LICENCE, operation="issue", source="race"
    )
    return {"batch": number, "fresh": fresh}


def _act(office: Office, order: dict[str, Any]) -> dict[str, Any]:
    with office.engine.connect() as connection:
        rows = connection.execute(select(certificates).where(certificates.c.id.in_(order["certificates"]))).all()
    return {"acts": create_acts(office, "revoke", rows, order["reason"])}


if __name__ == "__main__":
    main()
