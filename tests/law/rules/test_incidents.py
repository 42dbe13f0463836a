"""Which clause of each regulation a forbidden act offends.

Source: the incident table of the command vocabulary; JN and PY tell recordings and records apart.
"""

import pytest

from casetrail_common.facts import common
from casetrail_common.rules import SHIPPED, LawBook, activate, build, compile_pack, evaluate, pack_document
from support import penalty
from support.penalty import at, step

DOSSIER = "DS1"
"""The dossier of the story."""
QH, FS, JN, HN, PY = "qinghe-2019", "fusong-env", "jining-aic-2017", "henan-2019", "pengyang-2019"
TABLE: dict[tuple[str, str], dict[str, str]] = {
    ("worm_protected", "session"): {QH: "19.1", JN: "27.1(1)", HN: "24.1a", PY: "15.1(1)"},
    ("worm_protected", "derivative"): {QH: "19.1", JN: "27.1(4)", HN: "24.1a", PY: "15.1(1)"},
    ("worm_protected", "record"): {QH: "19.1", JN: "27.1(4)", HN: "24.1a", PY: "15.1(3)"},
    ("worm_protected", "dossier"): {QH: "19.1", JN: "27.1(4)", HN: "24.1a", PY: "15.1(3)"},
    ("self_custody", "session"): {QH: "16.1b", FS: "27.3a", JN: "27.1(2)", HN: "22.1b", PY: "15.1(2)"},
    ("unregistered_storage", "session"): {QH: "16.1b", FS: "27.3a", JN: "27.1(2)", HN: "22.1b", PY: "15.1(2)"},
    ("access_not_approved", "record"): {QH: "16.1c", JN: "21.1b", HN: "24.2", PY: "13.1"},
    ("copy_not_approved", "session"): {QH: "16.1c", JN: "27.1(2)", HN: "24.2", PY: "15.1(2)"},
    ("disclosure_not_approved", "session"): {QH: "16.1c", FS: "30.1", JN: "27.1(2)", HN: "24.1b", PY: "15.1(2)"},
    ("classified_no_clearance", "record"): {QH: "17.2", FS: "30.1", HN: "25.1"},
    ("head_approval_required", "record"): {},
    ("head_consent_required", "record"): {},
    ("transition_not_allowed", "record"): {},
}


@pytest.mark.parametrize(("pack_id", "version"), SHIPPED)
@pytest.mark.parametrize(("code", "kind"), TABLE)
def test_an_attempt_offends_the_clause_that_the_table_names(pack_id: str, version: str, code: str, kind: str) -> None:
    pack = compile_pack(pack_document(pack_id, version))
    named = TABLE[code, kind].get(pack_id)
    assert pack.clause_of_incident(code, kind) == (f"{pack_id}/{named}" if named else None)


def test_reading_a_filed_item_without_approval_counts_on_its_dossier() -> None:
    book = LawBook((activate(compile_pack(pack_document(JN, dict(SHIPPED)[JN]))),))
    clause = f"{JN}/21.1b"
    read = common.IncidentRecordedV1(item=DOSSIER, code="access_not_approved", clause=clause, command="read_item")
    file = build(penalty.facts([*penalty.story(), step("2025-12-11T09:00", "media", "session:AV-1", read)]))
    found = [one for one in evaluate(book, file, as_of=at("2025-12-12T09:00")) if one.rule == clause]
    assert [(one.subject, one.status, one.incidents) for one in found] == [(DOSSIER, "satisfied", 1)]
