"""Where to build: integer programs on arrays, with a proved distance from the best."""

from pathlib import Path

from dualgig.kernels import drop_stale_kernels

drop_stale_kernels(Path(__file__).parent)
