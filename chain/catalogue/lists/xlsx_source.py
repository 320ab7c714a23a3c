"""xlsx files, read row by row with bounds on everything a hostile file could blow up."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from chain.catalogue.lists.model import Limits
from chain.kernel.errors import InvalidInput

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_package(data: bytes, limits: Limits) -> None:
    """Refuse what is no sound xlsx package before any of it is unpacked.

    Raises:
        InvalidInput: no zip file, not an xlsx file, too large when unpacked, or with a document type declaration.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise _refused("it is a zip file, but no xlsx file", "save the list as xlsx or CSV UTF-8")
            if len(parts) > 2_000:
                raise _refused(
                    f"{len(parts)} parts in the file", "save the first sheet alone in a new file", "list.size"
                )
            total = sum(part.file_size for part in parts)
            if total > limits.unpacked_bytes:
                raise _refused(
                    f"{total} bytes when unpacked, at most {limits.unpacked_bytes}", "split the list", "list.bomb"
                )
            for part in parts:
                if part.flag_bits & 1:
                    raise _refused("the file is encrypted", "remove the password and save again")
                if part.file_size > limits.unpack_ratio * max(part.compress_size, 1) + 2**20:
                    times = part.file_size // max(part.compress_size, 1)
                    raise _refused(f"{part.filename} grows {times} times", "save the list again as xlsx", "list.bomb")
                if part.filename.endswith((".xml", ".rels")):
                    with package.open(part) as stream:
                        head = stream.read(65_536)
                    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                        raise _refused(
                            f"{part.filename} declares a document type", "save the list again as xlsx", "list.bomb"
                        )
    except InvalidInput:
        raise
    except Exception as error:
        raise _refused(f"the xlsx file is damaged ({error})", "open and save it again") from error


def open_sheet(data: bytes, limits: Limits, sheet: str | None) -> tuple[str, Iterator[tuple[int, list[Any]]]]:
    """Name of the sheet and its rows: row number and cell values (text, int, float, bool, datetime, None).

    Args:
        data: the file.
        limits: bounds.
        sheet: name of the sheet, or None for the first visible one.

    Raises:
        InvalidInput: damaged, too large, or without that sheet.
    """
    check_package(data, limits)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which are not read
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        raise _refused(f"the xlsx file is damaged ({type(error).__name__})", "open and save it again") from error
    found = [
        one for one in book.worksheets if (one.title == sheet if sheet is not None else one.sheet_state == "visible")
    ]
    if not found:
        names = "、".join(one.title for one in book.worksheets)
        raise _refused(f"no sheet {sheet!r}; there are: {names}", "name one of them", "list.sheet")
    chosen = found[0]
    chosen.reset_dimensions()

    def rows() -> Iterator[tuple[int, list[Any]]]:
        number = 0
        try:
            for number, cells in enumerate(chosen.iter_rows(values_only=True, max_col=limits.columns + 1), 1):
                yield number, list(cells)
        except InvalidInput:
            raise
        except Exception as error:
            raise _refused(
                f"the sheet is damaged after row {number} ({type(error).__name__})", "open and save it again"
            ) from error
        finally:
            book.close()

    return chosen.title, rows()


def _refused(message: str, fix: str, code: str = "list.form") -> InvalidInput:
    return InvalidInput(message, code=code, field="file", fix=fix)
