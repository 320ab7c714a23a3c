"""What members of a notice must be to each other, so that bids can be compared by it and the chain takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from chain.kernel.errors import InvalidInput
from chain.sealing import Recipients
from chain.tenders.notice.findings import Findings, NoticeFinding
from chain.tenders.notice.form import FormField
from chain.tenders.notice.model import Notice


def rule_findings(notice: Notice) -> Iterable[NoticeFinding]:
    """Errors between members, of a notice whose members are each well-formed."""
    findings = Findings()
    for rule in (
        _numbers,
        _times,
        _versions,
        _keys,
        _fields,
        _price,
        _method,
        _rounding,
        _criteria,
        _ties,
        _names,
        _guarantee,
    ):
        rule(notice, findings)
    return findings


def _numbers(notice: Notice, findings: Findings) -> None:
    for kind, items in (("lots", notice.lots), ("envelopes", notice.envelopes)):
        if [one.number for one in items] != list(range(1, len(items) + 1)):
            findings.error(
                kind,
                "numbers",
                ("are numbered 1, 2, 3 … in order", "应依次编号 1、2、3……"),
                ("count anew", "请重新编号"),
            )
    for place, lot in enumerate(notice.lots):
        if lot.quantity == 0:
            findings.error(f"lots[{place}].quantity", "quantity", ("is nothing", "数量为零"))
        if lot.ceiling is not None and lot.ceiling.amount == 0:
            findings.error(
                f"lots[{place}].ceiling",
                "ceiling",
                ("nobody bids nothing", "最高限价为零"),
                ("null for none", "无则写 null"),
            )
    if len({lot.ceiling.currency for lot in notice.lots if lot.ceiling}) > 1:
        findings.error("lots", "currency", ("all ceilings have one currency", "各标段限价应为同一币种"))
    if notice.committee.experts > notice.committee.members:
        findings.error("committee", "committee", ("more experts than members", "专家人数超过成员总数"))


def _times(notice: Notice, findings: Findings) -> None:
    if notice.open_at <= notice.deadline:
        findings.error(
            "openAt", "opening_before_deadline",
            ("the opening is not after the deadline; nothing may be read before", "开标时间须晚于投标截止时间"),
            ("a later second", "请改为更晚的时间"),
        )  # fmt: skip
    if notice.questions_until > notice.deadline:
        findings.error(
            "questionsUntil", "questions_after_deadline", ("ends after the deadline", "提问截止晚于投标截止"),
            ("end it early enough to answer", "请留出答复时间"),
        )  # fmt: skip


def _versions(notice: Notice, findings: Findings) -> None:
    if (notice.number == 0) != (notice.amends is None):
        findings.error(
            "amends", "amends", ("number 0 amends nothing, every other the one before", "编号与所修改版本不符")
        )
    if (notice.number == 0) != (notice.changes is None):
        findings.error(
            "changes",
            "changes",
            ("an amendment says what it changes, a first notice nothing", "修改公告须说明修改内容"),
            ("one paragraph for bidders", "请写一段给投标人的说明"),
        )


def _keys(notice: Notice, findings: Findings) -> None:
    for place, envelope in enumerate(notice.envelopes):
        try:
            Recipients(envelope.officer, envelope.supervisor)
        except InvalidInput as error:
            findings.error(
                f"envelopes[{place}].supervisor",
                "recipients",
                (f"lock 2: {error.message}", "第二把锁的两把公钥不合要求，须属两人且各不相同"),
                (
                    "two people, two keys: yinxin keys new NAME --kind desk",
                    "两人各建一把：yinxin keys new 名称 --kind desk",
                ),
            )
    seen = Counter(custodian.account for custodian in notice.custodians)
    if any(count > 1 for count in seen.values()) or bytes(20) in seen:
        findings.error("custodians", "custodians", ("each account once, none zero", "账户不得重复或为零"))
    if notice.supervisor.account == bytes(20):
        findings.error("supervisor.account", "supervisor", ("is the zero address", "账户为零地址"))


def _fields(notice: Notice, findings: Findings) -> None:
    seen: set[str] = set()
    for place, envelope in enumerate(notice.envelopes):
        for at, field in enumerate(envelope.form):
            if field.name in seen:
                findings.error(
                    f"envelopes[{place}].form[{at}].name", "field_twice",
                    (f"{field.name} stands in a form already", f"填报项 {field.name} 重复"), ("another name", "请改名"),
                )  # fmt: skip
            seen.add(field.name)


def _price(notice: Notice, findings: Findings) -> None:
    price = notice.envelopes[-1].field(notice.evaluation.price) if notice.envelopes else None
    if price is None or price.kind != "money" or not price.required or not price.scored:
        findings.error(
            "evaluation.price", "price",
            ("names a required, scored field of kind money in the form of the last envelope",
             "应指向最后一个信封中必填、计分的金额类填报项"),
            ("such as price", "如 price"),
        )  # fmt: skip
        return
    _above_nothing(price, notice, findings)
    for place, lot in enumerate(notice.lots):
        if lot.ceiling is not None and lot.ceiling.currency != price.unit:
            findings.error(
                f"lots[{place}].ceiling.currency", "currency",
                (f"the price is stated in {price.unit}", f"报价币种为 {price.unit}，与限价币种不同"),
            )  # fmt: skip
    for place, envelope in enumerate(notice.envelopes[:-1]):
        for at, field in enumerate(envelope.form):
            if field.kind == "money" and field.scored:
                findings.error(
                    f"envelopes[{place}].form[{at}]", "price_early",
                    ("a scored amount would tell the price before the technical result", "技术信封中不得出现计分金额"),
                    ("put it into the price envelope", "请移入报价信封"),
                )  # fmt: skip


def _above_nothing(field: FormField, notice: Notice, findings: Findings) -> None:
    """A bid of nothing can neither be divided by nor compared: the form must refuse it, or one bid stops the lot."""
    if field.least is not None and field.least > 0:
        return
    for place, envelope in enumerate(notice.envelopes):
        if field in envelope.form:
            findings.error(
                f"envelopes[{place}].form[{envelope.form.index(field)}].least", "least",
                (f"{field.name} must be above 0, or no bid could be evaluated beside one of 0",
                 f"“{field.name}”须大于 0，否则一份填 0 的投标会使评审无法进行"),
                ('least = "0.01", or "1" for whole numbers', '写 least = "0.01"，整数则写 "1"'),
            )  # fmt: skip


def _method(notice: Notice, findings: Findings) -> None:
    said = notice.evaluation
    total = sum((criterion.weight for criterion in said.criteria), Decimal(0))
    if said.method == "lowest-price":
        if said.criteria:
            findings.error(
                "evaluation.criteria", "criteria", ("lowest-price has no criteria", "最低价法不设评分因素"),
                ("leave the list empty, or take weighted-points", "请留空，或改用综合评估法"),
            )  # fmt: skip
    elif total != 100:
        findings.error(
            "evaluation.criteria", "weights", (f"weights sum to {total}, not to 100", f"权重合计为 {total}，应为 100"),
            ("change the weights", "请调整权重"),
        )  # fmt: skip
    uses = any(criterion.source.kind == "reference" for criterion in said.criteria)
    wanted = said.method == "reference-price"
    if uses != wanted or (said.reference is not None) != wanted:
        findings.error(
            "evaluation.reference", "reference",
            ("reference-price has a reference and a criterion of the kind reference, other methods have neither",
             "评标基准价法须有 reference 及一项 reference 类评分因素，其他方法均不得有"),
        )  # fmt: skip
    if (
        said.reference is not None
        and said.reference.ceiling_share > 0
        and any(lot.ceiling is None for lot in notice.lots)
    ):
        findings.error(
            "evaluation.reference.ceilingShare", "reference", ("a lot has no ceiling", "有标段未设最高限价"),
            ('"0", or a ceiling for every lot', "写 \"0\"，或为各标段设限价"),
        )  # fmt: skip


def _rounding(notice: Notice, findings: Findings) -> None:
    """Rounding must neither lift points above their weight nor take a reference price down to nothing."""
    said = notice.evaluation
    few = (f"no more than {said.places} decimal places", f"小数不超过 {said.places} 位")
    for place, criterion in enumerate(said.criteria):
        for name, value in (("weight", criterion.weight), ("source.step", criterion.source.step)):
            if value is not None and value != round(value, said.places):
                findings.error(
                    f"evaluation.criteria[{place}].{name}", "places",
                    (f"has more decimal places than points are rounded to ({said.places})",
                     f"小数位数多于分值的舍入位数（{said.places}）"), few,
                )  # fmt: skip
    rule = said.reference
    if rule is None:
        return
    for at, point in enumerate(rule.floats):
        if point >= 100:
            findings.error(
                f"evaluation.reference.floats[{at}]", "floats",
                (f"{point} percent off would leave no reference price", f"下浮 {point}% 后不再有评标基准价"),
                ("a number below 100", "应小于 100"),
            )  # fmt: skip
    price = notice.envelopes[-1].field(said.price) if notice.envelopes else None
    if price is None or not price.least or max(rule.floats, default=Decimal(100)) >= 100:
        return  # named already
    share, lowest = Fraction(rule.ceiling_share), Fraction(1, 10**rule.places)
    for lot in notice.lots:
        ceiling = Fraction(lot.ceiling.amount) if lot.ceiling is not None else Fraction(0)
        least = (ceiling * share + Fraction(price.least) * (100 - share)) * (100 - Fraction(max(rule.floats))) / 10_000
        if least < lowest:
            findings.error(
                "evaluation.reference.places", "reference_places",
                (f"bids of {price.least} could make a reference price of 0 in lot {lot.number}",
                 f"标段 {lot.number} 若均报 {price.least}，评标基准价将舍入为 0"),
                (f"a higher least for {said.price}, or more places", f"请提高“{said.price}”的下限，或增加小数位数"),
            )  # fmt: skip
            return


def _criteria(notice: Notice, findings: Findings) -> None:
    fields = {field.name: field for envelope in notice.envelopes for field in envelope.form}
    used = {notice.evaluation.price}
    for place, criterion in enumerate(notice.evaluation.criteria):
        source, path = criterion.source, f"evaluation.criteria[{place}]"
        if criterion.weight == 0:
            findings.error(f"{path}.weight", "weight", ("weighs nothing", "权重为零"), ("take it out", "请删去"))
        if source.kind == "expert":
            continue
        field = fields.get(source.field)
        used.add(source.field)
        if field is None or not field.scored or not field.required or not _fits(source.kind, field, notice):
            findings.error(
                f"{path}.source.field", "criterion_field",
                (f"{source.field!r} is no scored, required figure that the formula {source.kind} can take",
                 f"“{source.field}”不是该公式可用的必填计分填报项"),
                ("name such a field of a form, or let experts score it", "请指向相应填报项，或改为专家评分"),
            )  # fmt: skip
        elif source.kind == "lowest" and source.field != notice.evaluation.price:
            _above_nothing(field, notice, findings)
        elif source.kind == "choice" and set(source.points or {}) != set(field.choices):
            findings.error(
                f"{path}.source.points", "points", ("each value of the choice has its points", "每个选项都应有分值")
            )
    for place, envelope in enumerate(notice.envelopes):
        for at, field in enumerate(envelope.form):
            if field.scored and field.name not in used:
                findings.error(
                    f"envelopes[{place}].form[{at}].scored", "scored_unused",
                    (f"no criterion uses {field.name}", f"没有评分因素使用“{field.name}”"),
                    ("scored = false, or a criterion", "改为不计分，或增加评分因素"),
                )  # fmt: skip


def _fits(kind: str, field: FormField, notice: Notice) -> bool:
    if kind == "choice":
        return field.kind == "choice"
    if kind == "reference":
        return field.name == notice.evaluation.price
    return field.kind in ("money", "number", "integer", "days")


def _ties(notice: Notice, findings: Findings) -> None:
    ties = notice.evaluation.ties
    names = {criterion.name for criterion in notice.evaluation.criteria}
    if ties and (ties[-1] != "draw" or len(set(ties)) != len(ties) or not set(ties[:-1]) <= names | {"price"}):
        findings.error(
            "evaluation.ties",
            "ties",
            (
                "price or names of criteria, each once, and draw at the end",
                "应为 price 或评分因素名，各一次，最后为 draw",
            ),
            ('such as ["price", "draw"]', '如 ["price", "draw"]'),
        )


def _names(notice: Notice, findings: Findings) -> None:
    for path, names in (
        ("evaluation.criteria", [criterion.name for criterion in notice.evaluation.criteria]),
        ("qualification", [rule.name for rule in notice.qualification]),
        ("documents", [document.name.casefold() for document in notice.documents]),
    ):
        if len(set(names)) != len(names):
            findings.error(path, "names", ("a name stands there twice", "名称重复"), ("another name", "请改名"))
    if any(criterion.name == "draw" for criterion in notice.evaluation.criteria):
        findings.error("evaluation.criteria", "names", ("draw is taken", "draw 为保留名"))


def _guarantee(notice: Notice, findings: Findings) -> None:
    rule = notice.guarantee
    if rule is None:
        return
    if rule.percent is not None and any(lot.ceiling is None for lot in notice.lots):
        findings.error(
            "guarantee.percent",
            "guarantee",
            ("a percentage needs a ceiling in every lot", "按比例收取须各标段设最高限价"),
            ("an amount instead", "请改为固定金额"),
        )
    if (rule.amount is not None and rule.amount.amount == 0) or rule.percent == 0:
        findings.error("guarantee", "guarantee", ("is nothing", "保证金为零"), ("null for none", "无则删去该项"))
