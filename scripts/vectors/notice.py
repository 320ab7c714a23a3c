"""Writes tests/vectors/notice.json: two notices in their one form, with digests and what the chain keeps of them.

python -m scripts.vectors.notice
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chain.kernel.encoding import hex0x, sha256
from chain.sealing import curve
from chain.tenders.notice import Place, make_notice
from chain.tenders.notice.answers import Answer, Answers
from scripts.samples.tenders import SAMPLES, STATUTORY, People, write

FILE = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "notice.json"
GENESIS, BOOK = sha256(b"vectors: genesis"), sha256(b"vectors: book")[:20]
NOW = 1_790_000_000


def public(name: str) -> bytes:
    """An X25519 key of nobody."""
    return X25519PrivateKey.from_private_bytes(sha256(b"vectors: " + name.encode())).public_key().public_bytes_raw()


def people() -> People:
    """Whose keys and accounts stand in the vectors."""
    custodians = [(sha256(name.encode())[:20], f"示例存管{name}", f"http://{name}.example") for name in ("a", "b")]
    return People(public("officer"), public("supervisor"), sha256(b"vectors: supervisor")[:20], custodians)


def vectors() -> dict[str, Any]:
    """All of the file."""
    key = curve.GENERATOR.to_compressed_bytes()
    found = {}
    for tender, (name, make) in enumerate(SAMPLES.items(), 7):
        with tempfile.TemporaryDirectory() as folder:
            draft = make(people(), STATUTORY)
            write(Path(folder), draft)
            place = Place(GENESIS, 1337, BOOK, tender, NOW, lambda _: key, lambda _: None)
            notice = make_notice(draft, Path(folder), place).notice
        assert notice is not None
        terms = notice.terms
        found[name] = {
            "notice": notice.data.decode("utf-8"),
            "digest": hex0x(notice.digest),
            "terms": {
                "bureau": terms.bureau,
                "digest": hex0x(terms.digest),
                "lots": terms.lots,
                "envelopes": terms.envelopes,
                "minimumBids": terms.minimum_bids,
                "deadline": terms.deadline,
                "openAt": terms.open_at,
                "ceremony": terms.ceremony,
                "supervisor": hex0x(terms.supervisor),
                "gap": terms.gap,
                "grace": terms.grace,
                "revealWindow": terms.reveal_window,
                "amendmentMargin": terms.amendment_margin,
                "standstill": terms.standstill,
                "complaintPeriod": terms.complaint_period,
            },
            "custodians": [hex0x(one.account) for one in notice.custodians],
        }
    answers = Answers(GENESIS, BOOK, 7, None, (Answer("桌面高度可调吗?", "可调,见技术要求。"),))
    return {"notices": found, "answers": {"paper": answers.to_bytes().decode("utf-8"), "digest": hex0x(answers.digest)}}


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(FILE)


if __name__ == "__main__":
    main()
