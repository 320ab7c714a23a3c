from __future__ import annotations

import pytest

from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.jobs.kit import eventually
from tests.api.service.hall import Hall
from tests.api.town import BUREAU, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/v1/bureaus/{BUREAU}"
TYPE = "business-licence"


def test_a_list_goes_from_upload_to_a_verified_certificate(hall: Hall) -> None:
    samples = licences(3)
    data = csv_bytes([CHINESE, *(sample.values for sample in samples)], "gb18030")
    made = hall.post("officer", f"{HERE}/lists", params={"type": TYPE, "name": "hall.csv"}, content=data)
    assert made.status_code == 201, made.text
    batch = made.json()["batch"]
    assert batch["state"] == "waiting"
    assert made.headers["Location"] == f"{HERE}/batches/{batch['number']}"
    again = hall.post("officer", f"{HERE}/lists", params={"type": TYPE, "name": "other.csv"}, content=data)
    assert (again.status_code, again.json()["known"]) == (200, True)
    with hall.working():
        done = hall.settle(f"{HERE}/batches/{batch['number']}")
    assert (done["state"], done["sequence"]) == ("complete", 1)

    found = hall.get("officer", f"{HERE}/certificates", params={"batch": batch["number"]}).json()
    assert len(found["items"]) == 3
    identifier = found["items"][0]["identifier"]
    bundle = hall.post("clerk", "/v1/bundles", json={"identifier": identifier})
    assert bundle.status_code == 200
    answer = hall.post(None, "/v1/verifications", json={"input": bundle.text})
    assert (answer.status_code, answer.json()["verdict"]) == (200, "VALID"), answer.text
    by_name = hall.post("clerk", "/v1/verifications", json={"input": identifier})
    assert by_name.json()["verdict"] == "VALID"
    stranger = hall.post(None, "/v1/verifications", json={"input": identifier})
    assert stranger.json()["verdict"] == "UNKNOWN", "an identifier alone is not looked up for strangers"

    with hall.working():
        act = hall.post(
            "officer", f"{HERE}/acts", json={"operation": "suspend", "certificates": [identifier], "reason": "检查"}
        )
        assert act.status_code == 202, act.text
        hall.settle(f"{HERE}/acts/{act.json()['items'][0]['number']}")

    def verdict() -> str:
        return str(hall.post(None, "/v1/verifications", json={"input": bundle.text}).json()["verdict"])

    assert eventually(lambda: verdict() == "SUSPENDED", why=verdict)  # asked for about once a second
