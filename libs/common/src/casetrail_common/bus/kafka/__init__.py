"""Kafka: the only package that knows which client library carries our messages."""

from casetrail_common.bus.kafka.broker import Broker, Layout, Place, partition_of, progress_name
from casetrail_common.bus.kafka.errors import BrokerUnavailableError, LayoutError
from casetrail_common.bus.kafka.publisher import Outgoing, Publisher
from casetrail_common.bus.kafka.subscription import LogMovedError, Message, Subscription
from casetrail_common.bus.kafka.tail import open_tail

__all__ = [
    "Broker",
    "BrokerUnavailableError",
    "Layout",
    "LayoutError",
    "LogMovedError",
    "Message",
    "Outgoing",
    "Place",
    "Publisher",
    "Subscription",
    "open_tail",
    "partition_of",
    "progress_name",
]
