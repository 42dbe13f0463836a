"""The parts Casetrail runs on, started out of Python packages on one machine."""
