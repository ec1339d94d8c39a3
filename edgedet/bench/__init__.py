"""What the pipeline costs on this machine, beside the bare interpreter and step by step."""

from edgedet.bench.budget import Budget, Step, budget
from edgedet.bench.measure import bench
from edgedet.bench.turn import seconds_since_start

__all__ = ["Budget", "Step", "bench", "budget", "seconds_since_start"]
