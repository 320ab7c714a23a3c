"""What the check of a name says, in English and Chinese, and what it advises."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str, str | None]] = {
    "name.empty": ("the name is empty", "名称为空", "write the name"),
    "name.length": (
        "{length} characters, at most {most}",
        "长度 {length}，最多 {most} 个字符",
        "use the registered name",
    ),
    "name.radical": (
        "character {place} ({shown}) is a radical, not a character of a name",
        "第 {place} 个字符（{shown}）是部首符号，不是汉字",
        "type the character again{instead}",
    ),
    "name.character": (
        "character {place} ({shown}) does not belong in a person's name",
        "第 {place} 个字符（{shown}）不应出现在姓名中",
        "write the name as in the identity document",
    ),
    "name.form": ("brought to Unicode form C", "已转换为 Unicode 规范形式 C", None),
    "name.dot-other": (
        "another dot was replaced by · (U+00B7)",
        "其他圆点已替换为间隔号 ·（U+00B7）",
        "type · (U+00B7) between the parts of the name",
    ),
    "name.dot": (
        "a separating dot stands at an end or twice in a row",
        "间隔号位于首尾或连续出现",
        "one dot between two parts of a name",
    ),
    "name.space": ("spaces were removed", "已去除多余空格", None),
    "name.script": ("{shown} is in a script this check does not know", "“{shown}”的文字种类无法识别", None),
    "name.mixed": (
        "{shown} mixes letters of {scripts} that look alike",
        "“{shown}”混用了多种外形相近的字母",
        "type the word again in one script",
    ),
    "name.scripts": (
        "{count} scripts in one name, at most 2",
        "一个名称含 {count} 种文字，最多 2 种",
        "write the name in Chinese, or in Chinese and one other script",
    ),
}
"""Rule to message, message in Chinese, and fix."""
