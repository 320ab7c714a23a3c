"""The chain's side of the toolkit."""
