"""Poppler's tools (pdfsig, pdftoppm, pdftotext, pdfdetach) and qpdf: judges of our PDFs that others wrote."""

from __future__ import annotations

import os
import shutil
import subprocess

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
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return f"{why_none()}; not root on Debian, so the packages cannot be installed"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ("-o", "DPkg::Lock::Timeout=120")
    adding = ("install", "-qq", "-y", "--no-install-recommends", *wait, *PACKAGES.values())
    for words in (("update", "-qq"), adding):
        try:
            done = subprocess.run(
                [apt, *words], capture_output=True, text=True, env=environment, check=False, timeout=600
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{why_none()}; apt-get {words[0]}: {error}"
        if done.returncode:
            return f"{why_none()}; apt-get {words[0]} failed: {done.stderr.strip()[-200:]}"
    return why_none()
