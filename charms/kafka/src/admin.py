# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
# Pyright brings stubs of an older kafka-python, which lack most of what is used here.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false, reportArgumentType=false, reportUnknownParameterType=false
"""The cluster as its administrator sees and changes it, through kafka-python. Knows no Juju.

Every call goes over the internal listener with the broker's own certificate, so the charm needs
no administrator's password.
"""

import base64
import contextlib
import dataclasses
import logging
import ssl
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    OffsetSpec,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import BrokerResponseError, KafkaError
from kafka.protocol.admin import AlterClientQuotasRequest, DescribeAclsRequest

from dataops.impatience import ImpatientClient
from facts import Acl, ClusterError, ClusterFacts, Partition
from placement import Move

# The client narrates every connection it makes or loses; the unit's log is for the operator.
logging.getLogger("kafka").setLevel(logging.CRITICAL)

_BOOTSTRAP_MS = 5_000
_REQUEST_MS = 15_000
# A partition whose leader has just changed is looked for so long before its leader is asked anew.
_LEADER_MS = 1_000
# More than the default 4096: a stolen verifier costs more, a login still only milliseconds.
_ITERATIONS = 8192
# Of the kinds of election, the one that loses nothing.
_PREFERRED = 0
# The other one: only for data that is the same wherever it is.
_UNCLEAN = 1
_LEAST = "min.insync.replicas"
# A controller that the leader has not heard of for longer does not follow.
_SILENT_MS = 10_000
# Percent of one thread's time that a user's requests may take: more than any machine has.
_NO_LIMIT = 1_000_000.0


class Administrator:
    """One administrator's connection to a cluster.

    Args:
        client: connected.
    """

    def __init__(self, client: KafkaAdminClient) -> None:
        self._client = client

    def facts(self) -> ClusterFacts:
        """What the cluster says about itself now.

        Raises:
            ClusterError: it does not say, for instance while it elects a controller.
        """
        with _told():
            return self._facts()

    def _facts(self) -> ClusterFacts:
        now = self._condition()
        topics = {part.topic for part in now.partitions}
        return dataclasses.replace(
            now,
            moving=len(self._client.list_partition_reassignments()),
            users=frozenset(self._client.describe_user_scram_credentials()),
            acls=frozenset(self._acls()),
            min_in_sync=int(self._setting(min(now.brokers or now.fenced), _LEAST)),
            least_in_sync=self._least_in_sync(topics),
        )

    def condition(self) -> ClusterFacts:
        """The part of the facts that changes while brokers come and go: cheaper to ask for.

        Raises:
            ClusterError: it does not say.
        """
        with _told():
            return self._condition()

    def _condition(self) -> ClusterFacts:
        cluster = self._client.describe_cluster()
        (topic,) = self._client.describe_metadata_quorum()["topics"]
        (quorum,) = topic["partitions"]
        brokers = cluster["brokers"]
        return ClusterFacts(
            cluster_id=cluster.get("cluster_id") or "",
            brokers=frozenset(one["broker_id"] for one in brokers if not one.get("is_fenced")),
            fenced=frozenset(one["broker_id"] for one in brokers if one.get("is_fenced")),
            controller=quorum["leader_id"],
            voters=_directories(quorum["current_voters"]),
            lags=_lags(quorum),
            observers=_directories(quorum["observers"]),
            partitions=tuple(sorted(_partitions(self._client.describe_topics()))),
        )

    def elect_preferred(self, partitions: Iterable[tuple[str, int]]) -> None:
        """Let each partition be led by the broker that comes first among its replicas."""
        wanted: dict[str, list[int]] = {}
        for topic, index in sorted(partitions):
            wanted.setdefault(topic, []).append(index)
        with _told():
            self._client.elect_leaders(_PREFERRED, wanted)

    def elect_any(self, partitions: Iterable[tuple[str, int]]) -> None:
        """Let each partition be led by any broker that has it, in sync or not."""
        wanted: dict[str, list[int]] = {}
        for topic, index in sorted(partitions):
            wanted.setdefault(topic, []).append(index)
        with _told():
            # One that has found a leader meanwhile is refused, and need not be told.
            self._client.elect_leaders(_UNCLEAN, wanted, raise_errors=False)

    def acknowledge(self, partitions: Iterable[tuple[str, int]]) -> bool:
        """Whether the leader of each takes records and has them acknowledged.

        A new leader gives out no end before the copies in sync have followed it to where it began.
        """
        ends = {TopicPartition(topic, index): OffsetSpec.LATEST for topic, index in partitions}
        try:
            with _told():
                self._client.list_partition_offsets(ends, timeout_ms=_LEADER_MS)
        except ClusterError as error:
            if isinstance(error.__cause__, BrokerResponseError):
                return False
            raise
        return True

    def session_timeout(self, node: int) -> int:
        """Milliseconds after which the cluster gives a silent broker up."""
        return int(self._setting(node, "broker.session.timeout.ms"))

    def set_password(self, username: str, password: str) -> None:
        """Let the user log in with SCRAM-SHA-512 and this password."""
        mechanism = ScramMechanism.SCRAM_SHA_512
        change = UserScramCredentialUpsertion(username, mechanism, password, _ITERATIONS)
        self._alter(username, change)

    def watch_users(self) -> None:
        """Make every broker count what each user asks of it.

        It does so only for users with a quota: this one, for all of them, is too large to limit.
        """
        entry = ([("user", None)], [("request_percentage", _NO_LIMIT, False)])
        request = AlterClientQuotasRequest(entries=[entry], validate_only=False)
        # The client has no call of its own for quotas, but knows the protocol's.
        manager = self._client._manager
        (answer,) = manager.run(manager.send, request).entries
        if answer.error_code:
            raise ClusterError(f"Cannot watch users: {answer.error_message}")

    def drop_user(self, username: str) -> None:
        """Let the user log in no more."""
        self._alter(username, UserScramCredentialDeletion(username, ScramMechanism.SCRAM_SHA_512))

    def grant(self, acls: Iterable[Acl]) -> None:
        """Add permissions."""
        result = self._client.create_acls([_to_kafka(acl) for acl in sorted(acls)])
        if result["failed"]:
            raise ClusterError(f"Cannot grant: {result['failed'][0].__name__}")

    def permissions(self, node: int) -> frozenset[Acl]:
        """Those in force at this broker, which follows the others at its own pace.

        Raises:
            ClusterError: it does not say.
        """
        request = DescribeAclsRequest(
            resource_type_filter=ResourceType.ANY,
            resource_name_filter=None,
            pattern_type_filter=ACLResourcePatternType.ANY,
            principal_filter=None,
            host_filter=None,
            operation=ACLOperation.ANY,
            permission_type=ACLPermissionType.ANY,
        )
        # The client's own call asks whichever broker is least busy.
        manager = self._client._manager
        with _told():
            answer = manager.run(manager.send, request, node)
            found, _ = self._client._convert_describe_acls_response_to_acls(answer)
        return frozenset(_from_kafka(acl) for acl in found)

    def revoke(self, acls: Iterable[Acl]) -> None:
        """Take permissions away; live sessions lose them at once."""
        for asked, _, error in self._client.delete_acls([_to_filter(acl) for acl in sorted(acls)]):
            if error.errno:
                raise ClusterError(f"Cannot revoke {asked}: {error.__name__}")

    def move(self, moves: Iterable[Move]) -> None:
        """Start to place replicas anew; the cluster goes on by itself."""
        wanted = {TopicPartition(part.topic, part.index): list(new) for part, new in moves}
        with _told():
            answers = self._client.alter_partition_reassignments(wanted)
        for where, error in answers.items():
            if error is not None:
                raise ClusterError(
                    f"Cannot move {where.topic}-{where.partition}: {error.__name__}"
                )

    def reload_certificates(self, node: int, keystore: Path, truststore: Path) -> None:
        """Ask a broker to read its stores again; it does so for all its listeners, or not at all.

        It says neither: ask the port afterwards which certificate it serves.
        """
        # Setting the same path again is what makes a broker look at the file. Both at once: each
        # change has it make the contexts of all its listeners anew, which takes it seconds.
        paths = {"truststore": truststore, "keystore": keystore}
        wanted = {f"listener.name.client.ssl.{k}.location": str(path) for k, path in paths.items()}
        resource = ConfigResource(ConfigResourceType.BROKER, str(node), wanted)
        # The client does not know keys with a listener's prefix; the broker does.
        self._client.alter_configs([resource], incremental=True, raise_on_unknown=False)

    @property
    def client(self) -> KafkaAdminClient:
        """The connected client itself, for who only looks."""
        return self._client

    def topics(self) -> tuple[Mapping[str, Any], ...]:
        """Every topic as the cluster describes it."""
        return tuple(self._client.describe_topics())

    def _setting(self, node: int, key: str) -> str:
        resource = ConfigResource(ConfigResourceType.BROKER, str(node), [key])
        answer = self._client.describe_configs([resource], config_filter="all")
        return answer["broker"][str(node)][key]["value"]

    def _least_in_sync(self, topics: Iterable[str]) -> dict[str, int]:
        wanted = [ConfigResource(ConfigResourceType.TOPIC, name, [_LEAST]) for name in topics]
        if not wanted:
            return {}
        # A topic may have gone meanwhile: then it is not in the answer.
        found = self._client.describe_configs(wanted, config_filter="all").get("topic", {})
        return {name: int(one[_LEAST]["value"]) for name, one in found.items() if _LEAST in one}

    def _acls(self) -> Iterator[Acl]:
        found, _ = self._client.describe_acls(ANY_ACL)
        return (_from_kafka(acl) for acl in found)

    def _alter(self, username: str, change: object) -> None:
        answer = self._client.alter_user_scram_credentials([change])[username]
        if answer:
            raise ClusterError(f"Cannot change user {username}: {answer}")


@contextlib.contextmanager
def _told() -> Generator[None]:
    """The client's errors as our own."""
    try:
        yield
    except KafkaError as error:
        raise ClusterError(f"Kafka: {type(error).__name__}") from error


@contextlib.contextmanager
def connected(servers: list[str], etc: Path) -> Generator[Administrator | None]:
    """An administrator by these servers (`host:port`); None when none of them lets us in.

    Raises:
        ClusterError: the cluster failed while it was being used.
    """
    try:
        client = connect(servers, etc)
    except (KafkaError, OSError):
        yield None
        return
    try:
        yield Administrator(client)
    except KafkaError as error:
        raise ClusterError(f"Kafka: {type(error).__name__}: {error}") from error
    finally:
        client.close()


def connect(servers: list[str], etc: Path) -> KafkaAdminClient:
    """The client by itself; raises KafkaError or OSError."""
    context = ssl.create_default_context(cafile=str(etc / "truststore.pem"))
    context.load_cert_chain(str(etc / "keystore.pem"))
    return KafkaAdminClient(
        bootstrap_servers=servers,
        client_id="charm",
        security_protocol="SSL",
        ssl_context=context,
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        request_timeout_ms=_REQUEST_MS,
        kafka_client=ImpatientClient,
    )


ANY_ACL = ACLFilter(
    principal=None,
    host=None,
    operation=ACLOperation.ANY,
    permission_type=ACLPermissionType.ANY,
    resource_pattern=ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)


def _pattern(acl: Acl) -> tuple[ResourceType, str, ACLResourcePatternType]:
    kind = ACLResourcePatternType.PREFIXED if acl.prefixed else ACLResourcePatternType.LITERAL
    return ResourceType[acl.resource], acl.name, kind


def _to_kafka(acl: Acl) -> ACL:
    operation, allow = ACLOperation[acl.operation], ACLPermissionType.ALLOW
    return ACL(acl.principal, "*", operation, allow, ResourcePattern(*_pattern(acl)))


def _to_filter(acl: Acl) -> ACLFilter:
    operation, allow = ACLOperation[acl.operation], ACLPermissionType.ALLOW
    return ACLFilter(acl.principal, "*", operation, allow, ResourcePatternFilter(*_pattern(acl)))


def _from_kafka(acl: ACL) -> Acl:
    pattern = acl.resource_pattern
    return Acl(
        principal=acl.principal,
        resource=pattern.resource_type.name,
        name=pattern.resource_name,
        prefixed=pattern.pattern_type == ACLResourcePatternType.PREFIXED,
        operation=acl.operation.name,
    )


def _directories(replicas: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Node ids with their directory ids, as Kafka's programs spell them."""
    return {one["replica_id"]: _base64(one["replica_directory_id"]) for one in replicas}


def _lags(quorum: Mapping[str, Any]) -> dict[int, int]:
    """How many records each voter is behind the one that leads."""
    voters = {one["replica_id"]: one for one in quorum["current_voters"]}
    leader = voters.get(quorum["leader_id"])
    if leader is None:
        return {}
    end, now = leader["log_end_offset"], leader["last_caught_up_timestamp"]
    return {
        node: max(0, end - one["log_end_offset"])
        for node, one in voters.items()
        if one is leader or now - one["last_fetch_timestamp"] <= _SILENT_MS
    }


def _base64(directory: uuid.UUID | str) -> str:
    raw = uuid.UUID(str(directory)).bytes
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _partitions(topics: Iterable[Mapping[str, Any]]) -> Iterator[Partition]:
    for topic in topics:
        for part in topic["partitions"]:
            yield Partition(
                topic=topic["name"],
                index=part["partition_index"],
                replicas=tuple(part["replica_nodes"]),
                in_sync=tuple(sorted(part["isr_nodes"])),
                leader=part["leader_id"],
            )
