"""States as they are told: plain JSON, with references to content where people wrote something."""

from dataclasses import asdict
from typing import Any

from casetrail_media.domain.devices import FaultReport
from casetrail_media.domain.registers import Links
from casetrail_media.domain.session import Derivative, Gap, Session


def session_told(session_id: str, session: Session, links: Links | None, *, position: int) -> dict[str, Any]:
    """Return a session.

    Parameters
    ----------
    position
        Last position of its stream.
    """
    linked = links or Links()
    return {
        "session": session_id,
        "case": session.case or next(iter(linked.cases), None),
        "activities": list(dict.fromkeys((*session.activities, *linked.activities))),
        "kind": session.kind,
        "recorder": session.recorder,
        "unit": session.unit,
        "started_at": session.started_at,
        "notice_at": session.notice_at,
        "ended_at": session.ended_at,
        "state": session.state,
        "segments": [asdict(segment) for segment in session.segments],
        "gaps": [_gap(number, gap) for number, gap in enumerate(session.gaps, start=1)],
        "files": [{"number": number, **file.model_dump()} for number, file in enumerate(session.files, start=1)],
        "repository": session.repository,
        "custodian": session.custodian,
        "exceptions": [
            {"ground": one.ground, "reason": one.reason.model_dump(), "at": one.at} for one in session.exceptions
        ],
        "evidence": [{"proves": one.proves.model_dump(), "at": one.at} for one in session.evidence],
        "derivatives": list(session.derivatives),
        "stream_position": position,
    }


def _gap(number: int, gap: Gap) -> dict[str, Any]:
    reports = [
        {"reported_to": one.reported_to, "content": one.content.model_dump(), "at": one.at} for one in gap.reports
    ]
    return {
        "gap": number,
        "cause": gap.cause,
        "description": gap.description.model_dump(),
        "final": gap.final,
        "began_at": gap.began_at,
        "resumed_at": gap.resumed_at,
        "voice_explanation": gap.voice_explanation,
        "reports": reports,
    }


def derivative_told(derivative_id: str, derivative: Derivative) -> dict[str, Any]:
    """Return a derivative."""
    return {
        "derivative": derivative_id,
        "of": derivative.of,
        "case": derivative.case,
        "description": derivative.description.model_dump(),
        "created_by": derivative.created_by,
        "created_at": derivative.created_at,
        "file": derivative.file and {"number": 1, **derivative.file.model_dump()},
    }


def fault_report_told(record_id: str, report: FaultReport) -> dict[str, Any]:
    """Return a fault report."""
    return {
        "record": record_id,
        "type": "device_fault_report",
        "case": report.case,
        "about": [report.device],
        "fields": {"fault": report.fault.model_dump()},
        "author": report.author,
        "made_at": report.made_at,
    }
