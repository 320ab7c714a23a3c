"""Checking over HTTP: for windows and strangers who would rather ask than install.

The answer can be checked without us: the same input, `yinxin verify` and the ledger give the same verdict.

* :mod:`checker`: what a check rests on, kept ready in each process.
* :mod:`endpoints`: verifications, and the index that other verifiers may ask.
"""
