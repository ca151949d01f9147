"""Compare random samples of the week from 2026-03-02 on with the reference; print the alarms."""

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from omegaconf import OmegaConf

from monitoring.drift_report import SETTINGS, TestStatus, compare, draw_sample, read_log

settings = OmegaConf.load(SETTINGS)
since, until = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
rows = list(read_log(Path("production/predictions.jsonl"), since, until))
reference = draw_sample(read_log(Path("models/monitoring/reference.jsonl")), 10_000)
alarms = 0
for seed in range(int(sys.argv[1])):
    rng = random.Random(seed)  # noqa: S311 - not a secret
    week = draw_sample(rng.choices(rows, k=300), 10_000)
    snapshot = compare(week, reference, settings.columns, datetime.now(UTC))
    alarms += any(test.status == TestStatus.FAIL for test in snapshot.tests_results)
print("alarms", alarms)
