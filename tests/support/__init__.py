"""Real classes that tests share: a ledger in memory that keeps the contracts' rules, and a bureau that uses it."""
