"""Facts about the use of records: requests to consult, copy and disclose, and what became of them.

`access.executed` is recorded by the owner of the item that was read, or by review for an export.
"""

from typing import Literal

from casetrail_common.facts.model import ContentRef, Part, Payload

Mode = Literal["consult", "copy", "disclose"]
RequesterKind = Literal["staff", "other_unit", "individual", "party"]
Approver = Literal["unit_head", "agency_head"]
TargetKind = Literal["party", "removable_drive", "personal_drive", "external"]


class AccessRequestedV1(Payload, fact="access.requested"):
    """Someone asks to consult, copy or disclose items. First fact of `request:<agency>:<request>`."""

    request: str
    items: list[str]
    mode: Mode
    requester: str
    requester_kind: RequesterKind
    purpose: ContentRef
    recipient: ContentRef | None = None
    cases: list[str] = []
    """The cases that the items belong to."""
    classified: list[str] = []
    """Those of the items that are classified (涉密)."""


class AccessApprovedV1(Payload, fact="access.approved"):
    """The items named were granted; only the decision of an approver grants anything."""

    request: str
    items: list[str]
    reason: ContentRef
    by: str
    role: Approver


class AccessDeniedV1(Payload, fact="access.denied"):
    """The items named were refused."""

    request: str
    items: list[str]
    reason: ContentRef
    by: str
    role: Approver


class RefusedItem(Part):
    """An item that was not handed out although its request was approved."""

    item: str
    reason: Literal["must_be_kept_secret", "not_granted"]


class AccessExecutedV1(Payload, fact="access.executed"):
    """Items were read or handed out."""

    request: str
    mode: Mode
    delivered: list[str]
    refused: list[RefusedItem] = []
    target_kind: TargetKind | None = None
    target: ContentRef | None = None
    classified: list[str] = []
    """Those of the delivered items that are classified."""
