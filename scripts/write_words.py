"""Writes what web/ shares with Python: the words of verdicts, and the certificate types as a verifier knows them.

python -m scripts.write_words [--check]

``web/catalogue/words.json`` comes from chain/credentials/verification/wording.py, ``web/catalogue/types.json`` from
chain/catalogue/types/. With --check it only tells whether both are up to date.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chain.catalogue import SHIPPED, CertificateType, DerivedAnswer
from chain.credentials.verification import wording

FOLDER = Path(__file__).resolve().parent.parent / "web" / "catalogue"


def words() -> dict[str, Any]:
    """Verdicts, results, names of steps, and the sentence of each finding."""
    return {
        "verdicts": {name: asdict(one) for name, one in wording.VERDICTS.items()},
        "results": {name: {"symbol": symbol, "zh": zh} for name, (symbol, zh) in wording.RESULTS.items()},
        "steps": wording.STEP_NAMES,
        "details": {code: {"en": en, "zh": zh} for code, (en, zh) in wording.DETAILS.items()},
    }


def types() -> list[dict[str, Any]]:
    """What a check looks up of each type: names, labels in their order, answers as data, age of a status."""
    return [_type(kind) for kind in SHIPPED.all()]


def _type(kind: CertificateType) -> dict[str, Any]:
    return {
        "code": kind.code,
        "zh": kind.zh,
        "en": kind.en,
        "statusMaxAge": kind.status_max_age,
        "fields": [{"name": one.name, "zh": one.zh, "en": one.en, "kind": one.kind} for one in kind.fields],
        "derived": [_answer(kind, one) for one in kind.derived],
    }


def _answer(kind: CertificateType, answer: DerivedAnswer) -> dict[str, Any]:
    """``yes`` lists the values (for ``contains``: the items) for which the answer is yes."""
    rule, _, argument = answer.rule.partition(":")
    field = kind.field(answer.field)
    yes = list(field.ranks[: field.ranks.index(argument) + 1]) if rule == "at-least" else argument.split("|")
    how = "contains" if rule == "contains" else "is"
    return {"name": answer.name, "zh": answer.zh, "en": answer.en, "field": answer.field, "how": how, "yes": yes}


def pages() -> dict[Path, str]:
    """Each file's text as it should be."""
    made = {"words.json": words(), "types.json": types()}
    return {FOLDER / name: json.dumps(value, ensure_ascii=False, indent=1) + "\n" for name, value in made.items()}


def main() -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        for path, text in pages().items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"web/catalogue/{path.name}:1: not what Python says; write it: python -m scripts.write_words")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
