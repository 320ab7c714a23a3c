"""Backups: a bureau's home in one file, and a home made from one.

* :func:`make_backup` writes register, service database, key vault, keys and settings in one state.
* :func:`restore_backup` checks every byte first, applies the tombstones, and puts the home in its place at once.

What a backup holds, and what not, is in docs/database.md.
"""

from api.backups.making import Made, make_backup
from api.backups.restoring import Restored, restore_backup

__all__ = ["Made", "Restored", "make_backup", "restore_backup"]
