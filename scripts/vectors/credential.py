"""Writes the golden vectors of the formats: tests/vectors/{merkle,credential,stamp,status_list}.json.

ECDSA draws a fresh nonce for each signature, so running this changes credential, stamp and token. Run it only
when a format changes: ``python -m scripts.vectors.credential``. The key's secret is the SHA-256 of a sentence
that stands in the file.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from chain.credentials.credential import parse_credential
from chain.credentials.leaf import certificate_leaf, event_leaf
from chain.credentials.stamp import digits, parse_stamp
from chain.credentials.status_list import Status, StatusList, issue_status_token
from chain.kernel.encoding import b64url
from chain.kernel.ports import LeafParts
from chain.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash
from tests.chain.credentials import samples

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "yinxin test vector 1"


def key() -> dict[str, str]:
    """The fixed key."""
    signer = samples.signer(SENTENCE)
    return {
        "secret": f"SHA-256 of the text {SENTENCE!r}, as an integer",
        "publicKey": b64url(signer.public_key),
        "thumbprint": b64url(signer.thumbprint),
    }


def merkle() -> dict[str, Any]:
    """Roots, inclusion paths and consistency proofs of small trees (hexadecimal)."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(text)) for text in inputs]
    trees = []
    for size in range(1, len(leaves) + 1):
        tree = Tree(leaves[:size])
        trees.append(
            {
                "size": size,
                "root": tree.root.hex(),
                "paths": [[node.hex() for node in path] for path in tree.paths()],
                "consistency": [[node.hex() for node in tree.consistency(earlier)] for earlier in range(1, size + 1)],
            }
        )
    parts = LeafParts(*(sha256(name.encode()).digest() for name in ("jwt", "stamp", "record")))
    return {
        "source": "inputs and roots as in the Certificate Transparency reference tests (RFC 6962, RFC 9162)",
        "emptyRoot": EMPTY_ROOT.hex(),
        "inputs": inputs,
        "leafHashes": [leaf.hex() for leaf in leaves],
        "nodeHash": {"left": leaves[0].hex(), "right": leaves[1].hex(), "hash": node_hash(leaves[0], leaves[1]).hex()},
        "trees": trees,
        "certificateLeaf": {
            "jwt": parts.jwt.hex(),
            "stamp": parts.stamp.hex(),
            "record": parts.record.hex(),
            "leaf": certificate_leaf(parts).hex(),
        },
        "eventLeaf": {"record": parts.record.hex(), "leaf": event_leaf(parts.record).hex()},
    }


def credential() -> dict[str, Any]:
    """A licence with all disclosures, a presentation of it, and forms that must be refused."""
    from tests.chain.credentials.test_credential_refusals import FAULTS

    parsed = parse_credential(samples.credential().text)
    names = ["certificateHolderName", "certificateIdentifier"]
    short = [name for name in FAULTS if name not in ("too long", "lone surrogate")]
    return {
        "key": key(),
        "credential": parsed.text,
        "jwtDigest": b64url(parsed.jwt_digest),
        "bureau": parsed.bureau,
        "certificateType": parsed.certificate_type,
        "identifier": parsed.identifier,
        "notBefore": parsed.not_before,
        "expires": parsed.expires,
        "statusList": parsed.status_list,
        "statusIndex": parsed.status_index,
        "fields": dict(parsed.fields),
        "presentation": {"names": names, "credential": parsed.present(names)},
        "refused": [{"fault": name, "code": FAULTS[name][1], "credential": FAULTS[name][0]()} for name in short],
        "refusedBySignature": [
            {"fault": "signed by another key", "credential": samples.another_credential().text},
        ],
    }


def stamp() -> dict[str, Any]:
    """The licence's stamp, its digits, and forms that must be refused (base64url)."""
    from tests.chain.credentials.test_stamp import FAULTS

    parsed = parse_stamp(samples.stamp())
    content = parsed.content
    return {
        "key": key(),
        "stamp": b64url(parsed.data),
        "digest": b64url(parsed.digest),
        "digits": digits(parsed.data),
        "bureau": content.bureau,
        "certificateType": content.certificate_type,
        "identifier": content.identifier,
        "holderName": content.holder_name,
        "notBefore": content.not_before,
        "expires": content.expires,
        "statusList": content.status_list,
        "statusIndex": content.status_index,
        "face": [list(pair) for pair in content.face],
        "credentialDigest": b64url(content.credential_digest),
        "refused": [{"fault": name, "code": code, "stamp": b64url(build())} for name, (build, code) in FAULTS.items()],
    }


def status_list() -> dict[str, Any]:
    """A list with every status, its token, and forms that must be refused."""
    from tests.chain.credentials.test_status_list import FAULTS, HEAD

    entries = {index * 14_563: status for index, status in enumerate(Status)}
    some = StatusList()
    for index, status in entries.items():
        some.set(index, status)
    token = issue_status_token(samples.BUREAU, samples.LIST, some, HEAD, samples.NOT_BEFORE, samples.signer(SENTENCE))
    kept = [name for name in FAULTS if name not in ("too long", "lst too large", "not ASCII")]
    return {
        "key": key(),
        "token": token.decode("ascii"),
        "digest": b64url(sha256(token).digest()),
        "bureau": samples.BUREAU,
        "list": samples.LIST,
        "previousHead": "0x" + HEAD.hex(),
        "issuedAt": samples.NOT_BEFORE,
        "size": some.size,
        "entries": [[index, int(status), status.name.lower()] for index, status in entries.items()],
        "refused": [
            {"fault": name, "code": FAULTS[name][1], "token": FAULTS[name][0]().decode("ascii")} for name in kept
        ],
    }


def main() -> None:
    """Write all four."""
    for topic in (merkle, credential, stamp, status_list):
        path = ROOT / "tests" / "vectors" / f"{topic.__name__}.json"
        path.write_text(json.dumps(topic(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
