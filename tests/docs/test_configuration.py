"""docs/configuration.md is what the program itself says."""

from scripts.write_configuration import PAGE, page


def test_the_page_lists_every_setting_with_its_default() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python scripts/write_configuration.py"
