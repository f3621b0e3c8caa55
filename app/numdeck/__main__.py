"""`python -m numdeck` is the command `numdeck`."""

from numdeck.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
