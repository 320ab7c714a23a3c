"""Experts at the service: pages on which they fill in, commit to and show sheets of their own. Nothing here has a key."""
