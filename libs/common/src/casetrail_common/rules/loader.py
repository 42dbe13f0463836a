"""Reading pack files: YAML 1.2, with no key twice."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from casetrail_common.rules.faults import Fault, PackError

SHIPPED: Final = (
    ("fusong-env", "undated"),
    ("henan-2019", "2019-06-04"),
    ("jining-aic-2017", "2017-11-21"),
    ("pengyang-2019", "undated"),
    ("qinghe-2019", "2019-12-01"),
)
"""Packs that come with the system, by id and version."""


def read_document(text: str, *, source: str) -> dict[str, Any]:
    """Return the document of a pack as plain JSON, as the fact `pack.loaded` carries it.

    Raises
    ------
    PackError
        If the text is no YAML mapping, or a key stands twice in one.
    """
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise PackError(source, (Fault("not_yaml", None, {"detail": str(error)}),)) from None
    if not isinstance(document, dict):
        raise PackError(source, (Fault("not_yaml", None, {"detail": type(document).__name__}),))
    return document


def read_file(path: Path) -> dict[str, Any]:
    """Return the document that a file holds.

    Raises
    ------
    PackError
        As `read_document`.
    """
    return read_document(path.read_text(encoding="utf-8"), source=path.name)


@cache
def pack_document(pack_id: str, version: str) -> dict[str, Any]:
    """Return the document of a shipped pack; not to be changed.

    Raises
    ------
    LookupError
        If no such pack is shipped.
    """
    if (pack_id, version) not in SHIPPED:
        raise LookupError(f"no pack {pack_id}@{version} is shipped")
    file = files(__package__) / "packs" / pack_id / f"{version}.yaml"
    return read_document(file.read_text(encoding="utf-8"), source=f"{pack_id}/{version}.yaml")
