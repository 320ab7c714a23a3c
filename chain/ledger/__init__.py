"""The chain's side of the toolkit."""

from chain.kernel import bls_later as bls_later
