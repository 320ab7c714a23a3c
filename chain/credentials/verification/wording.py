"""What people read, in English and Chinese: verdicts, results, names of steps, findings.

One catalogue for the command line and for pages. Findings are named by stable codes; the sentences may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Words:
    """How one verdict is told to a clerk.

    Attributes:
        symbol: tells verdicts apart without colour.
        colour: green, yellow or red.
        en: the word in English.
        zh: the word in Chinese.
        says_en, says_zh: one sentence.
        next_en, next_zh: what to do next.
    """

    symbol: str
    colour: str
    en: str
    zh: str
    says_en: str
    says_zh: str
    next_en: str
    next_zh: str


_FRESH_EN = "Ask the holder for the current certificate; if there is none, refer them to the bureau."
_FRESH_ZH = "请持证主体出示现行有效的证照;没有的,请其向颁发机构办理。"
_STOP_EN = "Do not accept it. Keep the copy and report it by your office's rules."
_STOP_ZH = "不予采信。保留复制件,按本单位规定报告。"

VERDICTS: dict[str, Words] = {
    "VALID": Words(
        "✔",
        "green",
        "VALID",
        "有效",
        "Genuine, and in force at the time shown.",
        "真实,且在所示时间有效。",
        "Compare name and details with the person before you.",
        "请将姓名和内容与本人核对。",
    ),
    "SUSPENDED": Words(
        "‖",
        "yellow",
        "SUSPENDED",
        "暂扣",
        "Genuine, but suspended for now.",
        "真实,但目前处于暂扣状态。",
        "Do not rely on it now; check again once the bureau has reinstated it.",
        "目前不得采信;发还后请重新核验。",
    ),
    "REVOKED": Words(
        "✘",
        "red",
        "REVOKED",
        "撤销/吊销",
        "Genuine, but revoked by the bureau.",
        "真实,但已被颁发机构撤销或吊销。",
        "Do not accept it. Refer the holder to the bureau.",
        "不予采信。请持证主体联系颁发机构。",
    ),
    "CANCELLED": Words(
        "✘", "red", "CANCELLED", "注销", "Genuine, but cancelled.", "真实,但已注销。", _FRESH_EN, _FRESH_ZH
    ),
    "LAPSED": Words("✘", "red", "LAPSED", "失效", "Genuine, but lapsed.", "真实,但已失效。", _FRESH_EN, _FRESH_ZH),
    "TRANSFERRED": Words(
        "→",
        "yellow",
        "TRANSFERRED",
        "转出",
        "Genuine, but transferred to another bureau.",
        "真实,但已办理转出。",
        _FRESH_EN,
        _FRESH_ZH,
    ),
    "SUPERSEDED": Words(
        "→",
        "yellow",
        "SUPERSEDED",
        "已被替代",
        "Genuine, but replaced by a newer certificate.",
        "真实,但已被新证照替代。",
        _FRESH_EN,
        _FRESH_ZH,
    ),
    "EXPIRED": Words(
        "✘",
        "red",
        "EXPIRED",
        "过期",
        "Genuine, but its validity has ended.",
        "真实,但有效期已满。",
        _FRESH_EN,
        _FRESH_ZH,
    ),
    "NOT_YET_VALID": Words(
        "…",
        "yellow",
        "NOT YET VALID",
        "尚未生效",
        "Genuine, but not in force at that time yet.",
        "真实,但在该时间尚未生效。",
        "Check again once its validity has begun.",
        "请在有效期开始后重新核验。",
    ),
    "FORGED": Words(
        "✘",
        "red",
        "FORGED",
        "伪造或被改动",
        "Not what any bureau issued, or altered since.",
        "不是颁发机构所颁发的内容,或已被改动。",
        _STOP_EN,
        _STOP_ZH,
    ),
    "UNTRUSTED_ISSUER": Words(
        "✘",
        "red",
        "UNTRUSTED ISSUER",
        "颁发机构不可信",
        "Whoever issued it was not entitled to issue this type.",
        "颁发者当时无权颁发该类证照。",
        _STOP_EN,
        _STOP_ZH,
    ),
    "UNKNOWN": Words(
        "?",
        "yellow",
        "UNKNOWN",
        "未找到",
        "Nothing was found that could be checked.",
        "没有找到可以核验的内容。",
        "Scan the QR code, or ask for the certificate file.",
        "请扫描二维码,或索取证照文件。",
    ),
    "CANNOT_CHECK": Words(
        "?",
        "yellow",
        "CANNOT CHECK",
        "无法核验",
        "It could not be checked; this says nothing against it.",
        "目前无法核验;这并不说明证照有问题。",
        "Do not rely on it yet. See the step marked ERROR, and check again.",
        "暂不采信。请查看标有“未能核验”的步骤,稍后重新核验。",
    ),
}

RESULTS: dict[str, tuple[str, str]] = {
    "VALID": ("✔", "通过"),
    "INVALID": ("✘", "不通过"),
    "ERROR": ("?", "未能核验"),
    "SKIPPED": ("–", "未进行"),
}
"""Symbol and Chinese word of each step result."""

STEP_NAMES: dict[str, str] = {
    "form": "格式",
    "integrity": "完整性",
    "issuer": "颁发机构",
    "anchor": "上链存证",
    "time": "有效期",
    "status": "状态",
    "holder": "持证主体",
}
"""Chinese name of each step."""

DETAILS: dict[str, tuple[str, str]] = {
    "skipped": ("not made: an earlier step failed", "前面的步骤未通过,未进行"),
    "form.valid": ("a well-formed {kind}", "格式正确({kind})"),
    "form.broken": ("not a well-formed {kind}: {fault}", "格式不正确({kind}):{fault}"),
    "form.not_known_here": ("a form this verifier cannot read: {fault}", "本核验程序不能识别该格式:{fault}"),
    "form.not_found": ("no bundle is known for identifier {identifier}", "没有找到标识 {identifier} 的证照"),
    "form.not_readable": ("nothing to check in this input: {fault}", "输入中没有可核验的内容:{fault}"),
    "form.found_false": (
        "what was found for identifier {identifier} does not prove it",
        "为标识 {identifier} 找到的内容不能证明该证照",
    ),
    "form.not_asked": (
        "not found here; a service for identifier {identifier} did not answer: {fault}",
        "本地没有标识 {identifier} 的证照,查询服务未应答:{fault}",
    ),
    "integrity.valid": ("signed by the issuer, nothing altered", "颁发机构签名有效,内容未被改动"),
    "integrity.sealed": (
        "signed by the issuer, and the PDF is as it was sealed",
        "颁发机构签名有效,PDF 与盖章时完全一致",
    ),
    "integrity.paper_changed": (
        "the PDF was changed after it was sealed; the certificate behind it may be genuine: scan its QR code",
        "PDF 在盖章后被改动;原证照可能是真实的,请扫描其二维码",
    ),
    "integrity.parts": ("its parts contradict each other: {part}", "各部分互相矛盾:{part}"),
    "integrity.other_key": ("signed with another key than it names", "签名所用的密钥与所声明的不一致"),
    "integrity.signature": ("the signature is not the issuer's", "签名不是颁发机构所作"),
    "integrity.no_key": ("the issuer's key could not be looked up: {fault}", "无法查询颁发机构的密钥:{fault}"),
    "integrity.unknown_key": ("no key is known to check the signature with", "没有可用于验证签名的密钥"),
    "issuer.valid": (
        "{name}, accredited for this type when it was anchored at {time}",
        "{name},在 {time} 上链时有权颁发该类证照",
    ),
    "issuer.unavailable": ("the registry could not be read: {fault}", "无法读取机构登记:{fault}"),
    "issuer.unregistered": ("no bureau {uscc} is registered", "登记中没有机构 {uscc}"),
    "issuer.not_in_source": ("bureau {uscc} was not registered by {time}", "截至 {time} 登记中没有机构 {uscc}"),
    "issuer.key_foreign": ("the signing key is not one of {name}", "签名密钥不属于{name}"),
    "issuer.key_not_in_source": (
        "by {time} that signing key was not one of {name}",
        "截至 {time} 该签名密钥不属于{name}",
    ),
    "issuer.key_purpose": (
        "the signing key is for {purpose}, not for credentials",
        "该密钥用途为 {purpose},不能签发证照",
    ),
    "issuer.never_accredited": ("{name} was never accredited for this type", "{name}从未获准颁发该类证照"),
    "issuer.not_accredited": ("{name} was not accredited for this type at {time}", "{name}在 {time} 无权颁发该类证照"),
    "issuer.suspended": ("{name} was suspended at {time}", "{name}在 {time} 处于暂停颁发状态"),
    "issuer.key_compromised": (
        "anchored at {time} with a key compromised since {since}",
        "于 {time} 上链,而签名密钥自 {since} 起已泄露",
    ),
    "issuer.key_out_of_span": ("at {time} the signing key was not in its span", "在 {time} 签名密钥不在有效期内"),
    "issuer.identifier_of_another": ("the identifier is in the name of {named}", "证照标识中的颁发机构是 {named}"),
    "issuer.sealed": ("sealed by the bureau's own seal key at {time}", "由颁发机构的印章密钥于 {time} 盖章"),
    "issuer.seal_foreign": (
        "the PDF is sealed with a key that the registry does not hold for this bureau; scan its QR code",
        "PDF 所用的印章密钥不属于该颁发机构;请扫描其二维码",
    ),
    "issuer.seal_not_in_source": (
        "by {time} the key that sealed the PDF was not one of this bureau",
        "截至 {time} PDF 所用的印章密钥不属于该颁发机构",
    ),
    "issuer.seal_purpose": (
        "the PDF is sealed with a key for {purpose}, not for seals",
        "PDF 盖章所用密钥的用途为 {purpose},不是印章密钥",
    ),
    "issuer.seal_out_of_span": (
        "the PDF says it was sealed at {time}, when that seal key was not in its span",
        "PDF 声明于 {time} 盖章,当时该印章密钥不在有效期内",
    ),
    "issuer.seal_compromised": (
        "the PDF says it was sealed at {time}, with a seal key compromised since {since}",
        "PDF 声明于 {time} 盖章,而印章密钥自 {since} 起已泄露",
    ),
    "issuer.seal_unsure": (
        "the seal key is compromised since {since}; only the PDF says it sealed before, at {time}: scan its code",
        "印章密钥自 {since} 起已泄露,而盖章时间 {time} 仅为 PDF 自称;请扫描其二维码,或重新打印",
    ),
    "issuer.source_older": (
        "{name}; what is known ends at {time}, before it was anchored",
        "{name};已知信息截至 {time},早于其上链时间",
    ),
    "issuer.time_unknown": (
        "{name} by the registry; whether it was entitled then depends on step 4",
        "登记名称为{name};当时是否有权颁发取决于第 4 步",
    ),
    "anchor.valid": (
        "anchored at {time} in block {block}, batch {sequence}",
        "于 {time} 上链,区块 {block},第 {sequence} 批",
    ),
    "anchor.not_checked": (
        "signature genuine, ledger not checked: no place on the ledger is known as of {time}",
        "签名真实,账本未核对:截至 {time} 未找到其上链位置",
    ),
    "anchor.unavailable": ("the ledger could not be read: {fault}", "无法读取账本:{fault}"),
    "anchor.of_another": (
        "anchored by {bureau} in lane {lane}, not by its issuer for its type",
        "由 {bureau} 在 {lane} 中上链,与颁发机构或证照类型不符",
    ),
    "anchor.path": ("the inclusion path fits no tree", "存证路径不成立"),
    "anchor.root": ("it is not under the root anchored there", "不在该处所上链的根之下"),
    "anchor.evidence": ("the bundle's chain evidence is false: {fault}", "证据包中的链上证据不成立:{fault}"),
    "anchor.evidence_open": (
        "the bundle's chain evidence cannot all be judged here: {fault}",
        "证据包中的链上证据在此不能全部核验:{fault}",
    ),
    "anchor.none": ("the ledger holds no such anchor", "账本上没有这一存证"),
    "anchor.not_final": ("its block is not final yet as of {time}", "截至 {time} 其区块尚未最终确认"),
    "anchor.no_witness": (
        "no witness vouches for its block, and it is not known here as of {time}",
        "没有见证人为其区块作证,截至 {time} 亦无记录",
    ),
    "anchor.disagreement": (
        "witnesses vouch for a block that the ledger read here does not hold at {time}",
        "见证人所证明的区块与 {time} 读取的账本不一致",
    ),
    "anchor.index_wrong": (
        "signature genuine, ledger not checked: the index named a false place",
        "签名真实,账本未核对:索引给出的位置有误",
    ),
    "anchor.other_credential": ("the stamp was anchored beside another credential", "该二维码与另一份证照数据一起上链"),
    "anchor.key_foreign": ("anchored with a key that is not the issuer's", "上链所用的密钥不属于颁发机构"),
    "anchor.key_not_in_source": ("by {time} the anchoring key was not known", "截至 {time} 上链密钥未知"),
    "anchor.key_compromised": (
        "the anchoring key was not usable at {time}",
        "上链密钥在 {time} 不可用(已泄露或不在有效期)",
    ),
    "time.valid": ("{at} lies within {time} to {until}", "{at} 在有效期 {time} 至 {until} 之内"),
    "time.unlimited": ("{at} lies after {time}; no end is set", "{at} 在 {time} 之后,长期有效"),
    "time.expired": ("its validity ended at {time}", "有效期已于 {time} 届满"),
    "time.not_yet": ("its validity begins at {time}", "有效期自 {time} 开始"),
    "time.not_issued": ("it was issued only at {time}", "于 {time} 才颁发"),
    "time.clock": (
        "this device says {at}, before the ledger's {time}: set its clock",
        "本机时间 {at} 早于账本时间 {time},请校准时钟",
    ),
    "status.valid": ("in force by the bureau's list as of {time}", "截至 {time},状态清单显示有效"),
    "status.revoked": ("revoked as granted wrongly, as of {time}", "截至 {time},已撤销"),
    "status.suspended": ("suspended as of {time}", "截至 {time},暂扣中"),
    "status.superseded": ("replaced by a newer certificate as of {time}", "截至 {time},已被新证照替代"),
    "status.cancelled": ("cancelled as of {time}", "截至 {time},已注销"),
    "status.lapsed": ("lapsed as of {time}", "截至 {time},已失效"),
    "status.transferred": ("transferred out as of {time}", "截至 {time},已办理转出"),
    "status.penalty": ("revoked as a penalty as of {time}", "截至 {time},已吊销"),
    "status.other": ("ended for another reason as of {time}", "截至 {time},因其他原因终止"),
    "status.source_expired": (
        "the snapshot ran out at {time}; it still proves issue, not status",
        "快照已于 {time} 到期,只能证明颁发,不能证明状态",
    ),
    "status.stale": ("the ledger was last read at {time}, too long ago", "账本最近读取于 {time},已过久"),
    "status.unavailable": ("the status could not be read: {fault}", "无法读取状态:{fault}"),
    "status.no_head": ("no status list is anchored by {time}", "截至 {time} 没有上链的状态清单"),
    "status.head_of_another": ("the head given is for another list", "所给状态头属于另一清单"),
    "status.head_wrong": ("the head given does not recompute", "状态头验算不符"),
    "status.history_gap": ("the list's history has a gap", "状态清单的历史不连续"),
    "status.anchor_key": (
        "the list was anchored at {time} with a key not usable then",
        "清单于 {time} 上链,所用密钥当时不可用",
    ),
    "status.no_index": ("no source of status lists is configured", "没有可用的状态清单来源"),
    "status.list_missing": ("the list that is anchored is not at hand", "已上链的状态清单暂不可得"),
    "status.list_other_bytes": ("the list given is not the one anchored", "所给清单与上链的不符"),
    "status.list_malformed": ("the anchored list cannot be read: {fault}", "上链的清单无法识别:{fault}"),
    "status.list_of_another": ("the anchored list names another bureau or list", "上链的清单属于另一机构或另一清单"),
    "status.list_elsewhere": ("the anchored list follows another head", "上链的清单接续的不是该状态头"),
    "status.list_actor": ("the list was signed by another than anchored it", "清单的签名者与上链者不一致"),
    "status.list_key": ("the list's signing key was not usable at {time}", "清单的签名密钥在 {time} 不可用"),
    "status.list_signature": ("the list's signature is not the bureau's", "清单签名不是颁发机构所作"),
    "status.no_entry": ("the list has no such entry", "清单中没有该条目"),
    "status.unknown_state": ("the entry's state is not known here", "条目状态无法识别"),
    "holder.compare": (
        "not bound to a device: compare with the person; a code can be photographed",
        "未与设备绑定:请与本人核对,二维码可能被翻拍",
    ),
}
"""English and Chinese sentence of each finding."""


def detail(code: str, params: Mapping[str, str], lang: str = "en") -> str:
    """The sentence of a finding. ``lang``: ``en`` or ``zh``."""
    values = tuple(params.items())
    if params.keys() & _ABOUT_ONE:
        return _written(code, values, lang)
    return _sentence(code, values, lang)


_ABOUT_ONE = frozenset({"fault", "identifier", "part"})
"""Values that may tell what somebody showed; sentences with them are not remembered."""


def _written(code: str, params: tuple[tuple[str, str], ...], lang: str) -> str:
    english, chinese = DETAILS[code]
    return (chinese if lang == "zh" else english).format_map(dict(params))


_sentence = lru_cache(maxsize=2048)(_written)
