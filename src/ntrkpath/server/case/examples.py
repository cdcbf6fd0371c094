"""Examples: the published patients, one click each."""

from __future__ import annotations

from ntrkpath.pathway.examples import Published, published
from ntrkpath.server.kit.http import Answer, Ask, Refused, get
from ntrkpath.server.kit.navigation import EXAMPLES
from ntrkpath.server.kit.render import page


def _age(age: object) -> str:
    """Return an age as the case writes it: a number is in years."""
    return f"{age:g} years" if isinstance(age, int | float) else str(age or "")


def _genes(one: Published) -> str:
    """Return the fusions that a case states: of its tests as gene pairs, of its alterations by gene."""
    pairs = [
        f"{fusion.five_prime or '?'}::{fusion.three_prime or '?'}"
        for test in one.case.tests for fusion in getattr(test, "fusions", None) or ()
    ]  # fmt: skip
    alone = [
        f"{found.gene} fusion"
        for found in one.case.alterations or ()
        if found.kind == "fusion" and found.status == "present" and not any(found.gene in pair for pair in pairs)
    ]
    return ", ".join(dict.fromkeys([*pairs, *alone]))


@get("/examples")
def examples(request: Ask) -> Answer:
    """Show the list, or those of one badge or with some words."""
    badge, q = (request.query_params.get(name, "")[:100].strip() for name in ("badge", "q"))
    ages = {ident: _age(one.case.patient.age) for ident, one in published().items()}
    genes = {ident: _genes(one) for ident, one in published().items()}
    badges: dict[str, int] = {}
    found = []
    for ident, one in published().items():
        text = f"{ident} {one.case.diagnosis.histology} {ages[ident]} {genes[ident]} {one.case.source}".casefold()
        if all(word in text for word in q.casefold().split()):
            badges[one.badge] = badges.get(one.badge, 0) + 1
            if badge in ("", one.badge):
                found.append(one)
    return page("case/examples.html", here=EXAMPLES.address, cases=found, badges=badges, badge=badge, q=q, ages=ages,
                genes=genes)  # fmt: skip


@get("/examples/{ident:str}")
async def example(request: Ask, ident: str) -> Answer:
    """Show the answer to one of them."""
    from ntrkpath.server.case.page import answered
    from ntrkpath.server.kit.uploads import Sent

    if ident not in published():
        raise Refused(404)
    return await answered(request, Sent({"text": [published()[ident].text]}))


ROUTES = [examples, example]
