"""One sentence a finding, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

DETAILS: dict[str, tuple[str, str]] = {
    "form.valid": ("It is a binding in its only form.", "设备绑定文件格式正确。"),
    "form.broken": ("It is no binding: {fault}.", "不是有效的设备绑定文件:{fault}。"),
    "anchor.valid": (
        "The bureau anchored it in block {block} (claim {sequence}).",
        "颁发机构已在区块 {block} 锚定(认领通道第 {sequence} 号)。",
    ),
    "anchor.none": (
        "The bureau has not anchored this binding by block {block}.",
        "截至区块 {block},颁发机构未锚定该绑定。",
    ),
    "anchor.other_bureau": ("It names another bureau than the lane's.", "绑定所载机构与通道机构不一致。"),
    "anchor.not_final": (
        "Block {block} is not final here yet; the newest final one is {newest}.",
        "区块 {block} 尚未最终确认,目前最新为 {newest}。",
    ),
    "lane.open": ("The lane of claims could not be read in full: {fault}.", "认领通道未能完整读取:{fault}。"),
    "end.none": ("It has not ended by block {block}.", "截至区块 {block},该绑定未终止。"),
    "end.ended": (
        "It ended in block {block}: another device took over, or it was given up.",
        "该绑定已于区块 {block} 终止(由另一设备接替或已解除)。",
    ),
    "certificate.valid": ("The certificate is in force.", "证照有效。"),
    "certificate.not_in_force": ("The certificate is not in force: {verdict}.", "证照当前无效:{verdict}。"),
    "certificate.open": (
        "Whether the certificate is in force could not be told: {verdict}.",
        "无法判断证照是否有效:{verdict}。",
    ),
    "certificate.other": ("The binding is for another certificate.", "该绑定属于另一证照。"),
    "certificate.other_bureau": (
        "{bureau} anchored the binding and did not issue the certificate.",
        "绑定由 {bureau} 锚定,但该机构并非证照的颁发机构。",
    ),
    "certificate.not_asked": (
        "The certificate was not looked at, nor whether this bureau issued it.",
        "未核验证照本身,也未核验其是否由该机构颁发。",
    ),
    "signature.valid": ("The bound device signed it.", "签名出自已绑定设备。"),
    "signature.wrong": ("The bound device did not sign it.", "签名不是出自已绑定设备。"),
    "skipped": ("Not looked at, as an earlier step decides.", "前一步骤已有结论,未再检查。"),
}
"""By a finding's code: English, Chinese."""


def detail(code: str, params: Mapping[str, str], lang: str = "en") -> str:
    """The sentence of a finding in ``en`` or ``zh``."""
    return DETAILS[code][lang == "zh"].format(**params)
