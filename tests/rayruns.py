"""A Ray cluster of two nodes on this machine, and a run on it one of whose nodes is killed. A process of its own:

    python -m tests.rayruns INPUT OUT

Prints how many parts were done when the node was killed, and leaves with the exit code of the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path


def main(source: str, out: str) -> int:
    """Start, run, kill, wait."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    cluster = Cluster()
    node = {"num_cpus": 1, "object_store_memory": 100 << 20}
    cluster.add_node(include_dashboard=False, **node)
    second = cluster.add_node(**node)
    try:
        command = [sys.executable, "-m", "pipeline.cli", "extract", source, "--out", out, "--quiet"]
        run = subprocess.Popen([*command, "--engine", "ray", "--ray-address", cluster.address])
        journal = Path(out + ".partial", "journal")
        while run.poll() is None and not any(journal.glob("*.rows")):
            time.sleep(0.05)
        print("parts done:", len(list(journal.glob("*.rows"))), flush=True)
        cluster.remove_node(second, allow_graceful=False)
        return run.wait()
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
