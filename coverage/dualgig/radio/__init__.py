"""Who is served by radio: link budget, propagation over terrain, exact losses of many paths."""

from pathlib import Path

from dualgig.kernels import drop_stale_kernels

drop_stale_kernels(Path(__file__).parent)
