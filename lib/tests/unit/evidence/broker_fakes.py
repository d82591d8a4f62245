# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A Kafka cluster without processes, and a client library that reaches it."""

import threading
import time
from concurrent.futures import Future

from confluent_kafka import KafkaError, KafkaException

from dataops.evidence.meter.client import Library


class Message:
    """What the client library hands out."""

    def __init__(self, value, partition, offset=None, error=None, latency=None):
        self._fields = (value, partition, offset, error, latency)

    def value(self):
        return self._fields[0]

    def partition(self):
        return self._fields[1]

    def offset(self):
        return self._fields[2]

    def error(self):
        return self._fields[3]

    def latency(self):
        return self._fields[4]


class Named:
    """Something with the attributes that a test names."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


class Cluster:
    """Brokers that can be stopped, topics, users. Partition p is led by the p-th broker.

    Attributes:
        delivery_seconds: how long producers try.
        swallow: the broker acknowledges and forgets what this says of (partition, value).
        twice: the broker stores twice what this says.
        shown: by partition, how much of it a leader gives out that does not know better yet.
    """

    def __init__(self, brokers=3):
        self.lock = threading.RLock()
        self.brokers = dict.fromkeys(range(brokers), True)
        self.logs: dict[str, list[list[bytes]]] = {}
        self.users = {"relation-1": "first"}
        self.configs: list[dict] = []
        self.delivery_seconds = 0.4
        self.swallow = lambda partition, value: False
        self.twice = lambda partition, value: False
        self.shown: dict[int, int] = {}
        self.topic_configs: dict[str, dict] = {}
        self.library = Library(
            producer=lambda config: Producer(self, config),
            consumer=lambda config: Consumer(self, config),
            admin=lambda config: Admin(self, config),
        )

    def stop(self, *brokers):
        for broker in brokers or self.brokers:
            self.brokers[broker] = False

    def go(self):
        for broker in self.brokers:
            self.brokers[broker] = True

    def leads(self, partition):
        return self.brokers[sorted(self.brokers)[partition % len(self.brokers)]]

    def leader_of(self, partition):
        number = sorted(self.brokers)[partition % len(self.brokers)]
        return number if self.brokers[number] else -1

    def admits(self, config):
        return self.users.get(config["sasl.username"]) == config["sasl.password"]


class Client:
    """What all clients share."""

    def __init__(self, cluster, config):
        self.cluster, self.config = cluster, config
        cluster.configs.append(config)

    def _require(self, partition=None):
        if not self.cluster.admits(self.config):
            raise KafkaException(KafkaError(KafkaError._AUTHENTICATION, "wrong password"))
        up = any(self.cluster.brokers.values())
        if not up or (partition is not None and not self.cluster.leads(partition)):
            time.sleep(0.02)
            raise KafkaException(KafkaError(KafkaError._TRANSPORT, "no broker answers"))


class Admin(Client):
    def list_topics(self, timeout):
        self._require()
        cluster = self.cluster
        alive = [number for number, up in cluster.brokers.items() if up]
        topics = {
            name: Named(
                error=None,
                partitions={p: Named(leader=cluster.leader_of(p)) for p in range(len(log))},
            )
            for name, log in cluster.logs.items()
        }
        return Named(brokers=dict.fromkeys(alive), topics=topics)

    def create_topics(self, topics):
        (topic,) = topics
        done = Future()
        if topic.topic in self.cluster.logs:
            done.set_exception(KafkaException(KafkaError(KafkaError.TOPIC_ALREADY_EXISTS)))
        else:
            self.cluster.logs[topic.topic] = [[] for _ in range(topic.num_partitions)]
            self.cluster.topic_configs[topic.topic] = {
                "assignment": topic.replica_assignment,
                **topic.config,
            }
            done.set_result(None)
        return {topic.topic: done}


class Producer(Client):
    def __init__(self, cluster, config):
        super().__init__(cluster, config)
        self.queue = []
        self.told = False

    def __len__(self):
        return len(self.queue)

    def produce(self, topic, value, partition, on_delivery):
        self.queue.append((time.monotonic(), topic, partition, value, on_delivery))

    def poll(self, seconds):
        deadline = time.monotonic() + seconds
        while not self._serve() and time.monotonic() < deadline:
            time.sleep(0.001)

    def flush(self, seconds):
        self.poll(0)
        return len(self.queue)

    def purge(self):
        queue, self.queue = self.queue, []
        for _, _, partition, value, told in queue:
            told(KafkaError(KafkaError._PURGE_QUEUE), Message(value, partition))

    def _serve(self):
        if not self.cluster.admits(self.config) and not self.told:
            self.told = True
            self.config["error_cb"](KafkaError(KafkaError._AUTHENTICATION, "wrong password"))
        queue, self.queue = self.queue, []
        self.queue = [one for one in queue if not self._deliver(*one)] + self.queue
        return len(queue) - len(self.queue)

    def _deliver(self, since, topic, partition, value, told):
        cluster = self.cluster
        took = time.monotonic() - since
        if cluster.leads(partition) and cluster.admits(self.config):
            with cluster.lock:
                log = cluster.logs[topic][partition]
                if not cluster.swallow(partition, value):
                    log.extend([value] * (2 if cluster.twice(partition, value) else 1))
            told(None, Message(value, partition, latency=took))
        elif took > cluster.delivery_seconds:
            told(KafkaError(KafkaError._MSG_TIMED_OUT), Message(value, partition))
        else:
            return False
        return True


class Consumer(Client):
    def __init__(self, cluster, config):
        super().__init__(cluster, config)
        self.positions = {}
        self.closed = False

    def get_watermark_offsets(self, where, timeout):
        self._require(where.partition)
        return 0, self._end(where.topic, where.partition)

    def _end(self, topic, partition):
        end = len(self.cluster.logs[topic][partition])
        return min(end, self.cluster.shown.get(partition, end))

    def assign(self, partitions):
        self.positions = {(p.topic, p.partition): p.offset for p in partitions}

    def seek(self, where):
        self.positions[where.topic, where.partition] = where.offset

    def poll(self, timeout):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if found := self.consume(1, 0):
                return found[0]
            time.sleep(0.002)
        return None

    def consume(self, count, timeout):
        found = []
        if not self.cluster.admits(self.config):
            return found
        for (topic, partition), offset in self.positions.items():
            with self.cluster.lock:
                log = self.cluster.logs[topic][partition]
                end = self._end(topic, partition)
                values = log[offset : min(end, offset + count - len(found))]
            if offset > end:
                error = KafkaError(KafkaError._AUTO_OFFSET_RESET, "out of range")
                found.append(Message(None, partition, offset, error=error))
            elif self.cluster.leads(partition):
                found += [Message(v, partition, offset + at) for at, v in enumerate(values)]
                self.positions[topic, partition] = offset + len(values)
        return found

    def close(self):
        assert not self.closed
        self.closed = True
