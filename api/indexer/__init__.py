"""Events of the ledger become tables. Only this room writes them; they can be dropped and made again."""
