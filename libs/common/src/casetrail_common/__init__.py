"""Mechanism that at least two services need: ledger, bus, facts, rules, edges."""
