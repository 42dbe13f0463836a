"""The catalogue of record types: what a form holds, and which of its fields stand in a fact as they are."""

from casetrail_common.records.catalogue import (
    Coding,
    RecordField,
    RecordType,
    UnknownRecordTypeError,
    enumerations,
    label,
    record_type,
    record_types,
)
from casetrail_common.records.fields import is_empty, split_fields

__all__ = [
    "Coding",
    "RecordField",
    "RecordType",
    "UnknownRecordTypeError",
    "enumerations",
    "is_empty",
    "label",
    "record_type",
    "record_types",
    "split_fields",
]
