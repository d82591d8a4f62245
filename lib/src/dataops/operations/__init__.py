# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day-2 verbs: what one application can do, declared once and callable by an action and by a plan.

A verb is a file of the charm's package `operations`: `src/operations/health_check.py` defines
`VERB = Verb(name="health-check", ...)`, or a `JobVerb` when the work outlives a hook. `discover`
finds them, `Actions` offers each as the Juju action of its name, and
`dataops.interfaces.operations.OperationsProvider` offers them over a relation.
"""

from dataops.operations._actions import Actions
from dataops.operations._checks import Check, HealthCheck, checking, probe
from dataops.operations._juju import Juju
from dataops.operations._shapes import (
    NoParams,
    OperationError,
    Params,
    Pending,
    Result,
    explain,
    kebab,
    result_key,
)
from dataops.operations._verbs import (
    AnyVerb,
    Context,
    JobVerb,
    ObservedT,
    Offered,
    OfferedVerb,
    ParamsT,
    ResultT,
    Scope,
    Verb,
    Verbs,
    WorkloadT,
    by_name,
    discover,
    verb_of,
)
from dataops.operations._work import Cancelled, SpecT, Work

__all__ = [
    "Actions", "AnyVerb", "Cancelled", "Check", "Context", "HealthCheck", "JobVerb", "Juju",
    "NoParams", "ObservedT", "Offered", "OfferedVerb", "OperationError", "Params", "ParamsT",
    "Pending", "Result", "ResultT", "Scope", "SpecT", "Verb", "Verbs", "Work", "WorkloadT",
    "by_name", "checking", "discover", "explain", "kebab", "probe", "result_key", "verb_of",
]  # fmt: skip
