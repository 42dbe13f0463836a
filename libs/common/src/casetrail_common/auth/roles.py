"""The roles that commands ask for."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person may act as; the Chinese names are in `ROLES`."""

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


ROLES: Final[dict[Role, str]] = {
    Role.CASE_OFFICER: "执法人员",
    Role.UNIT_HEAD: "承办机构负责人",
    Role.LEGAL_REVIEWER: "法制审核人员",
    Role.AGENCY_HEAD: "机关负责人",
    Role.RECORDS_CUSTODIAN: "记录专管员",
    Role.DEVICE_CUSTODIAN: "设备专管员",
    Role.ARCHIVIST: "档案员",
    Role.SUPERVISOR: "监督人员",
    Role.INTAKE_CLERK: "登记、信访接待人员",
    Role.PACK_ADMIN: "规则包管理员",
    Role.PARTY: "当事人或其代理人",
    Role.WITNESS: "见证人、在场人",
    Role.EXPERT: "评审专家",
    Role.REQUESTER: "其他单位或个人申请人",
    Role.ADMINISTRATOR: "系统管理员",
}
"""Chinese names of the roles."""
