"""The committed description of the bus: a JSON Schema for each fact, and an AsyncAPI document over them.

`python -m casetrail_common.bus.describe` says whether the snapshots are those of the code; with `--write` it writes
them, but never a change that would break a reader: that takes a new version of the fact.
"""

import json
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema
from ruamel.yaml import YAML

from casetrail_common.bus.asyncapi import document
from casetrail_common.bus.compatibility import violations
from casetrail_common.facts import REGISTRY, Payload

SCHEMAS: Final = Path("docs/events/schemas")
ASYNCAPI: Final = Path("docs/events/asyncapi.yaml")
DIALECT: Final = GenerateJsonSchema.schema_dialect


class _Untitled(GenerateJsonSchema):
    """Schemas without the titles that only repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the signature is pydantic's
        """Never."""
        return False


def schema_name(model: type[Payload]) -> str:
    """Return the file name of a fact's schema."""
    return f"{model.FACT}.v{model.VERSION}.json"


def schema_of(model: type[Payload]) -> dict[str, Any]:
    """Return the JSON Schema of a fact's payload, as it stands in a body."""
    schema = model.model_json_schema(mode="serialization", schema_generator=_Untitled)
    return {"$schema": DIALECT, "$id": f"urn:casetrail:fact:{model.FACT}:v{model.VERSION}", **schema}


def current() -> dict[Path, str]:
    """Return the files that describe this build, by path below the root of the repository."""
    files = {SCHEMAS / schema_name(model): _json(schema_of(model)) for model in REGISTRY.values()}
    return {**files, ASYNCAPI: _yaml(document())}


def problems(root: Path) -> list[str]:
    """Return in what the committed snapshots forbid, or lag behind, what the code says."""
    wanted = current()
    found = {path.relative_to(root) for path in (root / SCHEMAS).glob("*.json")}
    told = [f"{path}: a fact that was published cannot be taken away" for path in sorted(found - wanted.keys())]
    for path, text in sorted(wanted.items()):
        if not (root / path).exists():
            told.append(f"{path}: not written yet")
            continue
        old = (root / path).read_text()
        if path != ASYNCAPI:
            told += [f"{path}: {broken}" for broken in violations(json.loads(old), json.loads(text))]
        if old != text and not any(line.startswith(f"{path}:") for line in told):
            told.append(f"{path}: out of date")
    return told


def write(root: Path) -> list[str]:
    """Write what may be written; return what may not."""
    refused = [problem for problem in problems(root) if not problem.endswith(("not written yet", "out of date"))]
    kept = {Path(problem.partition(":")[0]) for problem in refused}
    (root / SCHEMAS).mkdir(parents=True, exist_ok=True)
    for path, text in current().items():
        if path not in kept:
            (root / path).write_text(text)
    return refused


def main(arguments: Sequence[str]) -> int:
    """Check or write, from the root of the repository; the exit code says whether all is well."""
    root = Path.cwd()
    told = write(root) if "--write" in arguments else problems(root)
    for problem in told:
        sys.stderr.write(f"{problem}\n")
    if told:
        sys.stderr.write("If nobody has ever read such a fact, delete its schema and run this with --write.\n")
    return 1 if told else 0


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _yaml(value: Any) -> str:
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 120
    text = StringIO()
    yaml.dump(value, text)
    return text.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
