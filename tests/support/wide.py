"""A type of forty fields of every kind, with labels as long as forms have them, and what is typed into its form."""

from __future__ import annotations

from typing import Any

from chain.identifiers import uscc
from tests.support.guarantee import definition as guarantee
from tests.support.guarantee import field

CODE = "11440100000000001FT40"
SLUG = "forty-field-record"
COUNT = 40

_WORK = "工程名称、建设地点、建设规模、结构形式以及合同约定的承包范围（含专业分包与劳务分包）"
_NAME = "广州市南沙区示例片区综合管廊及配套道路工程勘察设计施工总承包项目经理部联合体牵头单位"
_MORE: tuple[tuple[str, str, str, str, dict[str, Any], str], ...] = (
    ("Works", _WORK, "name, place, size and structure of the works, and what the contract covers", "text",
     {"maxLength": 1000, "lines": True}, "综合管廊主体结构、附属设施及道路恢复；\n" * 8 + "详见合同附件一。"),
    ("Manager", "项目负责人（注册建造师）姓名", "person in charge (registered constructor)", "person-name", {},
     "Sample Zhang"),
    ("Engineer", "项目技术负责人姓名", "technical lead", "person-name", {"required": False}, "样本李"),
    ("PaperKind", "项目负责人身份证件类型", "kind of the person's identity document", "holder-code-type",
     {"holderKinds": ["citizen", "passport"]}, "passport"),
    ("Paper", "项目负责人身份证件号码", "number of that document", "holder-code",
     {"holderKindFrom": "KZ_widePaperKind", "minLength": 5, "maxLength": 20, "personal": True}, "E12345678"),
    ("Client", "建设单位（合同甲方）全称", "client (first party to the contract), full name", "organisation-name", {},
     _NAME),
    ("ClientCode", "建设单位统一社会信用代码", "client's unified social credit code", "uscc", {},
     uscc.make("91", "440100", "00000777")),
    ("Contract", "施工合同备案编号", "number under which the contract is filed", "code", {"maxLength": 60},
     "GZ-NS-2025-ZGC-000123-SG-0001-BA-2025-0000456789"),
    ("Begun", "实际开工日期", "date on which the works began", "date", {}, "2021-03-01"),
    ("Warranty", "缺陷责任期届满日期", "end of the defects liability period", "date-or-open", {}, "长期"),
    ("Price", "竣工结算价（含暂列金额与税金）", "final account, with provisional sums and taxes", "amount", {},
     "123456789.01元"),
    ("Grade", "工程质量评定等级", "grade of the works", "enum", {"values": ["合格", "优良", "不合格"]}, "优良"),
    ("Scope", "所含专业工程", "specialist works that are part of it", "items",
     {"maxLength": 300, "values": ["土方开挖", "主体结构", "机电安装", "道路恢复"]},
     "土方开挖；主体结构；机电安装；道路恢复"),
    ("Link", "工程影像资料归档目录的完整路径", "full path of the folder of pictures", "text", {"maxLength": 200},
     "archive/2025/guangzhou-nansha/" + "utility-tunnel-and-roads-" * 5),
)  # fmt: skip


def definition() -> dict[str, Any]:
    """Version 1."""
    raw = guarantee(
        slug=SLUG, code=CODE, zh="四十项工程业绩记录证明（示例）", en="forty-field record of works performed"
    )
    raw["fields"][0]["derive"] = f"constant:{raw['zh']}"
    extra = [field(f"KZ_wide{name}", zh, en, kind, **more) for name, zh, en, kind, more, _value in _MORE]
    left = COUNT - len(raw["fields"]) - len(extra)
    extra += [
        field(
            f"KZ_wideFigure{number}", f"第 {number} 阶段经监理单位与建设单位共同确认的主要工程量及其计量单位和说明",
            f"quantities of stage {number} as engineer and client agreed on them, with units and remarks", "text",
            required=number % 2 == 1, maxLength=100,
        )
        for number in range(1, left + 1)
    ]  # fmt: skip
    return {**raw, "fields": [*raw["fields"], *extra]}


def values(number: int) -> dict[str, str]:
    """What is typed, by the field's name; every field that a row brings."""
    own = {
        "certificateNumber": f"BH{number:08d}",
        "certificateIssuedDate": "2025-01-05",
        "certificateHolderName": f"广州示例{number:04d}号市政工程有限公司",
        "certificateHolderCode": uscc.make("91", "440100", f"{number:08d}"),
        "certificateEffectiveDate": "2025-01-05",
        "certificateExpiringDate": "2061-03-31",
        "KZ_beneficiary": "示例市公共资源交易中心",
        "KZ_guaranteeAmount": "50万元人民币",
        "KZ_guaranteeKind": "见索即付",
        **{f"KZ_wide{name}": value for name, *_, value in _MORE},
    }
    listed = [one["name"] for one in definition()["fields"] if one.get("source") != "derived"]
    return {name: own.get(name, f"{name[-2:]} 立方米混凝土，{name[-1]} 吨钢筋") for name in listed}
