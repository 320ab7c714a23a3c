"""Sample lists of the types besides the business licence: holders that do not exist, values that look real.

Citizen numbers are of people born in 1900 in a city as such, where none are given out; other papers count up from zero.
Used through :func:`scripts.samples.lists.write_lists`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from chain.identifiers import citizen, uscc

REGION = "440100"
PEOPLE = (
    "张示例",
    "李示例",
    "王示例",
    "陈样本",
    "欧阳示例",
    "司徒样本",
    "示例·样本",
    "样本·示例·甲",
    "𠮷示例",
    "䶮样本",
)
STREETS = ("广州市越秀区示例路", "广州市天河区样本大道", "广州市番禺区示例镇样本街", "广州市南沙区示例围")


@dataclass(frozen=True, slots=True)
class SampleKind:
    """How to make lists of one type.

    Attributes:
        slug: the type.
        chinese: headings as offices write them; standard: the same columns by other names.
        row: number and seed to the cells.
        faults: rule, column and cell of each damaged row.
    """

    slug: str
    chinese: tuple[str, ...]
    standard: tuple[str, ...]
    row: Callable[[int, int], tuple[str, ...]]
    faults: tuple[tuple[str, int, str], ...]

    def rows(self, count: int, *, seed: int = 1, first: int = 1) -> list[tuple[str, ...]]:
        """``count`` rows, numbered from ``first``; the same for the same seed and numbers."""
        return [self.row(number, seed) for number in range(first, first + count)]

    def damaged(self) -> list[tuple[str, tuple[str, ...]]]:
        """A sound row, then rows with one fault each: the rule it breaks, and the cells."""
        sound = self.rows(1 + len(self.faults), seed=7, first=9_049)
        rows = [("", sound[0])]
        for (rule, at, cell), cells in zip(self.faults, sound[1:], strict=True):
            rows.append((rule, (*cells[:at], cell, *cells[at + 1 :])))
        return rows


def citizen_number(number: int) -> str:
    """A citizen number that belongs to nobody."""
    born = date(1900, 1, 1) + timedelta(days=number % 365)
    first = f"{REGION}{born:%Y%m%d}{number // 365 % 1_000:03d}"
    return first + citizen.compute(first)


def _code(number: int, kind: str = "91") -> str:
    return uscc.make(kind, REGION, f"{number:08d}")


def _span(random: Random, years: int) -> tuple[str, str]:
    start = date(2023, 1, 3) + timedelta(days=random.randrange(0, 900))
    return start.isoformat(), (start.replace(year=start.year + years, day=min(start.day, 28))).isoformat()


# --------------------------------------------------------------------------- construction qualification

_QUALIFICATIONS = (
    ("施工总承包", "建筑工程", ("特级", "一级", "二级", "叁级")),
    ("施工总承包", "市政公用工程", ("壹级", "贰级", "三级")),
    ("施工总承包", "机电工程", ("一级", "二级", "三级")),
    ("专业承包", "建筑装修装饰工程", ("壹级", "贰级")),
    ("专业承包", "民航空管工程及机场弱电系统工程", ("一级", "二级")),
    ("专业承包", "特种工程", ("不分等级",)),
    ("施工劳务", "施工劳务", ("不分等级",)),
)


def _construction(number: int, seed: int) -> tuple[str, ...]:
    random = Random(f"construction/{seed}/{number}")
    sequence, category, grades = random.choice(_QUALIFICATIONS)
    start, end = _span(random, 5)
    more = random.choice(("", "消防设施工程专业承包二级；防水防腐保温工程专业承包二级", "桥梁工程专业承包三级"))
    return (
        f"D244{number:06d}",
        f"广州示例{number:04d}号建筑工程有限公司",
        _code(number),
        random.choice(PEOPLE),
        random.choice(("4000万元人民币", "1.2亿元", "人民币捌佰万元整", "500万美元")),
        random.choice(("有限责任公司(自然人投资或控股)", "股份有限公司(非上市)")),
        f"{random.choice(STREETS)}{number}号",
        sequence,
        category,
        random.choice(grades),
        more,
        start,
        end,
        start,
    )


# --------------------------------------------------------------------------- food-trade licence

_FOOD = (
    ("1", "食品销售经营者", "预包装食品（含冷藏冷冻食品）销售；散装食品（含冷藏冷冻食品、不含散装熟食）销售"),
    ("1", "食品销售经营者（网络经营）", "散装食品和预包装食品销售；保健食品销售；婴幼儿配方乳粉销售"),
    ("2", "餐饮服务经营者", "热食类食品制售；冷食类食品制售；生食类食品制售；糕点类食品制售；自制饮品制售"),
    ("2", "餐饮服务经营者(中央厨房)", "热食类食品制售、半成品制售（不含生食类食品制售）"),
    ("2", "餐饮服务经营者", "热食类食品制售（简单制售）"),
    ("3", "集中用餐单位食堂", "热食类食品制售"),
)


def _food(number: int, seed: int) -> tuple[str, ...]:
    random = Random(f"food/{seed}/{number}")
    kind, operator, scope = random.choice(_FOOD)
    start, end = _span(random, 5)
    trader = number % 3 == 0
    street = f"{random.choice(STREETS)}{number}号"
    return (
        f"JY{kind}440100{number:06d}0",
        f"广州市越秀区示例{number:04d}号小吃店" if trader else f"广州示例{number:04d}号餐饮管理有限公司",
        _code(number, "92" if trader else "91"),
        random.choice(PEOPLE),
        street,
        f"{street}首层",
        operator,
        scope,
        start,
        end,
        start,
        "广州市示例区市场监督管理所",
    )


# --------------------------------------------------------------------------- constructor's practising certificate

_SUBJECTS = ("建筑工程", "市政公用工程", "机电工程", "建筑工程；市政公用工程", "公路工程、水利水电工程", "矿业工程")


def _document(number: int) -> tuple[str, str]:
    if number % 17 == 0:
        return "港澳居民来往内地通行证", f"H{number:08d}"
    if number % 19 == 0:
        return "台湾居民来往大陆通行证（台胞证）", f"{number:08d}"
    if number % 23 == 0:
        return "普通护照", f"E{number:08d}"
    if number % 29 == 0:
        first = f"81000019000101{number % 1_000:03d}"
        return "港澳台居民居住证", first + citizen.compute(first)
    return "居民身份证", citizen_number(number)


def _constructor(number: int, seed: int) -> tuple[str, ...]:
    random = Random(f"constructor/{seed}/{number}")
    document, code = _document(number)
    start, end = _span(random, 3)
    employer = random.randrange(1, 40)
    return (
        f"粤24420252026{number:05d}",
        random.choice(PEOPLE),
        random.choice(("男", "女")),
        document,
        code,
        random.choice(_SUBJECTS),
        f"广州示例{employer:04d}号建筑工程有限公司",
        _code(employer),
        f"2025{number:09d}",
        start,
        end,
        start,
    )


# --------------------------------------------------------------------------- papers of a tender

_PROJECTS = ("示例小学教学楼装修工程", "示例路排水管网改造工程", "示例市政务信息系统运维服务")
_BUYERS = (("示例市教育局", 9_001), ("示例市水务局", 9_002), ("示例市政务服务数据管理局", 9_003))


def _tender(random: Random, number: int) -> tuple[str, str, str]:
    """Project, OCID, lot."""
    return (
        random.choice(_PROJECTS),
        f"ocds-abc123-{number % 7:012x}-{number % 50 + 1}",
        random.choice(("1", "2", "全部标段")),
    )


def _guarantee(number: int, seed: int) -> tuple[str, ...]:
    random = Random(f"guarantee/{seed}/{number}")
    start, end = _span(random, 1)
    buyer, code = random.choice(_BUYERS)
    return (
        f"BH2026{number:06d}",
        f"广州示例{number:04d}号建筑工程有限公司",
        _code(number),
        random.choice(("8万元人民币", "人民币叁拾万元整", "CNY 72000.00", "150,000元")),
        random.choice(("见索即付", "独立保函", "有条件")),
        buyer,
        _code(code, "11"),
        *_tender(random, number),
        f"YW-{number:08d}" if number % 2 else "",
        start,
        end,
        start,
    )


def _award_letter(number: int, seed: int) -> tuple[str, ...]:
    random = Random(f"award/{seed}/{number}")
    start, _ = _span(random, 1)
    return (
        f"ZB2026{number:06d}",
        f"广州示例{number:04d}号建筑工程有限公司",
        _code(number),
        *_tender(random, number),
        random.choice(("358.5万元人民币", "2,980,000.00元", "CNY 4120000.50")),
        f"0x{random.randbytes(32).hex()}",
        random.choice(("240日历天", "自合同签订之日起一年", "2026年3月至2026年12月")),
        f"广州示例{number + 1:04d}号设计有限公司" if number % 3 == 0 else "",
        start,
        "长期",
        start,
    )


def _performance(number: int, seed: int) -> tuple[str, ...]:
    random = Random(f"performance/{seed}/{number}")
    start, end = _span(random, 3)
    return (
        f"LY2026{number:06d}",
        f"广州示例{number:04d}号建筑工程有限公司",
        _code(number),
        *_tender(random, number),
        f"HT-2025-{number:05d}",
        f"0x{random.randbytes(32).hex()}",
        random.choice(("优秀", "良", "合格", "不合格")),
        random.choice(("358.5万元人民币", "2,980,000.00元")),
        start,
        start,
        random.choice((end, "长期")),
        start,
    )


SAMPLE_KINDS: dict[str, SampleKind] = {
    one.slug: one
    for one in (
        SampleKind(
            "construction-qualification",
            (
                "证照编号", "企业名称", "统一社会信用代码", "法定代表人", "注册资本", "经济性质", "详细地址",
                "资质序列", "资质类别", "资质等级", "增项资质", "有效期自", "有效期至", "发证日期",
            ),
            (
                "ZZBH", "CZZT", "CZZTDM", "KZ_legalRepresentative", "KZ_registeredCapital", "KZ_economicNature",
                "KZ_address", "KZ_qualificationSequence", "KZ_qualificationCategory", "KZ_qualificationGrade",
                "KZ_additionalQualifications", "ZZYXQQSRQ", "ZZYXQJZRQ", "ZZBFRQ",
            ),
            _construction,
            (
                ("text.length", 0, "D24400000"),
                ("text.pattern", 0, "B244000001"),
                ("enum.value", 7, "工程总承包"),
                ("enum.value", 8, "建筑工程施工总承包"),
                ("enum.value", 9, "甲级"),
                ("date.form", 12, "长期"),
                ("date.order", 12, "2020-01-01"),
                ("cell.empty", 6, ""),
            ),
        ),
        SampleKind(
            "food-trade-licence",
            (
                "许可证编号", "经营者名称", "统一社会信用代码", "法定代表人(负责人)", "住所", "经营场所", "主体业态",
                "经营项目", "有效期自", "有效期至", "签发日期", "日常监督管理机构",
            ),
            (
                "ZZBH", "CZZT", "CZZTDM", "KZ_legalRepresentative", "KZ_domicile", "KZ_premises", "KZ_operatorType",
                "KZ_businessItems", "ZZYXQQSRQ", "ZZYXQJZRQ", "ZZBFRQ", "KZ_supervisionAuthority",
            ),
            _food,
            (
                ("text.pattern", 0, "JY94401000000010"),
                ("number.scientific", 0, "4.4E+15"),
                ("items.value", 6, "餐饮店"),
                ("items.value", 7, "热食类食品制售；烧烤"),
                ("items.brackets", 7, "热食类食品制售（含烧烤"),
                ("items.twice", 7, "热食类食品制售；热食类食品制售（简单制售）"),
                ("date.order", 9, "2020-01-01"),
                ("cell.empty", 5, ""),
            ),
        ),
        SampleKind(
            "constructor-practising-certificate",
            (
                "注册编号", "姓名", "性别", "证件类型", "证件号码", "注册专业", "聘用企业", "聘用企业统一社会信用代码",
                "管理号", "有效期自", "有效期至", "签发日期",
            ),
            (
                "ZZBH", "CZZT", "KZ_gender", "CZZTDMLX", "CZZTDM", "KZ_specSub", "KZ_empEnp", "KZ_empEnpCode",
                "KZ_quaCertNum", "ZZYXQQSRQ", "ZZYXQJZRQ", "ZZBFRQ",
            ),
            _constructor,
            (
                ("text.pattern", 0, "粤1442025202600001"),
                ("name.character", 1, "张示例3"),
                ("holder-code.kind", 3, "驾驶证"),
                ("citizen.check", 4, "440100190001010007"),
                ("citizen.form", 4, "E00000001"),
                ("number.scientific", 4, "4.401E+17"),
                ("number.precision", 4, "440100190001010000"),
                ("items.value", 5, "建筑工程、房屋装修"),
                ("uscc.check", 7, "91440100000000011A"),
                ("cell.empty", 3, ""),
            ),
        ),
        SampleKind(
            "bid-guarantee",
            (
                "保函编号", "被担保人", "被担保人代码", "保函金额", "担保方式", "受益人", "受益人代码", "招标项目名称",
                "OCID", "标段", "机构业务编号", "保函生效日期", "保函失效日期", "出具日期",
            ),
            (
                "ZZBH", "CZZT", "CZZTDM", "KZ_guaranteeAmount", "KZ_guaranteeTerms", "KZ_beneficiaryName",
                "KZ_beneficiaryCode", "KZ_projectName", "KZ_ocid", "KZ_lot", "KZ_reference", "ZZYXQQSRQ", "ZZYXQJZRQ",
                "ZZBFRQ",
            ),
            _guarantee,
            (
                ("text.length", 0, "BH1"),
                ("uscc.check", 2, "91440100000000011A"),
                ("amount.unit", 3, "80000"),
                ("enum.value", 4, "保证"),
                ("uscc.check", 6, "11440100000000001A"),
                ("text.pattern", 8, "OCDS-1"),
                ("text.pattern", 9, "全部的"),
                ("date.form", 12, "长期"),
                ("date.order", 12, "2020-01-01"),
                ("cell.empty", 5, ""),
            ),
        ),
        SampleKind(
            "award-letter",
            (
                "中标通知书编号", "中标人", "中标人代码", "招标项目名称", "OCID", "标段", "中标金额", "定标文件摘要",
                "工期或服务期限", "联合体成员", "生效日期", "截止日期", "发出日期",
            ),
            (
                "ZZBH", "CZZT", "CZZTDM", "KZ_projectName", "KZ_ocid", "KZ_lot", "KZ_awardAmount", "KZ_awardDigest",
                "KZ_period", "KZ_consortiumMembers", "ZZYXQQSRQ", "ZZYXQJZRQ", "ZZBFRQ",
            ),
            _award_letter,
            (
                ("text.pattern", 4, "ocds-1"),
                ("amount.form", 6, "按合同"),
                ("text.length", 7, "0x00"),
                ("text.pattern", 7, "0x" + "AB" * 32),
                ("cell.empty", 8, ""),
                ("date.order", 11, "2020-01-01"),
            ),
        ),
        SampleKind(
            "performance-record",
            (
                "履约评价编号", "履约单位", "履约单位代码", "招标项目名称", "OCID", "标段", "合同编号", "定标文件摘要",
                "履约评价等级", "合同金额", "完成日期", "生效日期", "截止日期", "评价日期",
            ),
            (
                "ZZBH", "CZZT", "CZZTDM", "KZ_projectName", "KZ_ocid", "KZ_lot", "KZ_contractNumber",
                "KZ_awardDigest", "KZ_performanceGrade", "KZ_contractAmount", "KZ_completedOn", "ZZYXQQSRQ",
                "ZZYXQJZRQ", "ZZBFRQ",
            ),
            _performance,
            (
                ("enum.value", 8, "甲级"),
                ("text.pattern", 6, "HT_1"),
                ("date.order", 13, "2020-01-01"),
                ("cell.empty", 9, ""),
            ),
        ),
    )
}  # fmt: skip
"""By slug."""
