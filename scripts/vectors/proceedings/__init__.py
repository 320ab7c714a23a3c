"""Vectors of committees, evaluations, rankings and awards: ``python -m scripts.vectors.proceedings``."""
