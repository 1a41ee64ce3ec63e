"""Events to be carried, made in bulk as the services make them one by one, and kafka-python with nothing around it."""
# mypy: allow-untyped-calls

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from shared.bus import Record
from shared.cases import new_reference
from shared.events.envelope import Envelope

INTERNAL, OVERSIGHT, PUBLIC = "accord.complaints", "accord.oversight", "accord.public"
PAYLOAD = {"channel": "web", "categories": ["force"], "anonymous": True}
NOBODY_DAY = datetime(2026, 11, 20, tzinfo=UTC)
FILL = """
insert into outbox (event_id, topic, key, case_id, version, type, payload, headers, shard, attempts)
select event, topic, case when topic = 'accord.complaints' then id::text else reference end, id, 1,
       'complaint.received.v1', '{"channel": "web", "categories": ["force"], "anonymous": true}',
       jsonb_build_object('ce_specversion', '1.0', 'ce_id', event, 'ce_type', 'complaint.received.v1',
         'ce_source', '/accord/complaints', 'ce_time', '2026-11-20T00:00:00+00:00', 'ce_agency', 'rivertown',
         'ce_subject', case when topic = 'accord.complaints' then id::text else reference end,
         'ce_salt', case when topic = 'accord.public' then md5(random()::text) else '' end,
         'content-type', 'application/json'), mod(number, 16), 0
from (select gen_random_uuid() as id, gen_random_uuid() as event, number,
             translate(substr(md5(random()::text), 1, 16), '0189', 'wxyz') as reference
      from generate_series(1, %s) as number) as filed,
     unnest(array['accord.complaints', 'accord.oversight', 'accord.public']) as topic
"""
"""A complaint received, for each of three audiences; so many cases."""


def file_in_bulk(connection: psycopg.Connection, cases: int) -> None:
    """Write the outbox rows of so many filings in one transaction: three for each."""
    connection.execute(FILL, (cases,))


def received() -> Record:
    """Return one public event as it travels."""
    envelope = Envelope(
        id=uuid4(),
        type="complaint.received.v1",
        source="/accord/complaints",
        time=NOBODY_DAY,
        subject=new_reference(),
        agency="rivertown",
        sequence=0,
        salt=uuid4().hex,
    )
    return Record(PUBLIC, envelope.subject, json.dumps(PAYLOAD).encode(), envelope.headers())


def bare_producer(kafka: str) -> KafkaProducer:
    """Return a producer with the promises that ours has: every record confirmed by all, once, in order."""
    return KafkaProducer(
        bootstrap_servers=kafka, enable_idempotence=True, acks="all", batch_size=131_072, metrics_enabled=False
    )


def bare_consumer(kafka: str, topic: str) -> KafkaConsumer:
    """Return a consumer of the whole topic from its beginning, without a group."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", metrics_enabled=False)
    consumer.assign([TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))])
    return consumer


def produce(producer: KafkaProducer, records: Sequence[Record]) -> None:
    """Send records, and wait until each is confirmed."""
    sent = [
        producer.send(
            record.topic,
            key=record.key.encode(),
            value=record.value,
            headers=[(name, value.encode()) for name, value in record.headers.items()],
        )
        for record in records
    ]
    for answer in sent:
        answer.get(timeout=30)
