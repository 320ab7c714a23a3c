"""Writes the sample lists of the demo: business licences of companies that do not exist, and lists of other types.

Every list is the same for the same seed, byte for byte. The codes carry right check characters in a range that no
registry hands out; the names say that they are samples. Beside the sound lists stand two damaged ones, each row with
one fault, for showing what the reader of lists says.

    python -m scripts.samples.lists OUT [--rows 1200] [--seed 1] [--type food-trade-licence]
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from chain.identifiers import uscc
from scripts.samples.kinds import PEOPLE, SAMPLE_KINDS, SampleKind

REGION = "440100"
TRADES = ("贸易", "科技", "餐饮", "物流", "建筑工程", "文化传播", "电子商务", "环保设备")
TYPES = (
    "有限责任公司(自然人独资)",
    "有限责任公司(自然人投资或控股)",
    "有限责任公司(法人独资)",
    "股份有限公司(非上市、自然人投资或控股)",
    "有限责任公司(港澳台投资、非独资)",
)
REPRESENTATIVES = (*PEOPLE, "Sample Zhang")
SCOPES = (
    "货物进出口；技术进出口；国内贸易代理；日用百货销售。（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
    "软件开发；信息系统集成服务；数据处理和存储支持服务；技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广。",
    "餐饮服务；食品销售；外卖递送服务。",
    "普通货物仓储服务；国内货物运输代理；装卸搬运；供应链管理服务；包装服务。",
)
CAPITALS = (
    "500万元人民币",
    "100万元人民币",
    "50万美元",
    "1,000,000元",
    "人民币伍佰万元整",
    "12345.67元",
    "3000万港元",
    "1.5亿元",
)
STREETS = ("广州市越秀区示例路", "广州市天河区样本大道", "广州市番禺区示例镇样本街", "广州市南沙区示例围")

FIELDS = (
    "certificateNumber", "certificateHolderName", "certificateHolderCode", "KZ_companyType", "KZ_legalRepresentative",
    "KZ_registeredCapital", "KZ_establishmentDate", "certificateEffectiveDate", "certificateExpiringDate",
    "certificateIssuedDate", "KZ_domicile", "KZ_businessScope",
)  # fmt: skip
"""Order of the columns in all lists."""

CHINESE = (
    "证照编号",
    "名称",
    "统一社会信用代码",
    "类型",
    "法定代表人",
    "注册资本",
    "成立日期",
    "营业期限自",
    "营业期限至",
    "颁发日期",
    "住所",
    "经营范围",
)
STANDARD = (
    "ZZBH",
    "CZZT",
    "CZZTDM",
    "企业类型",
    "法定代表人",
    "注册资本",
    "成立日期",
    "ZZYXQQSRQ",
    "ZZYXQJZRQ",
    "ZZBFRQ",
    "住所",
    "经营范围",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented company, values as a clerk would type them, in the order of :data:`FIELDS`."""

    values: tuple[str, ...]

    def with_value(self, field: str, value: str) -> Sample:
        """The same with one value replaced."""
        place = FIELDS.index(field)
        return replace(self, values=(*self.values[:place], value, *self.values[place + 1 :]))


def companies(count: int, *, seed: int = 1, first: int = 1) -> list[Sample]:
    """``count`` companies, numbered from ``first``; the same for the same seed and numbers."""
    return [_company(number, seed) for number in range(first, first + count)]


def _company(number: int, seed: int) -> Sample:
    random = Random(f"{seed}/{number}")
    trade = random.choice(TRADES)
    name = f"广州示例{number:04d}号{trade}有限公司"
    if number % 23 == 0:
        name = f"广州示例{random.choice('𠮷䶮㙦𣲘')}{number:04d}号{trade}有限公司"
    elif number % 29 == 0:
        name = f"广州示例{number:04d}号{trade}有限公司 (Sample No. {number})"
    elif number % 31 == 0:
        name = f"广州示例·样本{number:04d}号{trade}技术研究开发与综合服务及进出口代理（集团）股份有限公司"
    established = date(2012, 1, 4) + timedelta(days=random.randrange(0, 4_000))
    issued = established + timedelta(days=random.randrange(0, 900))
    if number % 5 == 0:
        until = "长期"
    else:
        until = (
            established.replace(year=established.year + 30, day=min(established.day, 28)) - timedelta(days=1)
        ).isoformat()
    scope = random.choice(SCOPES)
    if number % 37 == 0:
        scope = "".join(f"第{place}项示例业务；" for place in range(1, 200))
    return Sample(
        (
            f"440100{2026}{number:06d}",
            name,
            uscc.make("91", REGION, f"0000{number:04d}" if number < 10_000 else f"{number:08d}"),
            random.choice(TYPES),
            random.choice(REPRESENTATIVES),
            random.choice(CAPITALS),
            established.isoformat(),
            established.isoformat(),
            until,
            issued.isoformat(),
            f"{random.choice(STREETS)}{number}号",
            scope,
        )
    )


def damaged() -> list[tuple[str, list[Any]]]:
    """Rows with one fault each: the rule it breaks, and the cells."""
    base = companies(60, seed=7, first=9_001)
    faults: list[tuple[str, str, Any]] = [
        ("number.scientific", "certificateNumber", "4.4E+17"),
        ("number.scientific", "certificateNumber", "4.40101E+17"),
        ("number.float", "certificateNumber", "440100202600.0"),
        ("number.precision", "certificateHolderCode", "914401000000900000"),
        (
            "uscc.check",
            "certificateHolderCode",
            base[4].values[2][:-1] + ("A" if base[4].values[2][-1] != "A" else "B"),
        ),
        ("uscc.form", "certificateHolderCode", base[5].values[2][:-1]),
        ("uscc.form", "certificateHolderCode", "91440100OOOO9007XI"),
        ("code.width", "certificateHolderCode", "".join(chr(ord(c) + 0xFEE0) for c in base[7].values[2])),
        ("code.quoted", "certificateNumber", "'" + base[8].values[0]),
        ("text.edge", "certificateNumber", base[9].values[0] + "\u00a0 "),
        ("text.edge", "certificateHolderName", "\u200b" + base[10].values[1]),
        ("text.invisible", "certificateHolderName", "广州\u200b示例9012号贸易有限公司"),
        ("text.private-use", "certificateHolderName", "广州示例\ue81e9013号贸易有限公司"),
        ("name.dot-other", "KZ_legalRepresentative", "示例•样本"),
        ("name.character", "KZ_legalRepresentative", "张示例3"),
        ("name.mixed", "KZ_legalRepresentative", "Sаmple Zhang"),
        ("date.ambiguous", "certificateIssuedDate", "5/1/2026"),
        ("date.day", "certificateIssuedDate", "2025-02-30"),
        ("date.serial", "certificateIssuedDate", "46027"),
        ("date.form", "certificateExpiringDate", "三十年"),
        ("date.order", "certificateExpiringDate", "1999-01-01"),
        ("amount.unit", "KZ_registeredCapital", "500"),
        ("amount.form", "KZ_registeredCapital", "若干元"),
        ("number.scientific", "KZ_registeredCapital", "5E+06"),
        ("cell.empty", "KZ_domicile", ""),
        ("cell.error", "KZ_domicile", "#N/A"),
        ("cell.formula", "KZ_businessScope", '=HYPERLINK("http://example.invalid","x")'),
        ("text.length", "KZ_businessScope", "示例业务；" * 900),
        ("row.duplicate", "certificateNumber", base[0].values[0]),
        ("text.pattern", "certificateNumber", "440100*2026*9030"),
    ]
    rows: list[tuple[str, list[Any]]] = [("", list(base[0].values).copy())]
    rows += [
        (rule, list(base[place + 1].with_value(field, value).values))
        for place, (rule, field, value) in enumerate(faults)
    ]
    return rows


def csv_bytes(rows: Iterable[Sequence[Any]], encoding: str, *, delimiter: str = ",") -> bytes:
    """Rows as CSV in that encoding, with the line ends of a spreadsheet."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_bytes(rows: Iterable[Sequence[Any]], *, title: str = "名单", above: str | None = None) -> bytes:
    """Rows as xlsx, the same bytes for the same rows; ``above`` is a title line over the heading."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    if above is not None:
        sheet.append([above])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(FIELDS))
    for row in rows:
        sheet.append(list(row))
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    book.properties.creator = "sample"
    book.properties.created = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def _without_times(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _typed(sample: Sample, place: int) -> list[Any]:
    """Cells as a spreadsheet holds them: some dates as dates, the rest as text."""
    cells: list[Any] = list(sample.values)
    if place % 2:
        for field in ("KZ_establishmentDate", "certificateIssuedDate"):
            at = FIELDS.index(field)
            cells[at] = date.fromisoformat(cells[at])
    return cells


def _spoken(sample: Sample, place: int) -> list[str]:
    """Dates in the forms that people use."""
    cells = list(sample.values)
    for at in (6, 7, 9):
        day = date.fromisoformat(cells[at])
        forms = (
            day.isoformat(),
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y%m%d}",
        )
        cells[at] = forms[place % 4]
    return cells


def write_lists(folder: Path, *, rows: int = 1_200, seed: int = 1, kind: str = "business-licence") -> dict[str, Path]:
    """Write all lists into ``folder`` and say where: utf8, gb18030, xlsx, damaged-csv, damaged-xlsx.

    The sound ones share ``rows`` holders in three parts. ``kind`` is the slug of a type; lists of types other than the
    business licence are named for it and have one damaged list, damaged-csv.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if kind != "business-licence":
        return _write_kind(folder, SAMPLE_KINDS[kind], rows, seed)
    everyone = companies(rows, seed=seed)
    cut = [0, (rows + 2) // 3, (2 * rows + 2) // 3, rows]
    parts = [everyone[cut[place] : cut[place + 1]] for place in range(3)]
    faulty = [cells for _rule, cells in damaged()]
    contents = {
        "utf8": (
            "licences-1-utf8.csv",
            csv_bytes([CHINESE, *(_spoken(one, place) for place, one in enumerate(parts[0]))], "utf-8-sig"),
        ),
        "gb18030": ("licences-2-gb18030.csv", csv_bytes([STANDARD, *(one.values for one in parts[1])], "gb18030")),
        "xlsx": (
            "licences-3.xlsx",
            xlsx_bytes(
                [CHINESE, *(_typed(one, place) for place, one in enumerate(parts[2]))], above="营业执照签发名单（示例）"
            ),
        ),
        "damaged-csv": ("damaged.csv", csv_bytes([CHINESE, *faulty], "utf-8-sig")),
        "damaged-xlsx": ("damaged.xlsx", xlsx_bytes([CHINESE, *_numbers(faulty)])),
    }
    written = {}
    for key, (name, data) in contents.items():
        written[key] = folder / name
        written[key].write_bytes(data)
    return written


def _write_kind(folder: Path, kind: SampleKind, rows: int, seed: int) -> dict[str, Path]:
    everyone = kind.rows(rows, seed=seed)
    cut = [0, (rows + 2) // 3, (2 * rows + 2) // 3, rows]
    parts = [everyone[cut[place] : cut[place + 1]] for place in range(3)]
    faulty = [cells for _rule, cells in kind.damaged()]
    contents = {
        "utf8": ("1-utf8.csv", csv_bytes([kind.chinese, *parts[0]], "utf-8-sig")),
        "gb18030": ("2-gb18030.csv", csv_bytes([kind.standard, *parts[1]], "gb18030")),
        "xlsx": ("3.xlsx", xlsx_bytes([kind.chinese, *parts[2]])),
        "damaged-csv": ("damaged.csv", csv_bytes([kind.chinese, *faulty], "utf-8-sig")),
    }
    written = {}
    for key, (name, data) in contents.items():
        written[key] = folder / f"{kind.slug}-{name}"
        written[key].write_bytes(data)
    return written


def _numbers(rows: list[list[Any]]) -> list[list[Any]]:
    """Some damaged cells as the numbers that a spreadsheet would hold."""
    out = []
    for cells in rows:
        new = list(cells)
        for at in (0, 2):
            if re.fullmatch(r"[0-9.]+(?:E\+[0-9]+)?", str(new[at])) and (("E" in new[at]) or new[at].endswith("00000")):
                new[at] = float(new[at])
        if new[9] == "46027":
            new[9] = 46027
        out.append(new)
    return out


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=1_200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--type", default="business-licence", choices=("business-licence", *SAMPLE_KINDS))
    options = parser.parse_args()
    for key, path in write_lists(options.out, rows=options.rows, seed=options.seed, kind=options.type).items():
        print(f"{key:13} {path}")


if __name__ == "__main__":
    main()
