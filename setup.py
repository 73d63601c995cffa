"""The compiled kernel; everything else about the build stands in pyproject.toml."""

import sys

from setuptools import Extension, setup

PARTS = (
    "module",
    "shapes",
    "libzstd",
    "digest",
    "texts",
    "counts",
    "content",
    "sides",
    "conformal",
    "values",
    "pairs",
    "buffers",
    "lookups",
    "grams",
    "words",
    "contexts",
    "nearest",
)
FOLDER = "driftlock_core/kernel"

setup(
    ext_modules=[
        Extension(
            "driftlock_core.kernel._kernel",
            sources=[f"{FOLDER}/{part}.c" for part in PARTS],
            depends=[f"{FOLDER}/{part}.h" for part in ("kernel", "sides", "buffers", "lookups")],
            # -O3 vectorises the loop over bytes; it is worth a third of masking.
            # Real numbers are multiplied and added in two steps on every machine, as numpy does.
            extra_compile_args=[] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"],
            # dlopen was a library of its own before glibc 2.34.
            libraries=["dl"] if sys.platform.startswith("linux") else [],
            optional=True,  # without a compiler the engine takes its Python path
        )
    ]
)
