"""Testing strategies for programs: what may be compared, and a comparison."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from ntrkpath.server.kit.mounting import REFUSED, Ask
from ntrkpath.server.kit.serving import run, serving
from ntrkpath.server.kit.uploads import body
from ntrkpath.server.strategy.task import Choices, choices
from ntrkpath.strategy import StrategyError


class Compare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is compared.

    Args:
        population: Name of a shipped case mix.
        strategies: Names of shipped strategies, in the order shown; the usual ones where empty.
        patients: Outcomes for so many; the size of the case mix where not given.
        draws: So many draws of every unsure parameter as well.
        costs: Cost of one test by its id; the illustrative cost, which has no source, where not given.
        accuracy: `sensitivity` and `specificity` (0 to 1) by test; the published figures where not given.
    """

    population: str = "table1"
    strategies: list[str] = []
    patients: float | None = None
    draws: int = 0
    costs: dict[str, float] = {}
    accuracy: dict[str, dict[str, float]] = {}


@get("/api/v1/strategy", responses={200: ResponseSpec(Choices), **REFUSED}, sync_to_thread=True)
def known(request: Ask) -> Response[bytes]:
    """Return the shipped strategies and case mixes, and the tests with their illustrative costs."""
    found = choices(serving(request).settings.edition)
    return Response(msgspec.json.encode(found) + b"\n", media_type="application/json")


@post(
    "/api/v1/strategy/compare",
    status_code=200,
    responses={200: ResponseSpec(dict[str, Any], description="The JSON of `ntrkpath strategy compare`"), **REFUSED},
)
async def compare(request: Ask) -> Response[bytes]:
    """Compare strategies. The body is JSON with `population`, `strategies`, `patients`, `draws`, `costs`, `accuracy`,
    each of which may be absent; the answer is byte for byte that of `ntrkpath strategy compare --format json`.
    """
    if request.content_type[0] != "application/json":
        raise HTTPException(status_code=415)
    settings = serving(request).settings
    data = await body(request, settings.case_bytes)
    try:
        asked = msgspec.json.decode(data or b"{}", type=Compare)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        raise StrategyError(problem.replace("`", ""), where=place.strip("`$.")) from None
    except msgspec.DecodeError:
        raise StrategyError("not JSON", remedy="send one JSON object") from None
    wanted = msgspec.structs.asdict(asked)
    wanted["strategies"] = asked.strategies or list(choices(settings.edition).chosen)
    content = await run(request, "strategy", seconds=settings.batch_seconds, edition=settings.edition, **wanted)
    return Response(bytes(content), media_type="application/json")


ROUTES: list[Any] = [known, compare]
