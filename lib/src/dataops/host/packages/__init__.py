# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a workload is made of, in the versions that the charm pins.

Each call does nothing the second time. A failure is a ``PackageError``, whose message names
what is missing and the next move.
"""

from dataops.host.packages._apt import ensure_apt, unpack_apt
from dataops.host.packages._archive import unpack
from dataops.host.packages._errors import PackageError
from dataops.host.packages._java import ensure_java, find_java
from dataops.host.packages._maven import copy_maven_dependencies
from dataops.host.packages._python import pip_install

__all__ = [
    "PackageError",
    "copy_maven_dependencies",
    "ensure_apt",
    "ensure_java",
    "find_java",
    "pip_install",
    "unpack",
    "unpack_apt",
]
