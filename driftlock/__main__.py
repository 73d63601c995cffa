"""``python -m driftlock`` is the command ``driftlock``."""

from driftlock.cli import main

if __name__ == "__main__":
    main()
