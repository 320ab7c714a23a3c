"""Experts at the service: pages on which they fill in, commit to and show their sheets. Nothing here has a key."""
