"""`python -m tests.faults [--only live|ID]`: every case of the catalogue, one line each."""

import argparse
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from config.local.passwords import Passwords
from config.local.servers import nowhere
from tests.faults.catalogue import LIVE, cases

QUIET = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-cov")
# There is one live site; all others have a database each.
ALONE, SIDE_BY_SIDE = ("-n", "0"), ("-n", "2", "--dist", "worksteal")
SURVIVED, FAILED, NOT_APPLICABLE = "survived", "failed", "not applicable"


def surroundings():
    """For the live tests, whose site is what they speak to: no other server is named."""
    return {
        **os.environ,
        **nowhere().environment(Passwords(), mode="test"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MAINSTAY_DATABASE_ROLE": "application",
    }


def outcomes(nodes):
    """Each test's name with whether all of it passed; what was skipped did not."""
    commands = [node for node in nodes if node.startswith("make ")]
    live = [node for node in nodes if node.startswith(LIVE)]
    others = [node for node in nodes if node not in {*commands, *live}]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        server = ("-m", "pytest", "-m", "faults", *ALONE)
        told = _run(server, surroundings(), live, report)
        server = ("-m", "config.local.throwaway", "pytest", *SIDE_BY_SIDE)
        told |= _run(server, None, others, report)
    return told | {dotted(command): _ends_well(command) for command in commands}


def _ends_well(command):
    return subprocess.run(command.split(), check=False).returncode == 0


def _run(start, environment, nodes, report):
    if not nodes:
        return {}
    report.unlink(missing_ok=True)
    words = [*start, *QUIET, f"--junitxml={report}", *nodes]
    subprocess.run([sys.executable, *words], env=environment, check=False)
    return read(report) if report.exists() else {}


def read(report):
    told = {}
    for one in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        name = f"{one.get('classname')}.{one.get('name').partition('[')[0]}"
        passed = not {child.tag for child in one} & {"failure", "error", "skipped"}
        told[name] = told.get(name, True) and passed
    return told


def verdict(case, told):
    """What came of a case, and why."""
    if case.not_applicable:
        return NOT_APPLICABLE, case.not_applicable
    if case.open:
        return FAILED, f"open: {case.open}"
    bad = [node for node in case.nodes if not told.get(dotted(node))]
    return (FAILED, ", ".join(bad)) if bad else (SURVIVED, "")


def dotted(node):
    path, *names = node.split("::")
    return ".".join([path.removesuffix(".py").replace("/", "."), *names])


def wanted(only):
    return [
        case
        for case in cases()
        if only is None or case.id == only or (only == "live" and case.here)
    ]


def main():
    asked = argparse.ArgumentParser(prog="python -m tests.faults")
    asked.add_argument("--only", help="live, or the id of one case")
    only = asked.parse_args().only
    chosen = wanted(only)
    if not chosen:
        asked.error(f"no case {only}")
    nodes = dict.fromkeys(node for case in chosen for node in case.nodes)
    told, counts = outcomes(list(nodes)), Counter()
    for case in chosen:
        how, why = verdict(case, told)
        counts[how] += 1
        say(f"{case.id:5} {how:14}  {case.title}{f' ({why})' if why else ''}")
    say(
        f"{counts[SURVIVED]} survived, {counts[FAILED]} failed,"
        f" {counts[NOT_APPLICABLE]} not applicable"
    )
    return 1 if counts[FAILED] else 0


def say(line):
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
