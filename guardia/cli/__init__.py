"""The command line: one file per command, each with `add(subparsers)`; main.py lists them."""
