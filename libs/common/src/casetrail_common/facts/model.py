"""What a fact's payload is made of: coded values, and references to content."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer, StringConstraints

INSTANT_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
"""Instants are UTC with six decimals, so equal instants have equal bytes."""


def format_instant(instant: datetime) -> str:
    """Return an instant as it stands in a body."""
    return instant.astimezone(UTC).strftime(INSTANT_FORMAT)


Instant = Annotated[
    AwareDatetime,
    AfterValidator(lambda instant: instant.astimezone(UTC)),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
]
"""A point in time; kept in UTC."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in lower-case hexadecimal."""


class Part(BaseModel):
    """A piece of a payload. Unknown members are ignored, so that older readers survive newer writers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ContentRef(Part):
    """Stands in a body for what people wrote: `SHA-256(salt || bytes)` of content kept apart."""

    sha256: Digest


REGISTRY: Final[dict[tuple[str, int], type["Payload"]]] = {}
"""Every payload model by fact type and version."""


class Payload(Part):
    """The payload of one fact type in one version.

    Subclasses are named `<Fact>V<n>` and declare the fact type: `class CaseClosedV1(Payload, fact="case.closed")`.
    """

    FACT: ClassVar[str]
    VERSION: ClassVar[int]

    def __init_subclass__(cls, *, fact: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(cls, *, fact: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().__pydantic_init_subclass__(**kwargs)
        cls.FACT = fact
        cls.VERSION = int(cls.__name__.rpartition("V")[2])
        REGISTRY[fact, cls.VERSION] = cls


def parse_payload(fact: str, version: int, payload: dict[str, Any]) -> Payload | None:
    """Return the typed payload, or None for a type or version this build does not know."""
    model = REGISTRY.get((fact, version))
    return None if model is None else model.model_validate(payload)
