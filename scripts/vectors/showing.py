"""Writes the golden vectors of showings: tests/vectors/showing.json.

Salts and ECDSA nonces are drawn afresh, so running this changes the credential and the signatures. Run it only when a
format changes: ``python -m scripts.vectors.showing``. Private keys are small numbers that stand in the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from chain.claims import (
    Binding,
    BindingParts,
    ShowingRequest,
    binding_leaf,
    binding_tag,
    end_tag,
    make_showing,
)
from chain.credentials.credential import CredentialContent, issue_credential, parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.kernel.encoding import b64url, sha256
from chain.merkle import Tree

ROOT = Path(__file__).resolve().parents[2]
BUREAU = "11440100000000001F"
TYPE = "11100000MB0143028R001"
IDENTIFIER = f"1.2.156.3005.2.{TYPE}.{BUREAU}.4401002026000001.001.7"
DEVICE, ISSUER = 0x5A17, 0x15500
ASKED_AT, SHOWN_AT = 1_790_000_000, 1_790_000_020


def signer(number: int) -> SoftwareSigner:
    """The key with that private number."""
    return SoftwareSigner(ec.derive_private_key(number, ec.SECP256R1()))


def build() -> dict[str, Any]:
    """All of it."""
    device = signer(DEVICE)
    fields = {
        "certificateHolderName": "广州示例0001号环保设备有限公司",
        "KZ_legalRepresentative": "王示例",
        "KZ_domicile": "广州市越秀区示例路1号",
    }
    content = CredentialContent(
        certificate_type=TYPE,
        bureau=BUREAU,
        identifier=IDENTIFIER,
        not_before=1_700_000_000,
        expires=None,
        status_list="1",
        status_index=7,
        fields=fields,
    )
    credential = parse_credential(issue_credential(content, signer(ISSUER)).text)
    secret = sha256(b"secret of the tags")
    binding = Binding(
        bureau=BUREAU,
        certificate=credential.jwt_digest,
        key=device.public_key,
        n=1,
        previous=None,
        claim=sha256(b"a claim"),
        time=1_780_000_000,
        tag=binding_tag(secret, 1),
        end=end_tag(secret, 1),
    )
    request = ShowingRequest(
        aud="https://yx.example",
        name="示例市政务服务中心 12 号窗口",
        purpose="办理食品经营许可变更",
        type=TYPE,
        fields=("KZ_domicile", "KZ_legalRepresentative", "certificateHolderName"),
        nonce=sha256(b"nonce")[:16],
        time=ASKED_AT,
    )
    chosen = ("certificateHolderName", "KZ_legalRepresentative")
    showing = make_showing(request, credential, chosen, binding.to_bytes(), device, SHOWN_AT)
    row = BindingParts(binding.tag, binding.digest, sha256(b"a record"))
    end = BindingParts(binding.end, sha256(b"an ending"), sha256(b"a record"))
    return {
        "devicePrivateKey": DEVICE,
        "request": {"text": request.to_bytes().decode(), "digest": b64url(request.digest)},
        "credential": credential.text,
        "binding": binding.to_bytes().decode(),
        "chosen": list(chosen),
        "at": SHOWN_AT,
        "showing": showing.decode(),
        "presented": credential.present(chosen),
        "lane": {
            "row": b64url(row.to_bytes()),
            "root": b64url(Tree([binding_leaf(row)]).root),
            "endRow": b64url(end.to_bytes()),
            "endRoot": b64url(Tree([binding_leaf(end)]).root),
        },
    }


def main() -> None:
    """Write the file."""
    text = json.dumps(build(), indent=1, ensure_ascii=False) + "\n"
    (ROOT / "tests" / "vectors" / "showing.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
