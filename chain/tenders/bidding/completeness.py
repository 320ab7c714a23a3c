"""Is a draft complete, and within the notice's bounds? Everything that is wrong at once, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from chain.kernel.errors import InvalidInput
from chain.sealing.manifest import check_name
from chain.tenders.bidding.draft import Draft, EnvelopeDraft
from chain.tenders.notice import Envelope, Notice
from chain.tenders.notice.form import FormField


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing or wrong.

    Attributes:
        field: of the draft.
        message: in English.
        message_zh: in Chinese.
        blocking: False for what a bidder may leave so, knowing it.
    """

    field: str
    message: str
    message_zh: str
    blocking: bool = True

    def as_dict(self) -> dict[str, str | bool]:
        """Plain data."""
        return {
            "field": self.field, "message": self.message, "messageZh": self.message_zh, "blocking": self.blocking,
        }  # fmt: skip


def lacks(draft: Draft, notice: Notice) -> tuple[Lack, ...]:
    """What the draft lacks, in the order of the notice."""
    return tuple(_lacks(draft, notice))


def _lacks(draft: Draft, notice: Notice) -> Iterator[Lack]:
    if draft.tender != notice.tender:
        yield Lack("tender", f"the draft is for tender {draft.tender}", f"草稿属于项目 {draft.tender}")
    if notice.lot(draft.lot) is None:
        yield Lack("lot", f"the notice has no lot {draft.lot}", f"公告中没有标段 {draft.lot}")
    if len(draft.envelopes) != len(notice.envelopes):
        count = len(notice.envelopes)
        yield Lack("envelopes", f"the notice has {count} envelope(s)", f"公告规定 {count} 个信封")
        return
    for mine, theirs in zip(draft.envelopes, notice.envelopes, strict=True):
        yield from _form(mine, theirs)
        yield from _documents(mine)
    yield from _ceiling(draft, notice)
    yield from _certificates(draft, notice)


def _form(mine: EnvelopeDraft, theirs: Envelope) -> Iterator[Lack]:
    at = f"envelopes[{mine.number - 1}].form"
    for line in theirs.form:
        value = mine.form.get(line.name)
        if value is None:
            if line.required:
                yield Lack(
                    f"{at}.{line.name}", f"{_label(line, 'en')}: must be filled in", f"{_label(line, 'zh')}：必须填写"
                )
            continue
        wrong = line.fault(value)
        if wrong is not None:
            yield Lack(f"{at}.{line.name}", f"{_label(line, 'en')}: {wrong[0]}", f"{_label(line, 'zh')}：{wrong[1]}")
    for name in mine.form:
        if theirs.field(name) is None:
            yield Lack(f"{at}.{name}", "the notice asks for no such figure", "公告未要求此填报项")


def _label(line: FormField, language: str) -> str:
    return f"{line.label.in_(language)} ({line.name})"


def _documents(mine: EnvelopeDraft) -> Iterator[Lack]:
    seen: set[str] = set()
    for place, source in enumerate(mine.documents):
        at = f"envelopes[{mine.number - 1}].documents[{place}]"
        try:
            check_name(source.name)
        except InvalidInput as error:
            yield Lack(f"{at}.name", error.message, "不是可用的文件名")
        if source.name.casefold() in seen:
            yield Lack(f"{at}.name", "a document of that name is there already", "文件名重复")
        seen.add(source.name.casefold())
        try:
            with source.path.open("rb") as stream:
                empty = not stream.read(1)
        except OSError as error:
            yield Lack(f"{at}.path", f"{source.path}: {error.strerror}", f"无法读取文件 {source.path}")
            continue
        if empty:
            yield Lack(f"{at}.path", f"{source.path} is empty", f"文件 {source.path} 为空", blocking=False)
    if not mine.documents:
        yield Lack(
            f"envelopes[{mine.number - 1}].documents", "no document is in this envelope", "此信封没有文件",
            blocking=False,
        )  # fmt: skip


def _ceiling(draft: Draft, notice: Notice) -> Iterator[Lack]:
    """The price must not exceed the lot's ceiling 最高投标限价."""
    lot, name = notice.lot(draft.lot), notice.evaluation.price
    line = notice.price_envelope.field(name)
    value = draft.envelopes[notice.price_envelope.number - 1].form.get(name)
    if lot is None or lot.ceiling is None or line is None or value is None or line.fault(value) is not None:
        return
    if Decimal(value) > lot.ceiling.amount:
        yield Lack(
            f"envelopes[{notice.price_envelope.number - 1}].form.{name}",
            f"above the ceiling of the lot, {lot.ceiling.amount}",
            f"超过最高投标限价 {lot.ceiling.amount}",
        )


def _certificates(draft: Draft, notice: Notice) -> Iterator[Lack]:
    known = {rule.name: rule for rule in notice.qualification}
    answered = {shown.rule for shown in draft.certificates}
    for rule in notice.qualification:
        if rule.name not in answered:
            yield Lack(
                "certificates", f"nothing is shown for {rule.label.in_('en')} ({rule.name})",
                f"未提供：{rule.label.in_('zh')}（{rule.name}）", blocking=rule.required,
            )  # fmt: skip
    for place, shown in enumerate(draft.certificates):
        if shown.rule and shown.rule not in known:
            yield Lack(
                f"certificates[{place}].rule", f"the notice has no rule {shown.rule}", f"公告没有规则 {shown.rule}"
            )
        if not shown.path.is_file():
            yield Lack(f"certificates[{place}].path", f"no file {shown.path}", f"没有文件 {shown.path}")
    if notice.guarantee is not None and draft.guarantee is None:
        yield Lack(
            "guarantee", "the notice asks for a guarantee", "公告要求提交投标保函",
            blocking=bool(notice.guarantee.certificate_type),
        )  # fmt: skip
    if draft.guarantee is not None and not draft.guarantee.is_file():
        yield Lack("guarantee", f"no file {draft.guarantee}", f"没有文件 {draft.guarantee}")
