#!/usr/bin/env python
"""Django's commands, for this project."""

import os
import sys

from django.core.management import execute_from_command_line

from config.environment import SettingRefused
from config.local import surroundings


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with surroundings.local(sys.argv):
        try:
            execute_from_command_line(sys.argv)
        except SettingRefused as refusal:
            sys.exit(str(refusal))


if __name__ == "__main__":
    main()
