"""The append-only, hash-chained log of one service: the record everything else is a fold of."""
