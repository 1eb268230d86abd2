"""How this room compiles its kernels."""

from __future__ import annotations

from numba import njit

kernel = njit(cache=True, error_model="numpy", nogil=True)
"""Compiled, kept on disk, divides as numpy does, and lets other threads run meanwhile."""

inlined = njit(inline="always", error_model="numpy")
"""Compiled into each kernel that calls it: a call passes a state's arrays one by one, which costs more than
a few lines do.
"""
