"""Has a chromium for the browser tests: the system's, or Debian's if it may be installed."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = """No chromium here, and it could not be installed, so browser tests will fail.
Install one:  apt install chromium   or   brew install --cask chromium"""


def found() -> str | None:
    """The program of a browser on this machine."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> bool:
    """Debian's package, where we may install packages."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("Installing chromium for the browser tests.", flush=True)
    for words in (
        ("update", "-qq"),
        ("install", "-qq", "-y", "--no-install-recommends", "chromium"),
    ):
        done = subprocess.run(
            ["apt-get", *words],
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            return False
    return found() is not None


if __name__ == "__main__":
    if not found() and not install():
        print(MISSING, file=sys.stderr)
