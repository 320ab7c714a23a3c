"""Padmé: sizes in steps, so that a file's length says little about its content.

Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019,
section 4. A length keeps only as many leading bits as its exponent has; at most 12 % are added, and at most 3.1 % from
64 KiB on. Below :data:`SMALLEST` all lengths are one.
"""

from __future__ import annotations

SMALLEST = 64 * 1024
"""Shortest padded plaintext, in bytes: one chunk."""


def padded_size(size: int) -> int:
    """Length of a plaintext of ``size`` bytes after padding; at least :data:`SMALLEST`."""
    size = max(size, SMALLEST)
    exponent = size.bit_length() - 1
    free = exponent - exponent.bit_length()
    mask = (1 << free) - 1
    return (size + mask) & ~mask
