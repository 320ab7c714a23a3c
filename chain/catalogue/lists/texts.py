"""What the reader of lists says about headings and cells, in English and Chinese, and what it advises."""

from __future__ import annotations

from chain.catalogue.problems import Level, Problem

_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "column.duplicate": (
        "columns {first} and {second} both mean {en}",
        "“{first}”与“{second}”两列都表示{zh}",
        "delete or rename one of the columns",
        "请删除或改名其中一列",
    ),
    "column.unused": (
        "the bureau's name comes from the registry; the column is not used",
        "颁发机构名称取自登记册，此列不使用",
        "",
        "",
    ),
    "column.missing": (
        "no column for {en} ({zh}){hint}",
        "缺少“{zh}”列{hint_zh}",
        "add a column headed {zh}",
        "请增加“{zh}”列",
    ),
    "column.unknown": (
        "the column means no field of this type and is not used",
        "该列不属于此证照类型，未使用",
        "",
        "",
    ),
    "cell.empty": ("is empty", "此项为空", "fill it in", "请填写"),
    "cell.size": (
        "{length} characters, at most {most}",
        "长达 {length} 个字符，最多 {most} 个",
        "shorten it, or look for an unclosed quote",
        "请缩短，或检查是否有未闭合的引号",
    ),
    "cell.error": (
        "the spreadsheet shows an error here",
        "单元格显示错误值",
        "repair the formula, or type the value",
        "请修正公式或直接填写",
    ),
    "cell.formula": ("a formula, not a value", "单元格是公式，不是值", "paste the value instead", "请粘贴为数值或文本"),
    "field.constant": (
        "should be {value} for this type",
        "此证照类型应为“{value}”",
        "check that the list is of this type",
        "请核对证照类型",
    ),
    "identifier.version": (
        "not a version between 001 and 999",
        "版本号应为 001 至 999",
        "001 is the first",
        "首版为 001",
    ),
    "identifier.serial": (
        "gives no serial of 7 to 32 digits and capitals",
        "无法得出 7 至 32 位数字或大写字母的流水号",
        "add a column 流水号 (serial) with 7 to 32 digits and capitals",
        "请增加“流水号”列，填写 7 至 32 位数字或大写字母",
    ),
    "identifier.missing": (
        "no identifier",
        "缺少证照标识",
        "fill it in, or let identifiers be minted for rows without one: --mint-missing",
        "请填写，或用 --mint-missing 为无标识的行新赋标识",
    ),
    "identifier.other-type": (
        "the identifier is of another certificate type ({here})",
        "标识属于另一证照类型（{here}）",
        "check that the list is of this type",
        "请核对证照类型",
    ),
    "identifier.other-version": (
        "the identifier says version {here}, the column {there}",
        "标识中的版本号为 {here}，版本号列为 {there}",
        "correct one of them",
        "请更正其一",
    ),
    "row.identifier": (
        "the identifier stands in row {first} already",
        "证照标识与第 {first} 行重复",
        "delete one of the rows",
        "请删除其一",
    ),
    "row.duplicate": (
        "the number stands in row {first} already",
        "编号与第 {first} 行重复",
        "delete one of the rows, or give the later one its own number or version",
        "请删除其一，或更正编号、版本号",
    ),
    "row.serial": (
        "the number differs from that of row {first} in marks only: both give the serial {serial}",
        "与第 {first} 行的编号仅标点不同，流水号同为 {serial}",
        "add a column 流水号 (serial)",
        "请增加“流水号”列加以区分",
    ),
    "row.width": (
        "{here} cells instead of {wanted}: perhaps a comma inside a cell that is not quoted",
        "有 {here} 个单元格，应为 {wanted} 个：可能是单元格内的逗号未加引号",
        "quote cells that hold the delimiter, or save the list as xlsx",
        "请为含分隔符的单元格加引号，或另存为 xlsx",
    ),
    "row.example": (
        "the example row of the template is still there",
        "模板的示例行尚未删除",
        "delete the row; if it was filled in, clear its first cell",
        "请删除该行；如已填入实际数据，请清空其首个单元格",
    ),
    "list.rows": ("no row below the heading", "标题行下没有数据", "check which file was saved", "请核对所保存的文件"),
    "number.leading-zero": (
        "{here} digits, while the others have {wanted} and begin with 0: zeros at the start were lost",
        "仅 {here} 位，其他编号为 {wanted} 位且以 0 开头：开头的 0 可能已丢失",
        "format the column as text, then copy the number again from the source",
        "请先将该列设为文本格式，再重新录入",
    ),
}


def problem(rule: str, *, level: Level = "error", **about: object) -> Problem:
    """The problem of that rule, its texts filled in."""
    message, message_zh, fix, fix_zh = (text.format(**about) for text in _TEXTS[rule])
    return Problem(rule, message, message_zh, fix, fix_zh, level)
