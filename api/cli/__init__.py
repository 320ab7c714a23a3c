"""Commands of the bureau's register, added to ``yinxin`` by entry point."""

from api.cli.register import register

__all__ = ["register"]
