"""The reading page on http://127.0.0.1:7860; `python app.py --help` tells its options, those of `klartext app`."""

import sys

from toolkit.cli import main

if __name__ == "__main__":
    sys.exit(main(["app", *sys.argv[1:]]))
