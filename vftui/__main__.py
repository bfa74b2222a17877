"""`python -m vftui` is the `vftui` command."""

from vftui.cli import main

main()
