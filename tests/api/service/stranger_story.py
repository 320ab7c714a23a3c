"""The demo's story, told by a generated client alone. Not a test: tests/api/service/test_generated_client.py runs it.

It runs in the generator's own environment and knows of the service only the address and the accounts. Standard input
holds the settings, then a line each time a second person has decided; standard output gets a line each time one must,
and what was seen at the end.
"""

from __future__ import annotations

import io
import json
import sys
import time
from typing import Any

from yinxin_client import AuthenticatedClient, Client
from yinxin_client.api.audit import list_audit_events, list_bureau_audit_events
from yinxin_client.api.batches import follow_batch, list_batches, show_batch, upload_list
from yinxin_client.api.certificates import (
    list_certificates,
    search_certificates,
    show_bundle,
    show_certificate,
    show_code,
)
from yinxin_client.api.ledger import list_anchors, list_bureaus, list_status_heads, show_blob
from yinxin_client.api.sessions import make_token, sign_in, sign_out, who_am_i
from yinxin_client.api.statuses import make_acts, show_act
from yinxin_client.api.verifications import find_bundle, find_stamp, show_status_list, verify
from yinxin_client.models import (
    ActRequest,
    ActRequestOperation,
    BundleRequest,
    PasswordSignIn,
    Problem,
    Scope,
    SearchRequest,
    TokenRequest,
    VerificationRequest,
)
from yinxin_client.types import File

SETTINGS: dict[str, Any] = json.loads(sys.stdin.readline())
URL, BUREAU = SETTINGS["url"], SETTINGS["bureau"]
SEEN: dict[str, Any] = {}


def entered(name: str) -> AuthenticatedClient:
    """Sign in."""
    with Client(base_url=URL, timeout=60) as client:
        made = sign_in.sync(client=client, body=PasswordSignIn(name=name, password=SETTINGS["password"]))
    return AuthenticatedClient(base_url=URL, token=made.token, timeout=60)


def decided(what: str) -> None:
    """Wait until the second person has decided."""
    print(json.dumps({"await": what}), flush=True)
    sys.stdin.readline()


def until(ask: Any, wanted: str) -> Any:
    """Ask again until a batch or act is in a state."""
    for _ in range(2400):
        found = ask()
        if found.state == wanted:
            return found
        time.sleep(0.1)
    raise SystemExit(f"stays {found.state}, not {wanted}")


def verdict(client: Client | AuthenticatedClient, text: str) -> str:
    """What a check says."""
    return str(verify.sync(client=client, body=VerificationRequest(input_=text)).verdict.value)


def later(ask: Any, before: str) -> Any:
    """What is said once it is no longer what was said before: a check knows of a status act within about a second."""
    for _ in range(600):
        if (found := ask()) != before:
            return found
        time.sleep(0.1)
    raise SystemExit(f"stays {before}")


def act(officer: AuthenticatedClient, operation: ActRequestOperation, identifier: str) -> None:
    """A status act, decided and finished."""
    body = ActRequest(operation=operation, certificates=[identifier], reason="检查发现问题")
    made = make_acts.sync(BUREAU, client=officer, body=body, idempotency_key=f"act-{operation.value}-{identifier}")
    decided("act")
    until(lambda: show_act.sync(BUREAU, made.items[0].number, client=officer), "complete")


def main() -> None:
    """The whole day."""
    nobody, officer, clerk = Client(base_url=URL, timeout=60), entered("officer"), entered("clerk")
    SEEN["me"] = who_am_i.sync(client=officer).name
    SEEN["bureaus"] = [one.code for one in list_bureaus.sync(client=nobody).items]

    with open(SETTINGS["faulty"], "rb") as file:
        faulty = upload_list.sync(BUREAU, client=officer, body=File(payload=file), type_="business-licence")
    SEEN["faulty"] = [faulty.accepted, faulty.rows, [[one.row, one.rule] for one in faulty.findings]]

    answers = []
    for _ in range(2):
        with open(SETTINGS["good"], "rb") as file:
            data = io.BytesIO(file.read())
        answers.append(
            upload_list.sync_detailed(
                BUREAU, client=officer, body=File(payload=data), type_="business-licence", name="good.csv",
                idempotency_key="the-good-list-of-today",
            )
        )  # fmt: skip
    SEEN["uploaded"] = [answer.status_code.value for answer in answers]
    SEEN["replayed"] = [answer.headers.get("idempotent-replayed") for answer in answers]
    number = answers[0].parsed.batch.number
    SEEN["batches"] = [one.number for one in list_batches.sync(BUREAU, client=officer).items]
    decided("batch")
    batch = until(lambda: show_batch.sync(BUREAU, number, client=officer), "complete")
    SEEN["batch"] = [batch.size, batch.done, batch.sequence]
    SEEN["events"] = follow_batch.sync_detailed(BUREAU, number, client=officer).content.decode()

    page = list_certificates.sync(BUREAU, client=officer, limit=2)
    rest = list_certificates.sync(BUREAU, client=officer, limit=2, cursor=page.next_)
    found = [*page.items, *rest.items]
    SEEN["found"] = len(found)
    first, second = found[0], found[1]
    SEEN["by_name"] = [
        one.identifier
        for one in search_certificates.sync(BUREAU, client=officer, body=SearchRequest(name=first.holder)).items
    ]
    SEEN["first"] = first.identifier
    detail = show_certificate.sync(BUREAU, first.entry, client=clerk)
    SEEN["detail"] = [detail.status, detail.fields["certificateHolderName"] == first.holder]
    SEEN["svg"] = show_code.sync_detailed(BUREAU, first.entry, client=clerk).content[:4].decode()

    bundle = find_bundle.sync_detailed(client=clerk, body=BundleRequest(identifier=first.identifier)).content.decode()
    SEEN["same_bundle"] = show_bundle.sync_detailed(BUREAU, first.entry, client=officer).content.decode() == bundle
    spoilt = bundle.replace('"size":', '"size":1', 1)
    SEEN["verdicts"] = [
        verdict(nobody, bundle),
        verdict(clerk, first.identifier),
        verdict(nobody, first.identifier),
        verdict(nobody, spoilt),
    ]
    act(officer, ActRequestOperation.SUSPEND, first.identifier)
    SEEN["suspended"] = later(lambda: verdict(nobody, bundle), "VALID")
    act(officer, ActRequestOperation.REVOKE, second.identifier)
    SEEN["revoked"] = later(lambda: verdict(clerk, second.identifier), "VALID")
    SEEN["history"] = [
        [one.operation, one.after] for one in show_certificate.sync(BUREAU, second.entry, client=clerk).history
    ]

    anchor = list_anchors.sync(BUREAU, client=nobody, lane="11100000MB0143028R001").items[0]
    SEEN["anchor"] = [anchor.sequence, anchor.size]
    SEEN["manifest"] = len(show_blob.sync_detailed(anchor.manifest, client=nobody).content) > 0
    heads = list_status_heads.sync(BUREAU, client=nobody).items
    SEEN["status_list"] = show_status_list.sync_detailed(heads[-1].digest, client=nobody).content.count(b".")
    stamp = find_stamp.sync("0x" + "00" * 32, client=nobody)
    SEEN["unknown_stamp"] = [isinstance(stamp, Problem), stamp.code]

    log = list_audit_events.sync(client=entered("authority"), limit=500).items
    SEEN["audit"] = [
        [one.operation, one.subject, one.outcome] for one in log if one.kind == "ended" and one.bureau == BUREAU
    ]
    refused = list_bureau_audit_events.sync(BUREAU, client=officer)
    SEEN["refused"] = [refused.status, refused.code]

    made = make_token.sync(
        client=officer, body=TokenRequest(label="nightly", scopes=[Scope.CERTIFICATES], expires_in=600)
    )
    with AuthenticatedClient(base_url=URL, token=made.token, timeout=60) as narrow:
        SEEN["narrow"] = [
            len(list_certificates.sync(BUREAU, client=narrow).items),
            list_batches.sync(BUREAU, client=narrow).code,
        ]
    sign_out.sync_detailed(client=officer)
    SEEN["signed_out"] = who_am_i.sync(client=officer).code
    print(json.dumps({"seen": SEEN}), flush=True)


main()
