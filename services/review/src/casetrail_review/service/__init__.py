"""One function per command: each returns the decision, a pure function of what a view shows."""
