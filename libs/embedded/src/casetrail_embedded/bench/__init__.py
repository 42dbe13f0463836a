"""The bench: what this machine does with Casetrail, beside what it does without it. It prints and asserts nothing."""
