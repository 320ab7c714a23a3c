"""Poppler's tools (pdfsig, pdftoppm, pdftotext, pdfdetach) and qpdf: judges of our PDFs that others wrote."""

from __future__ import annotations

import shutil

from scripts import apt

PACKAGES = {"pdfsig": "poppler-utils", "qpdf": "qpdf"}
"""A program of each package, and Debian's name of the package."""


def why_none() -> str:
    """Which packages are missing; empty if all are here."""
    lacking = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    return f"no PDF tools: {', '.join(lacking)}" if lacking else ""


def install() -> str:
    """Install Debian's packages where that is possible and needed; why it was not done, or empty."""
    if not why_none():
        return ""
    if apt.unfit():
        return f"{why_none()}; not root on Debian, so the packages cannot be installed"
    if why := apt.install(tuple(PACKAGES.values()), "-o", "DPkg::Lock::Timeout=120"):
        return f"{why_none()}; {why}"
    return why_none()
