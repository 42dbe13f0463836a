"""The roles that commands ask for."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may act as; the Chinese names are in the code list `role`."""

    CASE_OFFICER = "case_officer"
    UNIT_HEAD = "unit_head"
    LEGAL_REVIEWER = "legal_reviewer"
    AGENCY_HEAD = "agency_head"
    RECORDS_CUSTODIAN = "records_custodian"
    DEVICE_CUSTODIAN = "device_custodian"
    ARCHIVIST = "archivist"
    SUPERVISOR = "supervisor"
    INTAKE_CLERK = "intake_clerk"
    PACK_ADMIN = "pack_admin"
    PARTY = "party"
    WITNESS = "witness"
    EXPERT = "expert"
    REQUESTER = "requester"
    ADMINISTRATOR = "administrator"
