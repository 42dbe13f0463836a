"""Printing papers as PDF/A-2u: the template, and the compiler that runs it in a child process."""

from casetrail_archive.dossier.typesetting.typesetter import Printed, Typesetter, UnprintableError

__all__ = ["Printed", "Typesetter", "UnprintableError"]
