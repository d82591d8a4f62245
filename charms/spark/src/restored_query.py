# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The query of a rehearsal, inside Spark: ``spark-submit restored_query.py query.json``.

It reads ranges of offsets as a batch, counts them in SQL, and writes the records themselves beside
it, in order, for whoever compares them. The answer comes last: with it, everything is there.
"""

# pyspark comes with the workload, not with the charm, so that its types are not here.
# pyright: basic, reportMissingImports=false

import base64
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

_COUNT = """
SELECT topic, partition, count(*) AS records, min(offset) AS first, max(offset) AS last
FROM restored GROUP BY topic, partition ORDER BY topic, partition
"""
_RECORDS = """
SELECT topic, partition, offset, unix_millis(timestamp) AS stamp, key, value, headers
FROM restored ORDER BY topic, partition, offset
"""


def restored(spark: SparkSession, told: dict[str, Any]) -> DataFrame:
    """The ranges as a table."""
    return spark.read.format("kafka").options(**told["options"]).load()


def line(row: Any) -> str:
    """A record as a JSON list; bytes are in base64, and None stays what it is."""
    headers = [[one["key"], _text(one["value"])] for one in row["headers"] or ()]
    fixed = [row["topic"], row["partition"], row["offset"], row["stamp"]]
    return json.dumps([*fixed, _text(row["key"]), _text(row["value"]), headers])


def write(path: Path, rows: Iterable[Any]) -> None:
    """Every record in a line of its own."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line(row)}\n" for row in rows)


def main(argv: list[str]) -> int:
    """Answer the query that the file describes."""
    place = Path(argv[1]).parent
    told = json.loads(Path(argv[1]).read_text(encoding="utf-8"))
    spark = SparkSession.builder.appName("rehearsal").getOrCreate()
    restored(spark, told).createOrReplaceTempView("restored")
    counted = [row.asDict() for row in spark.sql(_COUNT).collect()]
    write(place / told["records"], spark.sql(_RECORDS).toLocalIterator())
    made = place / "answer.new"
    made.write_text(json.dumps(counted), encoding="utf-8")
    made.rename(place / told["answer"])
    spark.stop()
    return 0


def _text(value: Any) -> Any:
    return None if value is None else base64.b64encode(bytes(value)).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
