"""Loops that the compiler spreads over the lanes of the processor.

Python's ``max`` of two floats must take care of NaN and of signed zeros, which keeps the compiler from
working on several numbers at once. `larger` and `smaller` do without: a loop in a `lane_kernel` that
reduces an array with them is vectorised, several times faster. Without vector units they are merely right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

lane_kernel = njit(
    cache=True,
    nogil=True,
    error_model="numpy",
    fastmath={"nnan", "nsz", "reassoc", "contract", "arcp"},
)
"""As `dualgig.kernels.kernel`, for numbers that are never NaN; sums may be taken in any order.

A reduction is recognised only where it leaves the function as it is: return it, and judge it elsewhere.
"""


def _of_two(name: str) -> Any:
    """The processor's own choice of two floats, by the name of LLVM's intrinsic."""

    @intrinsic
    def choice(typing_context: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]] | None:  # noqa: ARG001
        if a != b or not isinstance(a, types.Float):
            return None

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            kind = arguments[0].type
            function = builder.module.declare_intrinsic(name, [kind], ir.FunctionType(kind, [kind, kind]))
            return builder.call(function, arguments, fastmath=("nnan", "nsz"))

        return a(a, b), generate

    return choice


larger = _of_two("llvm.maxnum")
"""The larger of two floats of one type; in kernels only."""

smaller = _of_two("llvm.minnum")
"""The smaller of two floats of one type; in kernels only."""


def _trailing_zeros() -> Any:
    """LLVM's count of trailing zeros of an unsigned word that is not 0."""

    @intrinsic
    def count(typing_context: Any, word: Any) -> tuple[Any, Callable[..., Any]] | None:  # noqa: ARG001
        if word != types.uint64:
            return None

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.uint64(types.uint64), generate

    return count


trailing_zeros = _trailing_zeros()
"""How many zeros follow the last one of an unsigned 64-bit word that is not 0; in kernels only."""
