# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Access to Kafka topics over the relation interface `kafka_client`, contracts v0 and v1.

A requirer names a topic and roles; the provider answers with endpoints and a Juju secret. In
contract v0 the relation carries one flat request, in v1 a list: several topics, each with its own
user. The requirer's `version` decides. The objects here read and write databags and secrets and
observe nothing.
"""

from dataops.interfaces.kafka_client._models import Access, ClientRequest, Role, TopicRequest
from dataops.interfaces.kafka_client._provider import KafkaClientProvider
from dataops.interfaces.kafka_client._requirer import KafkaClientRequirer

__all__ = [
    "Access",
    "ClientRequest",
    "KafkaClientProvider",
    "KafkaClientRequirer",
    "Role",
    "TopicRequest",
]
