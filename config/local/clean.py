"""`make clean`: removes the servers' data of this checkout, where there is any."""

import shutil
import sys

from config.local import binaries, hold
from config.local.places import data_home
from config.local.run import end_leftovers


def main() -> int:
    try:
        with hold.held() as notes:
            end_leftovers(notes)
            home = data_home()
            shutil.rmtree(home)
            binaries.remove_copies()
    except hold.HoldTaken:
        print("Mainstay runs here: stop it first (Ctrl-C in its terminal).")
        return 1
    print(f"Removed {home}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
