"""How this room compiles its kernels."""

from dualgig.kernels import inlined, kernel

__all__ = ["inlined", "kernel"]
