"""The catalogue of what travels on the bus, as an AsyncAPI document.

Source: AsyncAPI specification 3.0.0; Kafka bindings 0.5.0.
"""

from typing import Any, Final

from casetrail_common.bus.envelope import NOTE_TYPE
from casetrail_common.bus.messages import Note, Request
from casetrail_common.bus.topics import ANSWERS_TOPIC, CONTROL_TOPIC, PARTITIONS, PARTNER_TOPIC, RETENTION_MS, topic_of
from casetrail_common.facts import REGISTRY, Payload
from casetrail_common.ids import SERVICES, Service

_DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

_DATA: Final = {
    "type": "object",
    "required": ["body", "prev_hash", "hash", "content"],
    "properties": {
        "body": {
            "type": "string",
            "description": "The fact as canonical JSON (RFC 8785), the very text that was hashed; its `payload` member "
            "follows the schema of the message.",
        },
        "prev_hash": {**_DIGEST, "description": "Hash of the preceding fact of the stream."},
        "hash": {**_DIGEST, "description": "SHA-256 over prev_hash and body."},
        "content": {
            "type": "array",
            "description": "What the body refers to and has not been erased.",
            "items": {
                "type": "object",
                "required": ["commitment", "salt", "bytes"],
                "properties": {"commitment": _DIGEST, "salt": _DIGEST, "bytes": {"type": "string"}},
            },
        },
    },
}

_EVENT: Final = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "description": "`<service>/<agency>/<n>`: the position of the fact."},
        "source": {"type": "string", "format": "uri-reference"},
        "type": {"type": "string", "description": "`casetrail.<fact>.v<version>`"},
        "subject": {"type": "string", "description": "The stream, `<kind>:<agency>:<id>`."},
        "time": {"type": "string", "format": "date-time", "description": "When the fact was recorded."},
        "datacontenttype": {"const": "application/json"},
        "data": {"$ref": "#/components/schemas/factData"},
    },
}

_HEADERS: Final = {
    "type": "object",
    "required": ["ce_type", "ce_id"],
    "properties": {
        "ce_type": {"type": "string"},
        "ce_id": {"type": "string"},
        "traceparent": {"type": "string", "description": "W3C trace context of the request that led to the fact."},
    },
}


def document() -> dict[str, Any]:
    """Return the whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Casetrail bus",
            "version": "1",
            "description": "Facts of four services. Kafka carries them and keeps nothing: a position that is missing "
            "is asked for on the control channel and published again from its owner's ledger.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "messages": {**{_key(model): _message(model) for model in _models()}, **_control_messages()},
            "schemas": {"event": _EVENT, "factData": _DATA, "headers": _HEADERS},
        },
    }


def owners_of(model: type[Payload]) -> tuple[Service, ...]:
    """Return the services that record a fact: the one it is declared for, or all for the common ones."""
    module = model.__module__.rpartition(".")[2]
    return tuple(service for service in SERVICES if module in (service, "common"))


def _models() -> list[type[Payload]]:
    return sorted(REGISTRY.values(), key=lambda model: (model.FACT, model.VERSION))


def _key(model: type[Payload]) -> str:
    return f"{model.FACT}.v{model.VERSION}"


def _channels() -> dict[str, Any]:
    channels: dict[str, Any] = {
        service: _channel(
            topic_of(service),
            f"Facts of {service} and how long its logs are; key = agency.",
            [*(_key(model) for model in _models() if service in owners_of(model)), "note"],
        )
        for service in SERVICES
    }
    channels["control"] = _channel(
        CONTROL_TOPIC,
        "Requests between services; key = the agency they are about, or the service that is asked.",
        ["request"],
    )
    channels["answers"] = _channel(ANSWERS_TOPIC, "Answers that concern only who asked; key = agency.", ["note"])
    channels["partner"] = _channel(PARTNER_TOPIC, "Progress of cases for partners, without personal data.", [])
    return channels


def _channel(address: str, description: str, messages: list[str]) -> dict[str, Any]:
    return {
        "address": address,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"kafka": {"partitions": PARTITIONS, "topicConfiguration": {"retention.ms": RETENTION_MS}}},
    }


def _operations() -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for service in SERVICES:
        operations[f"{service}Publishes"] = {"action": "send", "channel": {"$ref": f"#/channels/{service}"}}
        for other in SERVICES:
            if other != service:
                operations[f"{service}Follows{other.capitalize()}"] = {
                    "action": "receive",
                    "channel": {"$ref": f"#/channels/{other}"},
                }
        operations[f"{service}Asks"] = {"action": "send", "channel": {"$ref": "#/channels/control"}}
        operations[f"{service}Answers"] = {"action": "receive", "channel": {"$ref": "#/channels/control"}}
    return operations


def _message(model: type[Payload]) -> dict[str, Any]:
    return {
        "name": f"casetrail.{_key(model)}",
        "summary": (model.__doc__ or "").strip().partition("\n")[0],
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {"$ref": "#/components/schemas/event"},
        "x-fact-payload": {"$ref": f"./schemas/{_key(model)}.json"},
    }


def _control_messages() -> dict[str, Any]:
    note = Note.model_json_schema(mode="serialization", ref_template="#/components/messages/note/x-note/$defs/{model}")
    request = Request.model_json_schema(mode="serialization")
    return {
        "note": {
            "name": NOTE_TYPE,
            "summary": "An answer to a request. Heads stand among the facts of their owner but have no position.",
            "headers": {"$ref": "#/components/schemas/headers"},
            "payload": {"$ref": "#/components/schemas/event"},
            "x-note": note,
        },
        "request": {
            "summary": "A request to the owner of a log.",
            "contentType": "application/json",
            "payload": request,
        },
    }
