"""What every room may use: errors, canonical JSON, encodings, the clock and the ports.

Nothing in here imports another room of the toolkit.
"""
