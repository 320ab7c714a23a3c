"""Hypothesis profiles: ``ci`` repeats the same examples each time, ``dev`` looks for new ones.

Chosen by HYPOTHESIS_PROFILE, else ``ci`` where the variable CI is set, else ``dev``. Neither has a
deadline for one example: the machines are shared, and pytest-timeout ends what hangs.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure(config: pytest.Config) -> None:
    """Load the profile; ``--hypothesis-profile`` on the command line goes before."""
    if not config.getoption("--hypothesis-profile", default=None):
        settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
