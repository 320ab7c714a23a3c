"""What the law asks of a notice, as findings with their reasons; this program gives no legal advice.

Sources: Tendering Law 招标投标法 (2017) articles 23, 24, 28, 37; its Implementing Regulations 实施条例 (2019) articles
26, 44, 54, 60. Limits that differ by region or kind of project are settings. With the profile ``demo`` periods count
in seconds, and nothing is said of their length but that.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chain.tenders.notice.findings import Findings
from chain.tenders.notice.members import Money
from chain.tenders.notice.model import Notice

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits a home may set.

    Attributes:
        guarantee_percent: most of a lot's ceiling that a bid's guarantee may be, in percent.
        bid_days: least days from notice to deadline where tendering is mandatory.
    """

    guarantee_percent: Decimal = Decimal(2)
    bid_days: int = 20


def law_findings(notice: Notice, now: int, limits: Limits | None = None) -> Findings:
    """What a person should know of the law before this is published.

    Args:
        notice: to be published.
        now: by the chain's clock, seconds.
        limits: of this home.
    """
    limits = limits or Limits()
    findings = Findings()
    _guarantee(notice, limits, findings)
    if notice.profile == "demo":
        findings.warning(
            "profile", "demo",
            ("periods of a demonstration; no real tender may have them", "演示用期限，不得用于真实招标"),
            ('profile = "statutory" for a real tender', '真实招标请写 profile = "statutory"'),
        )  # fmt: skip
        return findings
    if notice.mandatory:
        _periods(notice, now, limits, findings)
        _people(notice, findings)
    _practice(notice, findings)
    return findings


def _guarantee(notice: Notice, limits: Limits, findings: Findings) -> None:
    rule = notice.guarantee
    if rule is None:
        return
    most = limits.guarantee_percent
    fix = (
        f"at most {most} percent, or another limit in this home's settings (tenders.guarantee_percent)",
        f"不超过 {most}%，或在设置 tenders.guarantee_percent 中改变上限",
    )
    if rule.percent is not None and rule.percent > most:
        findings.error(
            "guarantee.percent", "guarantee_limit",
            (f"{rule.percent} percent of the ceiling; the limit is {most} (Regulations art. 26)",
             f"投标保证金为限价的 {rule.percent}%，超过 {most}%（实施条例第二十六条）"), fix,
        )  # fmt: skip
    for place, lot in enumerate(notice.lots):
        if rule.amount is None or lot.ceiling is None:
            continue
        if rule.amount.currency != lot.ceiling.currency:
            said = ("another currency than the ceiling's", "保证金币种与限价不同")
            findings.error("guarantee.amount.currency", "guarantee_currency", said)
            return
        limit = Money(lot.ceiling.amount * most / 100, lot.ceiling.currency)
        if rule.amount.amount > limit.amount:
            findings.error(
                "guarantee.amount",
                "guarantee_limit",
                (
                    f"more than {most} percent of the ceiling of lot {place + 1}: {limit} (Regulations art. 26)",
                    f"超过第 {place + 1} 标段限价的 {most}%，即 {limit}（实施条例第二十六条）",
                ),
                fix,
            )


def _periods(notice: Notice, now: int, limits: Limits, findings: Findings) -> None:
    def short(field: str, rule: str, seconds: int, days: int, en: str, zh: str) -> None:
        if seconds < days * DAY:
            findings.warning(
                field, rule,
                (f"{_days(seconds)}; {en}", f"仅 {_days_zh(seconds)}；{zh}"),
                ("lengthen it, or keep the reason on file", "请延长，或将理由存档"),
            )  # fmt: skip

    if notice.number == 0:
        short(
            "deadline", "bid_period", notice.deadline - now, limits.bid_days,
            f"where tendering is mandatory bidders get {limits.bid_days} days (Tendering Law art. 24)",
            f"依法必须招标的项目不得少于 {limits.bid_days} 日（招标投标法第二十四条）",
        )  # fmt: skip
    short(
        "amendmentMargin", "amendment_margin", notice.amendment_margin, 15,
        "changes that affect bids come 15 days before the deadline (Tendering Law art. 23)",
        "影响投标的修改须在截止十五日前作出（招标投标法第二十三条）",
    )  # fmt: skip
    short(
        "standstill", "standstill", notice.standstill, 3,
        "candidates are public for 3 days at least (Implementing Regulations art. 54)",
        "中标候选人公示不得少于三日（实施条例第五十四条）",
    )  # fmt: skip
    short(
        "complaintPeriod", "complaint_period", notice.complaint_period, 10,
        "who is concerned may complain within 10 days (Implementing Regulations art. 60)",
        "利害关系人可在十日内投诉（实施条例第六十条）",
    )  # fmt: skip


def _people(notice: Notice, findings: Findings) -> None:
    if notice.minimum_bids < 3:
        findings.warning(
            "minimumBids", "minimum_bids",
            ("with fewer than three bidders a tender fails (Tendering Law art. 28)",
             "投标人少于三个的应重新招标（招标投标法第二十八条）"), ("3", "3"),
        )  # fmt: skip
    said = notice.committee
    if committee_gaps(said.members, said.experts):
        findings.warning(
            "committee", "committee",
            ("five or more members, an odd number, two thirds of them experts (Tendering Law art. 37)",
             "评标委员会应为五人以上单数，专家不少于三分之二（招标投标法第三十七条）"),
            ("such as 5 members, 4 experts", "如 5 人，其中专家 4 人"),
        )  # fmt: skip


def committee_gaps(members: int, experts: int) -> tuple[tuple[str, str], ...]:
    """What the law misses in a committee of that many members, drawn experts among them; (en, zh) each, none: nothing.

    An odd number of at least five, two thirds of them experts (Tendering Law, article 37).
    """
    found = []
    if members < 5 or members % 2 == 0:
        found.append(
            ("an odd number of at least five (Tendering Law art. 37)", "应为五人以上单数（招标投标法第三十七条）")
        )
    if 3 * experts < 2 * members:
        found.append(("at least two thirds are drawn experts (Tendering Law art. 37)",
                      "专家不得少于三分之二（招标投标法第三十七条）"))  # fmt: skip
    return tuple(found)


def _practice(notice: Notice, findings: Findings) -> None:
    if len(notice.custodians) == 1:
        findings.warning(
            "custodians", "one_custodian",
            ("with one custodian, one body could refuse bids", "仅一家存管方，投标可能被其拒收"),
            ("name two that are independent of each other", "请指定两家相互独立的存管方"),
        )  # fmt: skip
    if notice.open_at <= notice.deadline + notice.reveal_window:
        findings.warning(
            "openAt", "reveal_window",
            ("nothing closes before the reveal window has ended, so the opening will be later",
             "揭示窗口结束前不能封标，开标会推迟"),
            ("deadline + revealWindow + 60 s or later", "不早于截止时间加揭示窗口再加一分钟"),
        )  # fmt: skip
    if not notice.documents:
        findings.warning("documents", "no_documents", ("has no tender documents", "没有招标文件"))
    if not notice.title.zh:
        findings.warning("title.zh", "language", ("has no title in Chinese", "没有中文标题"))


def _days(seconds: int) -> str:
    return f"{seconds / DAY:.1f} days" if seconds >= DAY else f"{seconds} seconds"


def _days_zh(seconds: int) -> str:
    return f"{seconds / DAY:.1f} 日" if seconds >= DAY else f"{seconds} 秒"
