# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The interface spark_master: where a Spark cluster takes drivers, and what they need for it.

Documented in docs/reference/interfaces/spark_master, with JSON schemas.
"""

from dataops.interfaces.spark_master._models import (
    ProviderData,
    RequirerData,
    RpcSecret,
    SparkCluster,
)
from dataops.interfaces.spark_master._provider import SparkMasterProvider
from dataops.interfaces.spark_master._requirer import SparkMasterRequirer

__all__ = [
    "ProviderData",
    "RequirerData",
    "RpcSecret",
    "SparkCluster",
    "SparkMasterProvider",
    "SparkMasterRequirer",
]
