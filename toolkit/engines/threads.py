"""How many CPU cores this process may use."""

from __future__ import annotations

import math
import os
from pathlib import Path

# A container's share of the CPU, version 2 and version 1 of control groups: quota and period in microseconds.
_CGROUP_2 = "/sys/fs/cgroup/cpu.max"
_CGROUP_1 = ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def usable_cores() -> int:
    """The cores the scheduler gives this process, no more than its container's share; at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = _container_share()
    return max(1, min(cores, math.ceil(share)) if share else cores)


def _container_share() -> float | None:
    for paths in ((_CGROUP_2,), _CGROUP_1):
        try:
            quota, period = " ".join(Path(path).read_text(encoding="ascii") for path in paths).split()
            if int(quota) > 0:
                return int(quota) / int(period)
        except (OSError, ValueError, ZeroDivisionError):
            continue  # no such file, or "max": no limit
    return None
