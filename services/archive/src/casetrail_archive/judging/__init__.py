"""Judging cases by the law in force: what was found, since when, and what time alone will change."""
