"""Draws the PDF of every type to PNG, to be looked at: usual, with long names, reprints, a type without a template.

    python -m scripts.pictures.pdf [OUT] [--dpi 100]

Certificates, keys and stamps are samples; nothing here is on a ledger. Needs pdftoppm (Debian: poppler-utils).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from chain.catalogue import SHIPPED, CertificateType, Field, get_type
from chain.catalogue.lists import read_list
from chain.rendering.face import Face, ReprintMark, make_face
from chain.rendering.page import PageJob, draw
from scripts.samples.kinds import SAMPLE_KINDS
from scripts.samples.lists import CHINESE, companies, csv_bytes

BUREAU = "示例市市场监督管理局"
LONG_BUREAU = "示例市某某经济技术开发区市场监督管理局行政审批服务中心"
LONG_NAME = "示例市特别长的企业名称用来查看版面是否仍然美观完整的贸易进出口与仓储物流供应链管理股份有限公司第一分公司"
IDENTIFIER = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"
STAMP = bytes(range(1, 251)) + bytes(range(1, 134))
AT = 1_767_225_600


def rows_of(kind: CertificateType, folder: Path, count: int) -> list[dict[str, str]]:
    """Sample rows of a type, read and judged like any list."""
    if kind.slug == "business-licence":
        table = [CHINESE, *(sample.values for sample in companies(count, seed=3))]
    else:
        sample = SAMPLE_KINDS[kind.slug]
        table = [sample.chinese, *sample.rows(count, seed=3)]
    file = folder / f"{kind.slug}.csv"
    file.write_bytes(csv_bytes(table, "utf-8"))
    report = read_list(file, kind)
    file.unlink()
    if not report.ok:
        raise SystemExit(f"the samples of {kind.slug} are not sound")
    return [dict(row.fields) for row in report.rows]


def general() -> CertificateType:
    """A type of a bureau's own, with many fields."""
    base = get_type("business-licence")
    own = tuple(one for one in base.fields if not one.name.startswith("KZ_") and one.name != "certificateName")
    more = tuple(
        Field(f"KZ_item{number:02d}", f"约定事项{number}", f"term number {number}", "text") for number in range(1, 33)
    )
    return replace(
        base, slug="tender-guarantee", zh="投标保函", en="tender guarantee", fields=(*own, *more), face_fields=(),
        order_rules=(), derived=(),
    )  # fmt: skip


def jobs(folder: Path) -> Iterator[tuple[str, PageJob]]:
    """Name and content of every picture."""

    def job(face: Face, **more: object) -> PageJob:
        return replace(PageJob(face, STAMP, "https://host.example/v#", BUREAU, AT), **more)  # type: ignore[arg-type]

    for kind in SHIPPED.every():
        first, second = (kind.complete(row, bureau_name=BUREAU) for row in rows_of(kind, folder, 2))
        yield f"pdf-{kind.slug}", job(make_face(kind, IDENTIFIER, first))
        long = {
            **second,
            "certificateHolderName": LONG_NAME if kind.holder == "organisation" else "示例·" * 12 + "样本",
        }
        yield f"pdf-{kind.slug}-long", job(make_face(kind, IDENTIFIER, long), legal_name=LONG_BUREAU)
        mark = ReprintMark(2, AT)
        yield f"pdf-{kind.slug}-reprint", job(make_face(kind, IDENTIFIER, first), reprint=mark)
    kind = general()
    base = {
        "certificateNumber": "BH2026000001", "certificateIssuingAuthorityName": BUREAU,
        "certificateIssuedDate": "2026-01-05", "certificateHolderName": "广州示例0001号贸易有限公司",
        "certificateHolderCode": "914401000000000191",
        "certificateEffectiveDate": "2026-01-05", "certificateExpiringDate": "长期",
    }  # fmt: skip
    few = {**base, **{f"KZ_item{number:02d}": f"示例内容{number}" for number in range(1, 6)}}
    yield "pdf-general", job(make_face(kind, IDENTIFIER, few))
    many = {**base, **{f"KZ_item{number:02d}": "示例内容" * (1 + number % 9 * 3) for number in range(1, 33)}}
    yield "pdf-general-40-fields", job(make_face(kind, IDENTIFIER, many))
    rare = {**few, "certificateHolderName": "𠮷\u9fcd䶮示例贸易有限公司"}
    yield "pdf-rare-characters", job(make_face(kind, IDENTIFIER, rare))


def write_pictures(folder: Path, *, dpi: int = 100) -> list[Path]:
    """All pictures, one file a page. Raises SystemExit where pdftoppm is missing."""
    program = shutil.which("pdftoppm")
    if program is None:
        raise SystemExit("pdftoppm is missing; install poppler-utils")
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for name, job in jobs(folder):
        file = folder / f"{name}.pdf"
        file.write_bytes(draw(job))
        for old in folder.glob(f"{name}-[0-9].png"):
            old.unlink()
        subprocess.run([program, "-r", str(dpi), "-png", str(file), str(folder / name)], check=True)
        made += sorted(folder.glob(f"{name}-[0-9].png"))
    return made


def main() -> int:
    """Draw them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="?", default=Path("pictures-out"))
    parser.add_argument("--dpi", type=int, default=100)
    options = parser.parse_args()
    for file in write_pictures(options.out, dpi=options.dpi):
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
