"""Tables of what a regulation says in small cases: a story in a line, and what must be found at its end."""

from support.law.tables import Case, cases_of, tables
from support.law.verdicts import broken_expectations

__all__ = ["Case", "broken_expectations", "cases_of", "tables"]
