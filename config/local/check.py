"""`make check`: everything that a program can say about the code, each told apart."""

import subprocess
import sys
from collections.abc import Mapping

from config.local import commands
from config.local.places import ROOT
from config.local.throwaway import servers

APPS = (
    *("knowledge", "accounts", "jobs", "patients", "assessments", "medications"),
    *("treatment", "plans", "aftercare", "reports", "interop", "devtools"),
)
# The gates of the house style; tests/style/style_metrics.py says what each counts.
GATES = {
    "app_cycles_all": 0,
    "module_cycles": 0,
    "door_writes": 0,
    "inner_clock": 0,
    "fn_median": 9,
    "fn_p95": 30,
    "fn_max": 60,
    "cx_p95": 6,
    "mod_p95": 300,
    "mod_max": 450,
    "fan_out_max": 11,
}
# A third of the code is declared content (instruments, facts, questions), which is
# tested by walking it; the lines of the tests count for less than their coverage.
FLOORS = {"typed_pct": 100, "test_ratio": 0.6}

# These print a figure worth reading when they pass too.
FIGURES = {"template lines"}

# Runs a program that is no module, from beside this Python.
_BINARY = (
    "-c",
    "import os, sys; p = os.path.join(os.path.dirname(sys.executable), sys.argv[1]);"
    " os.execv(p, sys.argv[1:])",
)


def checks() -> dict[str, list[str]]:
    """Each check's name, and the words that run it with this Python."""
    pages = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("templates/**/*.html"))
    gates = [f"--gate={name}={most}" for name, most in GATES.items()]
    floors = [f"--floor={name}={least}" for name, least in FLOORS.items()]
    found = {
        "ruff": ["-m", "ruff", "check", "-q", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "-q", "."],
        "djade": [*_BINARY, "djade", "--check", "--target-version", "6.1", *pages],
        "djlint": ["-m", "djlint", "--lint", "--quiet", *pages],
        "template lines": ["-m", "config.local.template_lines"],
        "mypy": ["-m", "mypy", "config", *APPS],
        "import-linter": [*_BINARY, "lint-imports"],
        "rooms": ["-m", "config.local.rooms"],
        "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
        "style": ["tests/style/style_metrics.py", ".", *gates, *floors],
    }
    return found if pages else {k: v for k, v in found.items() if k[:2] != "dj"}


def run(name: str, words: list[str], environment: Mapping[str, str]) -> bool:
    """Run one check; print that it passed, and its output where it failed or is a figure."""
    told = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = told.returncode == 0
    print(f"{'ok    ' if passed else 'FAILED'}  {name}", flush=True)
    if not passed or name in FIGURES:
        print(told.stdout.rstrip(), flush=True)
    return passed


def main(wanted: list[str]) -> int:
    chosen = {k: v for k, v in checks().items() if not wanted or k in wanted}
    with servers() as environment:
        role = {"MAINSTAY_DATABASE_ROLE": commands.role_for("migrate")}
        results = [
            run(name, words, environment | role) for name, words in chosen.items()
        ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
