# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A Kafka admin client and a Prometheus that behave, and refuse what the real ones would."""

import contextlib
import dataclasses
import http.server
import json
import threading
import urllib.parse

from kafka.errors import UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata, TopicPartition


@dataclasses.dataclass
class FakeAdmin:
    """Two brokers and the topic `events`; `write` and `commit` move its offsets."""

    ends: dict = dataclasses.field(default_factory=lambda: {("events", 0): 100, ("events", 1): 50})
    groups: dict = dataclasses.field(default_factory=dict)
    in_sync: tuple = (1, 2)
    closed: bool = False

    def commit(self, group, topic, partition, offset):
        self.groups.setdefault(group, {})[topic, partition] = offset

    def describe_cluster(self):
        broker = {"host": "10.0.0.1", "port": 9093, "rack": None}
        brokers = [{**broker, "broker_id": 2}, {**broker, "broker_id": 1, "is_fenced": False}]
        fenced = {**broker, "broker_id": 3, "is_fenced": True}
        return {"cluster_id": "abc", "controller_id": 1, "brokers": [*brokers, fenced]}

    def describe_log_dirs(self, brokers):
        assert 3 not in brokers, "a fenced broker does not answer"
        volume = {"total_bytes": 1000, "usable_bytes": 250}
        sizes = [{"name": "events", "partitions": [{"partition_size": 60}, {"partition_size": 4}]}]
        dirs = [
            {"log_dir": "/a", "topics": sizes, **volume},
            {"log_dir": "/b", "topics": [], **volume},
        ]
        return [{"broker": broker, "log_dirs": dirs} for broker in brokers]

    def describe_topics(self):
        partitions = [
            {
                "partition_index": index,
                "leader_id": 1,
                "replica_nodes": [1, 2],
                "isr_nodes": list(self.in_sync),
            }
            for _, index in sorted(self.ends, reverse=True)
        ]
        return [{"name": "events", "is_internal": False, "partitions": partitions}]

    def describe_configs(self, resources, config_filter):
        assert config_filter == "all", "a default would be left out"
        return {"topic": {r.name: {"min.insync.replicas": {"value": "2"}} for r in resources}}

    def list_groups(self):
        return [{"group_id": name, "group_state": "Stable"} for name in self.groups]

    def list_group_offsets(self, names):
        return {
            name: {
                TopicPartition(*where): OffsetAndMetadata(offset, "", None)
                for where, offset in self.groups[name].items()
            }
            for name in names
        }

    def list_partition_offsets(self, specs):
        @dataclasses.dataclass
        class Found:
            offset: int

        for partition, spec in specs.items():
            if (partition.topic, partition.partition) not in self.ends:
                raise UnknownTopicOrPartitionError
            assert spec == -1, "the end is asked for"
        return {p: Found(self.ends[p.topic, p.partition]) for p in specs}

    def close(self):
        self.closed = True


@contextlib.contextmanager
def prometheus(answers):
    """The address of a server that answers a path with JSON data, or with an error when a text."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            url = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(url.query))
            data = answers(url.path.removeprefix("/api/v1/"), query)
            refused = isinstance(data, str)
            body = (
                {"status": "error", "error": data}
                if refused
                else {"status": "success", "data": data}
            )
            self.send_response(400 if refused else 200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def mock_cluster(brokers=3):
    """The addresses of brokers that the client library runs itself, for its own tests."""
    from confluent_kafka import Producer

    owner = Producer(
        {"bootstrap.servers": "none", "test.mock.num.brokers": brokers, "log_level": 0}
    )
    metadata = owner.list_topics(timeout=60)
    yield ",".join(f"{b.host}:{b.port}" for b in metadata.brokers.values())
    owner.flush(1)
