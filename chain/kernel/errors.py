"""One root for every error a user can cause or meet.

Domain errors know nothing of HTTP or exit codes; those are mapped once, at the edge.
"""

from __future__ import annotations


class YinxinError(Exception):
    """Something the user or the operator can act on.

    Attributes:
        code: stable, lower-case, dotted name such as ``identifier.check``.
        field: the input field at fault, or None.
        fix: one sentence that says what to do, or None.
    """

    code = "yinxin"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        fix: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field
        self.fix = fix

    def as_dict(self) -> dict[str, str]:
        """The error as plain data: code, message and, where known, field and fix."""
        out = {"code": self.code, "message": self.message}
        if self.field is not None:
            out["field"] = self.field
        if self.fix is not None:
            out["fix"] = self.fix
        return out


class InvalidInput(YinxinError):
    """The input breaks a stated rule; trying again unchanged cannot help."""

    code = "input.invalid"


class NotFound(YinxinError):
    """Nothing is known under that name."""

    code = "not_found"


class Conflict(YinxinError):
    """The request contradicts what already stands."""

    code = "conflict"


class Refused(YinxinError):
    """Not allowed for this actor, at this time or in this state."""

    code = "refused"


class Unavailable(YinxinError):
    """An outside part (node, store, file, signer) did not answer. Says nothing about validity."""

    code = "unavailable"


class Damaged(YinxinError):
    """Stored bytes are not what their digest says."""

    code = "damaged"
