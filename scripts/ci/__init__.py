"""Runs everything that decides whether a change may land: ``python -m scripts.ci``."""
