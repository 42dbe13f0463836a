"""Signature blocks: who signed in which capacity, and when."""

from collections.abc import Iterable

from casetrail_archive.dossier.casefile import CaseFile, FiledRecord, GivenMark
from casetrail_archive.dossier.papers.paper import Part, signature
from casetrail_archive.dossier.wording import day
from casetrail_common.calendar import local_day
from casetrail_common.records import label


def mark_lines(case: CaseFile, marks: Iterable[GivenMark]) -> list[Part]:
    """Return one line for each capacity, kind of mark and day, with the names in the order of signing."""
    lines: dict[tuple[str, str], list[str]] = {}
    for given in marks:
        mark = given.mark
        role = f"{label('mark_as', mark.as_role)}（{label('mark_kind', mark.kind)}）{_place(mark.place)}"
        names = lines.setdefault((role, day(local_day(given.at))), [])
        if case.person(mark.by) not in names:
            names.append(case.person(mark.by))
    return [signature(role, names, on) for (role, on), names in lines.items()]


def signature_lines(case: CaseFile, record: FiledRecord) -> list[Part]:
    """Return the signature block of a record; marks at a correction stand beside that correction."""
    corrections = {correction.id for correction in record.added.corrections}
    return mark_lines(case, [given for given in record.marks if given.mark.place not in corrections])


def _place(place: str) -> str:
    return {"end": "", "cross_page": "骑缝"}.get(place, f"（{place}）")
