"""`python -m ntrkpath` is the command line."""

from ntrkpath.cli.main import main

main()
