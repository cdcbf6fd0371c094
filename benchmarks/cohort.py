"""Bars of cohorts: columns in memory, `cohort triage` from file to file, JSON lines, memory as rows grow, Spark.

    python -m benchmarks.cohort [memory|triage|lines|missing|growth|spark|agreement ...] [--rows N]

Codes and `wide` rows are drawn at random over all columns, `narrow` rows and `clinic` cases repeat as in practice
(`benchmarks.cohort_rows`). Every figure stands twice, by processor time and by the clock, with the load of the machine;
ratios compare what was measured in one run. By default all but `growth` and `spark` are run, which take long, each with
as many rows as its row of the page names; with any other number (`--rows`) it prints, and nothing is kept for the page.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import frame
from benchmarks.cohort_rows import cases, codes, narrow, wide, write
from benchmarks.frame import Taken, best
from ntrkpath.cohort.catalogue import Catalogue
from ntrkpath.cohort.frame import Decider
from ntrkpath.cohort.kernel import Kernel
from ntrkpath.guidance import load
from ntrkpath.proof.filling_in import strongest

#: How many rows each takes, as its row of the page says; a figure of another size is none of the page.
NAMED = {
    "memory": 10_000_000, "triage": 5_000_000, "lines": 20_000, "missing": 20_000, "growth": 100_000_000,
    "spark": 10_000_000, "agreement": 1_000_000,
}  # fmt: skip
#: Rows that DuckDB decides too: enough for planning its query to weigh little.
PEER = 2_000_000


def keeper(bench: str, rows: int) -> Callable[..., None]:
    """Return what keeps a figure for the page: at the size that its row names, and at no other."""
    return frame.record if rows == NAMED[bench] else lambda *_, **_more: None


def memory(rows: int = NAMED["memory"]) -> None:
    """All facts, all tables, in memory: rows a second, beside a scan of the same bytes, DuckDB and one case."""
    record = keeper("memory", rows)
    edition, matrix = load(), codes(rows)
    kernel = Kernel(edition, fused=True)
    kernel.decide(matrix[:, : 1 << 14].copy())
    out, cores = kernel.room(rows), os.cpu_count() or 1
    taken = best(lambda: kernel.decide(matrix, out), 5)
    scanned = best(lambda: scan(matrix), 5)
    plain = Kernel(edition, fused=False)
    some = np.ascontiguousarray(matrix[:, : rows // 10])
    by_numpy = best(lambda: plain.decide(some), 1)
    chain, few = edition.decisions, 20_000
    levels = [edition.facts[fact].levels for fact in kernel.catalogue.facts]
    states = [
        {fact: names[code] for fact, names, code in zip(kernel.catalogue.facts, levels, row, strict=True)}
        for row in matrix[:, :few].T.tolist()
    ]
    single = best(lambda: [chain.decide(state) for state in states], 1)
    whole = best(lambda: one_by_one(2000), 1)
    same = np.ascontiguousarray(matrix[:, :PEER])
    ours, case = best(lambda: kernel.decide(same), 5), duckdb_case(same)
    rate, clock = cores * rows / taken.processor / 1e6, rows / taken.clock / 1e6
    print(f"{rows:,} rows x {len(matrix)} facts, {len(kernel.catalogue.tables)} tables, {cores} processors")
    print(f"decided, memory reused        {rate:8.1f} M rows/s on {cores} ({clock:.1f} by the clock)  (bar 40)")
    print(f"decided, numpy alone          {cores * some.shape[1] / by_numpy.processor / 1e6:8.1f} M rows/s")
    share, alone = [100 * one for one in scanned.over(taken)], [one / 2000 * rows for one in whole.over(taken)]
    print(f"share of a scan of these bytes{share[0]:8.1f} % ({share[1]:.1f} by the clock)  (bar 3)")
    print(f"beside DuckDB, tables as CASE   {case.beside(ours)}  (bar 10), both on {same.shape[1]:,} rows")
    print(f"beside the chain, one state     {single.processor / few / taken.processor * rows:8.0f} x")
    record("cohort.memory", rate, clock)
    print(f"beside whole single cases       {alone[0]:8.0f} x ({alone[1]:.0f} by the clock)  (bar 2,000)")
    record("cohort.scan", *share)
    record("cohort.duckdb", *case.over(ours))
    record("cohort.single", *alone)


def scan(matrix: Any) -> int:
    """Read every byte once, on all processors."""
    from concurrent.futures import ThreadPoolExecutor

    threads = os.cpu_count() or 1
    flat = matrix.reshape(-1)
    flat = flat[: len(flat) // 8 * 8].view(np.uint64)
    parts = np.array_split(flat, threads)
    with ThreadPoolExecutor(threads) as pool:
        return int(sum(pool.map(lambda part: int(np.bitwise_xor.reduce(part)), parts)))


def one_by_one(count: int) -> None:
    """Decide synthetic cases drawn at random one by one, memories empty."""
    import datetime as dt

    from ntrkpath.cases.load import decode_json
    from ntrkpath.pathway import Pathway

    pathway = Pathway(load(), dt.date(2026, 5, 15))
    for line in cases("random", count):
        pathway.recommend(decode_json(line))


def duckdb_case(matrix: Any) -> Taken:
    """Return the time in which DuckDB decides codes with every table as a CASE expression."""
    import duckdb

    edition = load()
    catalogue = Catalogue(edition)
    place = catalogue.levels
    given = pa.table({fact: pa.array(column) for fact, column in zip(catalogue.facts, matrix, strict=True)})

    def condition(row: Any) -> str:
        parts = [
            f"{fact} IN ({', '.join(str(place[fact].index(level)) for level in sorted(levels))})"
            for fact, levels in row.when.items()
        ]
        return " AND ".join(parts) or "true"

    query = "given"
    for table in catalogue.tables:
        rows = table.table.rows
        if table.table.hit == "first":
            parts = [f"WHEN {condition(row)} THEN {i}" for i, row in enumerate(rows)]
            columns = [f"CASE {' '.join(parts)} END AS r_{table.table.id}"]
        else:
            parts = [f"(CASE WHEN {condition(row)} THEN {1 << i} ELSE 0 END)" for i, row in enumerate(rows)]
            columns = [f"{' + '.join(parts)} AS r_{table.table.id}"]
        query = f"(SELECT *, {', '.join(columns)} FROM {query})"
        sets = []
        for fact in table.table.sets:
            by_row = [place[fact].index(row.sets[fact]) for row in rows]
            sets.append(f"([{', '.join(map(str, by_row))}])[r_{table.table.id} + 1] AS {fact}")
        if sets:
            query = f"(SELECT *, {', '.join(sets)} FROM {query})"
    outcomes = ", ".join(f"sum(r_{table.table.id})" for table in catalogue.tables)
    with duckdb.connect() as connection:
        connection.register("arrow", given)
        connection.execute("CREATE TABLE given AS FROM arrow")
        return best(lambda: connection.execute(f"SELECT {outcomes} FROM {query}").fetchall(), 2)


def cohort_triage(source: Path, out: Path, *options: str) -> int:
    """Run `ntrkpath cohort triage` and return its greatest memory in MB."""
    return frame.command("cohort", "triage", str(source), str(out), "--overwrite", *options, "--allow-bad")[1]


def codec(source: Path, out: Path) -> Taken:
    """Return the time in which polars, as it comes, decodes a cohort and encodes its answers, each by itself."""
    read = best(lambda: pl.read_parquet(source, memory_map=False))
    answers, copied = pl.read_parquet(out), out.with_name("copied.parquet")
    written = best(lambda: answers.write_parquet(copied))
    return Taken(read.processor + written.processor, read.clock + written.clock)


def triage(rows: int = NAMED["triage"]) -> None:
    """`cohort triage` end to end, ids and bad rows included, beside decoding and encoding in polars."""
    record = keeper("triage", rows)
    with tempfile.TemporaryDirectory() as place:
        source, out, one = (Path(place) / name for name in ("raw.parquet", "answers.parquet", "one.parquet"))
        write(1, one, narrow)
        start = best(lambda: cohort_triage(one, out))
        record("cohort.start", start.processor, start.clock)
        print(f"fixed start (one row)     {start.processor:.2f} s ({start.clock:.2f} by the clock; bar 0.7)")
        for name, draw, count in (("narrow", narrow, rows), ("wide", wide, rows // 5)):
            write(count, source, draw)
            print(f"{name}: {count:,} rows x {len(pq.read_schema(source))} raw columns")
            for option, bar in (("--no-missing", 2), ("--missing", 3)) if name == "narrow" else (("--no-missing", 2),):
                taken = best(lambda o=option: cohort_triage(source, out, o), 2)  # type: ignore[misc]
                peer = codec(source, out)
                if name == "narrow":
                    row = "cohort.triage" if option == "--no-missing" else "cohort.triage_missing"
                    record(row, taken.processor / peer.processor, taken.clock / peer.clock)
                print(f"  {option:14} {taken.each(count)}, {taken.beside(peer)} decoding and encoding  (bar {bar})")


def lines(rows: int = NAMED["lines"]) -> None:
    """`cohort triage` from JSON lines with tests, less the fixed start."""
    record = keeper("lines", rows)
    with tempfile.TemporaryDirectory() as place:
        source, one, out = (Path(place) / name for name in ("cases.jsonl", "one.jsonl", "answers.parquet"))
        for kind in ("clinic", "random"):
            told = cases(kind, rows)
            source.write_bytes(b"".join(told))
            one.write_bytes(told[0])
            for option in ("--no-missing", "--missing"):
                start = best(lambda o=option: cohort_triage(one, out, o))  # type: ignore[misc]
                whole = best(lambda o=option: cohort_triage(source, out, o))  # type: ignore[misc]
                taken = Taken(whole.processor - start.processor, whole.clock - start.clock)
                if option == "--no-missing":
                    row = "cohort.lines" if kind == "clinic" else "cohort.lines_random"
                    record(row, taken.processor / rows * 1e6, taken.clock / rows * 1e6)
                print(f"JSON lines, {rows:,} cases, {kind}, {option:13} {taken.each(rows)}  (bar 15)")


def missing(rows: int = NAMED["missing"]) -> None:
    """What is missing in wide random rows, nearly every one a state of its own."""
    record = keeper("missing", rows)
    table = wide(rows).to_arrow()
    without, given = Decider(), Decider(missing=True)
    less, more = best(lambda: without.answer(table), 1), best(lambda: given.answer(table), 1)
    taken = Taken(more.processor - less.processor, more.clock - less.clock)
    record("cohort.missing", taken.processor / rows * 1e6, taken.clock / rows * 1e6)
    print(f"missing, {rows:,} wide random rows: {taken.each(rows)}  (goal 15)")


def growth(rows: int = NAMED["growth"]) -> None:
    """Time and peak memory of `cohort triage` itself, for more and more rows."""
    record, seen = keeper("growth", rows), []
    with tempfile.TemporaryDirectory() as place:
        for count in (rows // 100, rows // 10, rows):
            source, out = Path(place) / "raw.parquet", Path(place) / "answers.parquet"
            write(count, source, narrow)
            peak: list[int] = []
            taken = best(lambda s=source, o=out, p=peak: p.append(cohort_triage(s, o)), 1)  # type: ignore[misc]
            seen.append(f"{peak[0]:,} MB at {count:,} rows, {taken.each(count)}")
            print(seen[-1], flush=True)
        record("cohort.growth", peak[0], note="; ".join(seen[:-1]))
    print("bar: flat")


def spark(rows: int = NAMED["spark"]) -> None:
    """Deciding on Spark, two local threads, beside Spark reading the raw columns and copying the answers."""
    record = keeper("spark", rows)
    from pyspark.sql import SparkSession

    from ntrkpath.cohort.engines import decide_frame

    os.environ["PYSPARK_PYTHON"] = sys.executable
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "raw.parquet"
        write(rows, source, wide)
        session: Any = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.memory", "3g")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        given = session.read.parquet(str(source))

        def put(frame: Any, name: str) -> None:
            frame.write.mode("overwrite").parquet(str(Path(place) / name))

        def read(frame: Any) -> None:
            frame.write.format("noop").mode("overwrite").save()

        put(decide_frame(given.limit(1000), Decider(rules="codes")), "warm")
        read_raw, copied = best(lambda: read(given), 2).clock, best(lambda: put(given, "copied"), 2).clock
        print(
            f"{rows:,} rows on Spark local[2], {len(given.columns)} raw columns; read and written again {copied:.1f} s"
        )
        ratios: dict[str, float] = {}
        for rules, said in (("codes", "rules as codes"), ("none", "no rules")):
            decider = Decider(rules=rules)  # type: ignore[arg-type]
            taken = best(lambda d=decider: put(decide_frame(given, d), "answers"), 2).clock  # type: ignore[misc]
            answers = session.read.parquet(str(Path(place) / "answers"))
            alone = read_raw + best(lambda a=answers: put(a, "copied"), 2).clock  # type: ignore[misc]
            ratios[rules] = taken / alone
            print(
                f"{said:16} {taken:6.1f} s; raw columns read, answers read and written: {alone:6.1f} s, "
                f"ratio {taken / alone:.2f}  (bar 1.5); beside copying the raw columns alone {taken / copied:.2f}"
            )
        record("cohort.spark", ratios["none"], note=f"with rules as codes {ratios['codes']:.2f} x")
        session.stop()


def agreement(rows: int = NAMED["agreement"]) -> None:
    """Count the states of which the columns say anything but what the single-case tables say."""
    record = keeper("agreement", rows)
    edition = load()
    kernel, keep, items = Kernel(edition), strongest(edition), edition.items()
    catalogue, matrix = kernel.catalogue, codes(rows)
    decided = kernel.decide(matrix)
    levels = [edition.facts[fact].levels for fact in catalogue.facts]
    differ = 0
    for row in range(rows):
        state = {
            fact: names[code]
            for fact, names, code in zip(catalogue.facts, levels, matrix[:, row].tolist(), strict=True)
        }
        one = edition.decisions.decide(state)
        ids = [hit.row.id for hit in one.hits]
        found = [
            rule
            for table, code in zip(catalogue.rules, decided.outcomes[:, row].tolist(), strict=True)
            for rule in table[code]
        ]
        given = keep(frozenset().union(*(items.get(rule, frozenset()) for rule in ids)))
        differ += (
            found != ids
            or set(catalogue.action_text(int(decided.actions[row])).split()) != given
            or any(catalogue.levels[f][c[row]] != one.levels[f] for f, c in decided.levels.items())
        )
    record("cohort.agreement", differ)
    print(f"{rows:,} random states over {len(catalogue.facts)} facts: {differ} disagreements  (bar 0)")


BENCHES: dict[str, Callable[..., None]] = {
    "memory": memory, "triage": triage, "lines": lines, "missing": missing, "growth": growth, "spark": spark,
    "agreement": agreement,
}  # fmt: skip
#: What takes many minutes: measured only where it is named.
LONG = ("growth", "spark")


def main(*names: str, rows: int | None = None) -> None:
    """Measure and print."""
    for name in names or [bench for bench in BENCHES if bench not in LONG]:
        BENCHES[name](rows or NAMED[name])
        print(f"load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    count = int(words[words.index("--rows") + 1]) if "--rows" in words else None
    main(*(w for w in words if w in BENCHES), rows=count)
