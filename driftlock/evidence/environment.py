"""What the bundle was made with, here and now."""

import hashlib
import platform
import zlib
from functools import cache
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

# The package of each compressor, and the module that holds its compiled library; gzip is in none,
# it is the zlib that Python itself uses.
_LIBRARIES: Final = {
    "zstd": ("zstandard", "zstandard.backend_c"),
    "lz4": ("lz4", "lz4.block._block"),
}


@cache
def _library_digest(module: str) -> str | None:
    """SHA-256 of the compiled module; None where it is not a file of its own."""
    found = find_spec(module)
    if found is None or found.origin is None or not Path(found.origin).is_file():
        return None
    return hashlib.sha256(Path(found.origin).read_bytes()).hexdigest()


def environment(made_with: str | None, compressor: str | None) -> dict[str, Any]:
    """
    Versions of everything numbers depend on, on the machine that builds the bundle.

    Args:
        made_with: Compressor, version and level as the record names them; None for a series.
        compressor: Its name in the configuration.
    """
    package, module = _LIBRARIES.get(compressor or "", (None, None))
    return {
        "of": "the machine that built the bundle; made_with is what the verdict was made with",
        "made_with": made_with,
        "compressor": compressor,
        "package": package,
        "package_version": None if package is None else distribution(package).version,
        "library_sha256": None if module is None else _library_digest(module),
        "driftlock": version("driftlock"),
        "numpy": version("numpy"),
        "python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
    }
