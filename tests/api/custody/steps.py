"""Every step of a custodian at which a test kills it."""

from __future__ import annotations

UPLOAD = ("custody-part", "custody-file")
SUBMIT = ("custody-accepted", "custody-relay", "custody-sent", "custody-settled")
DECOY = ("custody-decoy", "custody-reveal")
PHASES = ("custody-tick", "custody-close", "custody-closed", "custody-stated", "custody-attested")
OPENING = ("custody-opening", "custody-opened")
STEPS = (*UPLOAD, *SUBMIT, *DECOY, *PHASES, *OPENING)
