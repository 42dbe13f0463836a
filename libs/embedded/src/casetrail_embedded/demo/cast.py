"""The people of the demonstration; all names are invented."""

from dataclasses import dataclass
from typing import Any, Final

from casetrail_embedded.client import As

UNITS: Final = [
    {"id": "u0", "name": "局领导"},
    {"id": "u1", "name": "综合执法大队"},
    {"id": "u2", "name": "法制科"},
    {"id": "u3", "name": "办公室（档案室）"},
]


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the story."""

    person: str
    name: str
    roles: tuple[str, ...]
    unit: str | None = None
    certificate: str | None = None

    @property
    def login(self) -> As:
        """Return how the person logs in."""
        return As(self.person, self.roles, self.unit)

    @property
    def registration(self) -> dict[str, Any]:
        """Return what the administrator enters."""
        wish: dict[str, Any] = {
            "person": self.person,
            "name": self.name,
            "kind": "staff" if self.unit else "outside",
            "roles": list(self.roles),
        }
        if self.unit:
            wish["unit"] = self.unit
        if self.certificate:
            wish["certificate"] = {
                "number": self.certificate,
                "valid_from": "2023-01-01",
                "valid_until": "2027-12-31",
            }
        return wish


FENG: Final = Member("feng", "冯建国", ("case_officer",), "u1", "豫XZ-0511")
LV: Final = Member("lv", "吕静", ("case_officer",), "u1", "豫XZ-0526")
DUAN: Final = Member("duan", "段宏", ("unit_head",), "u1")
SONG: Final = Member("songw", "宋伟", ("agency_head",), "u0")
MA: Final = Member("ma", "马琳", ("legal_reviewer", "supervisor"), "u2")
QIN: Final = Member("qin", "秦岚", ("archivist",), "u3")
BAI: Final = Member("bai", "白雪", ("records_custodian",), "u3")
NIU: Final = Member("niu", "牛斌", ("device_custodian",), "u3")
PARTY: Final = Member("hengyuan", "恒远物流有限公司法定代表人 郭守义", ("party",))

CAST: Final = (FENG, LV, DUAN, SONG, MA, QIN, BAI, NIU, PARTY)
ADMINISTRATOR: Final = As("admin", ("administrator", "pack_admin"), "u0")
