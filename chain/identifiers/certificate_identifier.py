"""Identifier of an electronic certificate 电子证照标识, GB/T 36904-2018.

``1.2.156.3005.2.<type code>.<issuer>.<serial>.<version>.<check>``: the type code is the 18-character code of the
body that defined the type and 3 more characters; the issuer is a unified social credit code (a region code in
some foreign ones); the serial has 7 to 32 digits and capitals; the version 3 digits. The check character is
ISO 7064 MOD 37,36 over everything after the root, without the dots.

What is issued here must keep every rule; of identifiers issued elsewhere a wrong check character is only warned of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from chain.identifiers import uscc
from chain.identifiers.findings import Level, PartFinding, first_error
from chain.identifiers.iso7064 import ALPHANUMERIC, START_37_36, advance_37_36, mod_37_36
from chain.kernel.errors import InvalidInput

ROOT = "1.2.156.3005.2"
"""Object identifier under which all electronic certificates of GB/T 36904 are named."""

_TYPE = re.compile(r"[0-9A-Z]{21}\Z")
_ISSUER = re.compile(r"(?:[0-9A-Z]{18}|[0-9]{6}|[0-9]{9}|[0-9]{12})\Z")
_SERIAL = re.compile(r"[0-9A-Z]{7,32}\Z")
_VERSION = re.compile(r"[0-9]{3}\Z")
_FORM = re.compile(
    r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{18}|[0-9]{6}|[0-9]{9}|[0-9]{12})\.([0-9A-Z]{7,32})\.([0-9]{3})\.([0-9A-Z])\Z"
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier taken apart.

    Attributes:
        type_code: certificate type code, 21 characters.
        issuer: unified social credit code of the bureau, 18 characters (or a region code of 6, 9 or 12 digits).
        serial: 7 to 32 digits and capitals.
        version: 3 digits, ``001`` for the first.
        check: check character as written, which may be wrong in a foreign identifier.
    """

    type_code: str
    issuer: str
    serial: str
    version: str
    check: str

    @property
    def text(self) -> str:
        """The whole identifier with its root and dots."""
        return f"{ROOT}.{self.type_code}.{self.issuer}.{self.serial}.{self.version}.{self.check}"

    @property
    def check_is_right(self) -> bool:
        """True if the check character is the computed one."""
        return compute_check(self.type_code, self.issuer, self.serial, self.version) == self.check

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str, *, foreign: bool = False) -> Identifier:
        """See :func:`parse`."""
        return parse(text, foreign=foreign)

    @classmethod
    def mint(cls, type_code: str, issuer: str, serial: str, version: str = "001") -> Identifier:
        """See :func:`mint`."""
        return mint(type_code, issuer, serial, version)


@lru_cache(maxsize=4096)
def _prefix_state(type_code: str, issuer: str) -> int:
    return advance_37_36(advance_37_36(START_37_36, type_code), issuer)


def compute_check(type_code: str, issuer: str, serial: str, version: str) -> str:
    """The check character over the four parts (digits and capitals only).

    Raises:
        KeyError: a character outside 0-9 A-Z.
    """
    return mod_37_36(serial + version, state=_prefix_state(type_code, issuer))


@lru_cache(maxsize=4096)
def _refuse_prefix(type_code: str, issuer: str) -> None:
    for finding in (*_type_findings(type_code, "error"), *_issuer_findings(issuer, "error")):
        if not finding.ok and finding.level == "error":
            raise _error(finding)


def mint(type_code: str, issuer: str, serial: str, version: str = "001") -> Identifier:
    """Make an identifier with its check character.

    Raises:
        InvalidInput: a part breaks its rule; ``field`` names the part.
    """
    _refuse_prefix(type_code, issuer)
    if not _SERIAL.match(serial):
        raise _error(_serial_finding(serial))
    if not _VERSION.match(version) or version == "000":
        raise _error(_version_finding(version))
    return Identifier(type_code, issuer, serial, version, compute_check(type_code, issuer, serial, version))


def parse(text: str, *, foreign: bool = False) -> Identifier:
    """Take an identifier apart.

    Args:
        text: the identifier.
        foreign: accept one issued elsewhere although its check characters are wrong.

    Raises:
        InvalidInput: a part breaks its rule; ``field`` names the part.
    """
    match = _FORM.match(text)
    if match is None:
        wrong = first_error(check_report(text, foreign=foreign))
        assert wrong is not None
        raise _error(wrong)
    found = Identifier(*match.groups())
    if not foreign:
        _refuse_prefix(found.type_code, found.issuer)
        if found.version == "000" or not found.check_is_right:
            wrong = first_error(check_report(text))
            assert wrong is not None
            raise _error(wrong)
    return found


def check_report(text: str, *, foreign: bool = False) -> list[PartFinding]:
    """What is right and wrong about each part, in order: root, type, issuer, serial, version, check.

    Args:
        text: the identifier as given.
        foreign: issued elsewhere: wrong check characters become warnings.
    """
    level: Level = "warning" if foreign else "error"
    pieces = text.split(".")
    root_pieces = ROOT.split(".")
    if len(pieces) != len(root_pieces) + 5:
        return [_shape_finding(text, pieces)]
    root, (type_code, issuer, serial, version, check) = ".".join(pieces[:5]), pieces[5:]
    root_ok = root == ROOT
    found = [
        PartFinding(
            "root",
            root_ok,
            root,
            "identifier.root",
            "root is right" if root_ok else f"root is not {ROOT}",
            "根节点正确" if root_ok else f"根节点应为 {ROOT}",
            fix=None if root_ok else f"an identifier begins with {ROOT}",
        )
    ]
    found += _type_findings(type_code, level)
    found += _issuer_findings(issuer, level)
    found.append(_serial_finding(serial))
    found.append(_version_finding(version, level))
    found.append(_check_finding(type_code, issuer, serial, version, check, found, level))
    return found


_SHAPES = (
    ("type", _TYPE),
    ("issuer", _ISSUER),
    ("serial", _SERIAL),
    ("version", _VERSION),
    ("check", re.compile(r"[0-9A-Z]\Z")),
)


def _shape_finding(text: str, pieces: list[str]) -> PartFinding:
    part, value = "root", text[:80]
    if pieces[:5] == ROOT.split("."):
        rest = pieces[5:]
        for place, (name, form) in enumerate(_SHAPES):
            part, value = name, rest[place] if place < len(rest) else ""
            if form.match(value) is None:
                break
    fix = f"write {ROOT}.<type>.<issuer>.<serial>.<version>.<check>"
    if "．" in text or "。" in text:
        fix = "the dots are full-width; type plain dots"
    return PartFinding(
        part,
        False,
        value,
        "identifier.form",
        f"{len(pieces)} parts between dots instead of 10; the {part} is missing or wrong",
        f"以点分隔为 {len(pieces)} 段，应为 10 段；{_PART_ZH[part]}缺失或有误",
        fix=fix,
    )


def _type_findings(type_code: str, level: Level) -> list[PartFinding]:
    if not _TYPE.match(type_code):
        return [
            _wrong(
                "type",
                type_code,
                "identifier.type",
                "not 21 digits and capitals",
                "证照类型代码应为 21 位数字或大写字母",
                "18 characters of the defining body and 3 more",
            )
        ]
    return _body_findings("type", type_code, type_code[:18], "defining body", "证照定义机构", level)


def _issuer_findings(issuer: str, level: Level) -> list[PartFinding]:
    if not _ISSUER.match(issuer):
        return [
            _wrong(
                "issuer",
                issuer,
                "identifier.issuer",
                "neither a unified social credit code nor a region code",
                "颁发机构代码既非统一社会信用代码也非行政区划代码",
                "18 characters, or 6, 9 or 12 digits",
            )
        ]
    if len(issuer) != 18:
        return [PartFinding("issuer", True, issuer, "identifier.issuer", "a region code", "行政区划代码")]
    return _body_findings("issuer", issuer, issuer, "issuer", "颁发机构", level)


def _body_findings(part: str, value: str, code: str, name: str, name_zh: str, level: Level) -> list[PartFinding]:
    wrong = first_error(uscc.check_report(code, part=part))
    if wrong is None:
        return [
            PartFinding(part, True, value, f"identifier.{part}", f"code of the {name} is right", f"{name_zh}代码正确")
        ]
    return [
        PartFinding(
            part,
            False,
            value,
            f"identifier.{part}",
            f"code of the {name} ({code}): {wrong.message}",
            f"{name_zh}代码（{code}）：{wrong.message_zh}",
            level=level,
            fix=wrong.fix,
        )
    ]


def _serial_finding(serial: str) -> PartFinding:
    if _SERIAL.match(serial):
        return PartFinding("serial", True, serial, "identifier.serial", "serial has the right form", "流水号形式正确")
    if not 7 <= len(serial) <= 32:
        text, zh = f"{len(serial)} characters instead of 7 to 32", f"流水号长度为 {len(serial)}，应为 7 至 32 位"
    else:
        text, zh = "serial has characters other than digits and capitals", "流水号只能含数字和大写字母"
    return _wrong("serial", serial, "identifier.serial", text, zh, "7 to 32 digits and capitals")


def _version_finding(version: str, zero: Level = "error") -> PartFinding:
    if not _VERSION.match(version):
        return _wrong(
            "version", version, "identifier.version", "not 3 digits", "版本号应为 3 位数字", "001 is the first"
        )
    if version == "000":
        return PartFinding(
            "version",
            False,
            version,
            "identifier.version",
            "version 000 does not exist",
            "版本号应自 001 起",
            level=zero,
            fix="001 is the first",
        )
    return PartFinding("version", True, version, "identifier.version", "version has the right form", "版本号形式正确")


def _check_finding(
    type_code: str, issuer: str, serial: str, version: str, check: str, before: list[PartFinding], level: Level
) -> PartFinding:
    if len(check) != 1 or check not in ALPHANUMERIC:
        return _wrong(
            "check", check, "identifier.check", "not one digit or capital", "校验码应为 1 位数字或大写字母", None
        )
    try:
        expected = compute_check(type_code, issuer, serial, version)
    except KeyError:
        return PartFinding(
            "check",
            False,
            check,
            "identifier.check",
            "cannot be computed while another part is wrong",
            "其他部分有误，无法计算校验码",
            level=level,
        )
    if expected == check:
        return PartFinding("check", True, check, "identifier.check", "check character is right", "校验码正确")
    suspects = [finding.part for finding in before if not finding.ok]
    if not suspects:
        suspects = ["serial", "version", "check"] if len(issuer) == 18 else ["issuer", "serial", "version", "check"]
    return PartFinding(
        "check",
        False,
        check,
        "identifier.check",
        f"check character {check} should be {expected}; the fault lies in {' or '.join(suspects)}",
        f"校验码 {check} 应为 {expected}；错误在：{'、'.join(_PART_ZH[part] for part in suspects)}",
        level=level,
        fix="compare the identifier with its source"
        if level == "error"
        else "ask its issuer; other issuers publish such identifiers",
    )


_PART_ZH = {
    "root": "根节点",
    "type": "证照类型代码",
    "issuer": "颁发机构代码",
    "serial": "流水号",
    "version": "版本号",
    "check": "校验码",
}


def _wrong(part: str, value: str, rule: str, message: str, message_zh: str, fix: str | None) -> PartFinding:
    return PartFinding(part, False, value, rule, message, message_zh, fix=fix)


def _error(finding: PartFinding) -> InvalidInput:
    return InvalidInput(f"{finding.part}: {finding.message}", code=finding.rule, field=finding.part, fix=finding.fix)
