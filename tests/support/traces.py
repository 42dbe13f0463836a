"""Something left in each part, to find again after whatever happened to it."""

import io
import uuid
from urllib.parse import urlsplit

import aiokafka
import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from minio import Minio

from casetrail_embedded.stack.addresses import StackAddresses


class Traces:
    """A row, a message and an object with the same unguessable text."""

    def __init__(self) -> None:
        self.text = uuid.uuid4().hex

    async def leave(self, stack: StackAddresses) -> None:
        """Write all three, each acknowledged."""
        connection = await asyncpg.connect(stack.dsn("intake", owner=True))
        await connection.execute(f"CREATE TABLE t{self.text} AS SELECT '{self.text}' AS text")
        await connection.close()
        admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic(self.text, 1, 1)])
        await admin.close()
        producer = aiokafka.AIOKafkaProducer(
            bootstrap_servers=stack.kafka_bootstrap, acks="all", enable_idempotence=True
        )
        await producer.start()
        await producer.send_and_wait(self.text, self.text.encode())
        await producer.stop()
        store = store_of(stack)
        store.make_bucket(self.text)
        store.put_object(self.text, "trace", io.BytesIO(self.text.encode()), len(self.text))

    async def missing(self, stack: StackAddresses) -> list[str]:
        """Return the parts that do not have it."""
        found = {
            "postgres": await self._row(stack),
            "kafka": await self._message(stack),
            "seaweed": store_of(stack).get_object(self.text, "trace").read().decode(),
        }
        return [part for part, text in found.items() if text != self.text]

    async def _row(self, stack: StackAddresses) -> str:
        connection = await asyncpg.connect(stack.dsn("intake", owner=True))
        text = await connection.fetchval(f"SELECT text FROM t{self.text}")
        await connection.close()
        return str(text)

    async def _message(self, stack: StackAddresses) -> str:
        consumer = aiokafka.AIOKafkaConsumer(
            self.text, bootstrap_servers=stack.kafka_bootstrap, auto_offset_reset="earliest"
        )
        await consumer.start()
        message = await consumer.getone()
        await consumer.stop()
        return bytes(message.value).decode()


def store_of(stack: StackAddresses) -> Minio:
    """Return a client of the object store."""
    return Minio(
        urlsplit(stack.s3_endpoint).netloc, stack.s3_access_key, stack.s3_secret_key, secure=False, region="us-east-1"
    )
