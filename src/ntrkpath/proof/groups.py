"""Checks of how conditions are written: groups that nothing names, and lists that recur without a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ntrkpath.proof.report import Finding
from ntrkpath.rules.facts import Fact
from ntrkpath.rules.table import Table

#: A list of so many names is a group where it recurs.
LONG = 3


def check_groups(
    facts: Mapping[str, Fact], tables: Iterable[Table], named_elsewhere: Iterable[str] = ()
) -> list[Finding]:
    """Look for groups that no row and no other group needs, and for long lists that stand in more than one row.

    Args:
        named_elsewhere: Groups, as ``fact.group``, that something other than a row names.
    """
    used = set(named_elsewhere)
    lists: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for table in tables:
        for row in table.rows:
            for fact, names in row.written.items():
                used |= {f"{fact}.{name}" for name in names}
                if len(names) >= LONG:
                    lists[fact, tuple(sorted(names))] += 1
    found = [
        Finding("group", f"{ident}.{name}", "no row names it")
        for ident, fact in facts.items()
        for name, levels in fact.groups.items()
        if f"{ident}.{name}" not in used
        and not any(levels < other and f"{ident}.{wider}" in used for wider, other in fact.groups.items())
    ]
    return found + [
        Finding("list", fact, f"{', '.join(names)} stands in {count} rows; a group names such a list")
        for (fact, names), count in sorted(lists.items())
        if count > 1
    ]
