"""`python -m button.cli` is `button`."""

from button.cli import main

main()
