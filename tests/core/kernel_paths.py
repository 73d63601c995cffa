"""The same work with the kernel and without."""

import pytest

from driftlock_core import kernel

needs_kernel = pytest.mark.skipif(kernel.Shapes is None, reason="the kernel is not in use")


def in_python(work):
    """What *work* gives where no part of the kernel is in use."""
    with kernel.switched_off():
        return work()


def both(work):
    """What *work* gives with the kernel, after making sure that Python gives the same."""
    compiled = work()
    assert in_python(work) == compiled
    return compiled
