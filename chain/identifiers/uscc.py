"""Unified social credit code 统一社会信用代码, GB 32100-2015, with the organisation code of GB 11714-1997 inside.

18 characters: registering department (1), kind of organisation (1), region (6 digits), organisation
code (8 and its own check character), check character (mod 31). The last one is enforced. An organisation
code whose own check character differs is only warned of: codes that a department assigned so exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import mul

from chain.identifiers.findings import Level, PartFinding, first_error
from chain.kernel.errors import InvalidInput

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100: no I, O, S, V, Z."""

_MISTAKEN = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
_FORM = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}\Z")
_VALUES = bytes(ALPHABET.find(chr(code)) if chr(code) in ALPHABET else 0 for code in range(256))
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_VALUES = bytes(
    code - 48 if 48 <= code <= 57 else code - 55 if 65 <= code <= 90 else 0 for code in range(256)
)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Uscc:
    """A unified social credit code taken apart.

    Attributes:
        department: registering department, 1 character (1 organisation office, 5 civil affairs, 9 market regulator …).
        kind: kind of organisation within that department, 1 character.
        region: region code of GB/T 2260, 6 digits.
        organisation: organisation code of GB 11714, 9 characters.
        check: check character.
    """

    department: str
    kind: str
    region: str
    organisation: str
    check: str

    @property
    def text(self) -> str:
        """All 18 characters."""
        return self.department + self.kind + self.region + self.organisation + self.check


def organisation_check(body: str) -> str:
    """Check character (0-9 or X) of an 8-character organisation code body (GB 11714-1997 section 4)."""
    values = body.encode("ascii").translate(_ORGANISATION_VALUES)
    remainder = 11 - sum(map(mul, values, _ORGANISATION_WEIGHTS)) % 11
    return "X" if remainder == 10 else "0" if remainder == 11 else str(remainder)


def compute(first_17: str) -> str:
    """The check character that follows 17 characters (GB 32100-2015 section 5).

    Raises:
        InvalidInput: not 17 characters of the alphabet.
    """
    if len(first_17) != 17 or not set(first_17) <= set(ALPHABET):
        raise InvalidInput("a check character needs the 17 characters before it", code="uscc.form", field="uscc")
    return _compute(first_17)


def _compute(first_17: str) -> str:
    values = first_17.encode("ascii").translate(_VALUES)
    return ALPHABET[-sum(map(mul, values, _WEIGHTS)) % 31]


def make(department_and_kind: str, region: str, body: str) -> str:
    """A whole code from its first 2 characters, a region (6 digits) and an organisation body (8 characters).

    Raises:
        InvalidInput: a part has another form.
    """
    first = f"{department_and_kind}{region}{body}"
    if len(first) != 16 or not _FORM.match(first + "00"):
        raise InvalidInput("2 + 6 + 8 characters of GB 32100 are needed", code="uscc.form", field="uscc")
    first += organisation_check(body)
    return first + _compute(first)


def check(text: str) -> bool:
    """True if the form and the check character are right (the embedded organisation code is not judged)."""
    return _FORM.match(text) is not None and _compute(text[:17]) == text[17]


def organisation_agrees(text: str) -> bool:
    """True if the embedded organisation code carries its own right check character. ``text`` has a valid form."""
    return organisation_check(text[8:16]) == text[16]


def check_report(text: str, *, organisation: Level = "warning", part: str = "uscc") -> list[PartFinding]:
    """What is right and wrong about ``text``.

    Args:
        text: the code.
        organisation: how to judge an embedded organisation code with a wrong check character of its own.
        part: name the findings carry.
    """
    if not _FORM.match(text):
        return [_form_finding(text, part)]
    found = [PartFinding(part, True, text, "uscc.form", "18 characters of GB 32100", "符合 GB 32100 的 18 位形式")]
    expected = _compute(text[:17])
    right = expected == text[17]
    found.append(
        PartFinding(
            part,
            right,
            text[17],
            "uscc.check",
            "check character is right" if right else f"check character {text[17]} should be {expected}",
            "校验码正确" if right else f"校验码 {text[17]} 应为 {expected}",
            fix=None if right else "compare the code with the source; one character at least is wrong",
        )
    )
    expected = organisation_check(text[8:16])
    agrees = expected == text[16]
    found.append(
        PartFinding(
            part,
            agrees,
            text[8:17],
            "uscc.organisation",
            "organisation code inside is right" if agrees else f"organisation code inside should end in {expected}",
            "内含组织机构代码校验正确" if agrees else f"内含组织机构代码的校验码应为 {expected}",
            level=organisation,
            fix=None if agrees else "compare characters 9 to 17 with the source",
        )
    )
    return found


def _form_finding(text: str, part: str) -> PartFinding:
    fix = "18 characters: digits and capitals without I, O, S, V, Z; characters 3 to 8 are a region code"
    if len(text) != 18:
        message, message_zh = f"{len(text)} characters instead of 18", f"长度为 {len(text)} 位，应为 18 位"
    else:
        odd = [
            (place, char)
            for place, char in enumerate(text, 1)
            if char not in ALPHABET or (3 <= place <= 8 and not _digit(char))
        ]
        place, char = odd[0]
        message = f"character {place} ({char!r}) is not allowed there"
        message_zh = f"第 {place} 位“{char}”不合规"
        if char.upper() in ALPHABET and char != char.upper():
            fix = "write letters as capitals"
        elif char in "IOSVZ":
            fix = f"{char} does not occur in a unified social credit code; perhaps {_MISTAKEN[char]}?"
    return PartFinding(part, False, text, "uscc.form", message, message_zh, fix=fix)


def _digit(character: str) -> bool:
    return "0" <= character <= "9"


def parse(text: str, *, field: str = "uscc") -> Uscc:
    """Take a code apart.

    Raises:
        InvalidInput: wrong form or check character.
    """
    if not check(text):
        wrong = first_error(check_report(text, part=field))
        assert wrong is not None
        raise InvalidInput(f"{field}: {wrong.message}", code=wrong.rule, field=field, fix=wrong.fix)
    return Uscc(text[0], text[1], text[2:8], text[8:17], text[17])
