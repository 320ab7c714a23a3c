"""What every test of the house stands on: an own home, closed sockets, counted skips, shared vectors."""
