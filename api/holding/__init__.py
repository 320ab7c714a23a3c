"""Key holders at the service: pages on which they sign openings with shares of their own. Nothing here has a key."""
