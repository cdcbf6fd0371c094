"""A process that appends to a book until it is killed, and says of each entry that it was acknowledged."""

from __future__ import annotations

import sys

from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import Draft
from ntrkpath.registry.forms import FollowUp, Registration


def write(where: str, site: str, first: int) -> None:
    """Append for ever: a registration and a follow-up in one batch, each acknowledged by a line with its requests."""
    with Book.open(where) as book:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        number = first
        while True:
            requests = (f"{number}-registration", f"{number}-follow-up")
            common = {"site": site, "subject": f"P{number % 50}", "author": "writer"}
            book.append(
                Draft(body=Registration(collection="prospective", prior_lines=number), request=requests[0], **common),
                Draft(body=FollowUp(status="alive", date="2026"), request=requests[1], **common),
            )
            sys.stdout.write(" ".join(requests) + "\n")
            sys.stdout.flush()
            number += 1


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
