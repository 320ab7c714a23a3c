"""The story that ``make demo`` tells, from a bureau's first day to an award: each role a process of its own."""
