"""Letters with activation codes as files in the approver's home, to be printed and deleted."""

from __future__ import annotations

from pathlib import Path

from chain.kernel.clock import rfc3339
from chain.kernel.errors import Unavailable
from chain.kernel.home import write_atomically
from chain.kernel.ports import Letter

_TEXT = """{holder}
{address}
{certificate}  {identifier}

您的激活码  Your activation code

    {code}

请在 {expires} 前,在您自己的手机或电脑上打开证照夹,选择本证照,输入激活码。输入后,该设备即可代表您出示本证照;
此前绑定的设备自新绑定上链之时起失效。激活码只能使用一次,请勿告知任何人,包括本机构工作人员。用后请销毁此信。
如非您本人申请,请勿使用,并与本机构联系。

Before {expires}, open your wallet on your own device, choose this certificate and type the code. From then on that
device acts for you with this certificate; a device bound before ends as soon as the new one is on the ledger.
The code works once. Tell it to nobody, our own staff included, and destroy this letter after use.
If you did not ask for it, do not use it and tell us.

{bureau}  {bureau_code}
{made_at}
"""


def letter_text(letter: Letter) -> str:
    """What is printed, in Chinese and English."""
    return _TEXT.format(
        holder=letter.holder,
        address=letter.address,
        certificate=letter.certificate,
        identifier=letter.identifier,
        code=letter.code,
        expires=rfc3339(letter.expires)[:10],
        bureau=letter.bureau,
        bureau_code=letter.bureau_code,
        made_at=rfc3339(letter.made_at)[:10],
    ).replace("\n\n\n", "\n\n")


class FileLetters:
    """A :class:`chain.kernel.ports.Letters`: one file a letter, which its owner alone may read.

    Args:
        folder: in the approver's home; made when the first letter is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, letter: Letter) -> None:
        """Write the letter; an older one for the same certificate, whose code is void now, is replaced."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._folder / f"{letter.name}.txt", letter_text(letter).encode(), mode=0o600)
        except OSError as error:
            raise Unavailable(
                f"the letter cannot be written: {error.strerror}",
                code="letters.write",
                field="letters",
                fix="check the folder letters in the approver's home",
            ) from error

    def waiting(self) -> list[tuple[str, str]]:
        """Name and text of every letter not yet deleted, by name."""
        return [(file.stem, file.read_text(encoding="utf-8")) for file in sorted(self._folder.glob("*.txt"))]

    def delete(self, name: str) -> None:
        """Delete a letter that has been printed; an unknown one is no error."""
        for file in self._folder.glob("*.txt"):
            if file.stem == name:
                file.unlink(missing_ok=True)
