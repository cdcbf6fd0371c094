"""Bars of cohorts: columns in memory, Parquet to Parquet, memory as rows grow, Spark; and agreement with one case.

    python -m benchmarks.cohort [memory|parquet|growth|spark|agreement ...] [--rows N]

Every cohort is synthetic, drawn with a fixed seed over all facts, unknowns included. Ratios compare what was measured
in one run. ``growth`` takes some minutes; by default all but ``growth`` and ``spark`` are run, with fewer rows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ntrkpath.cohort.catalogue import Catalogue
from ntrkpath.cohort.frame import Decider
from ntrkpath.cohort.kernel import Kernel
from ntrkpath.cohort.parquet import Sink, ahead, decide_parquet, read_batches
from ntrkpath.guidance import load
from ntrkpath.proof.filling_in import strongest

SEED = 2020


def codes(rows: int) -> Any:
    """Return random level codes of every fact, shape (facts, rows)."""
    draw = np.random.default_rng(SEED)
    sizes = [len(load().facts[fact].levels) for fact in Catalogue(load()).facts]
    found = np.empty((len(sizes), rows), np.uint8)
    for fact, size in enumerate(sizes):
        found[fact] = draw.integers(0, size, rows, dtype=np.uint8)
    return found


def best(run: Callable[[], object], times: int = 3, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the shortest time of several runs, in seconds."""
    found = []
    for _ in range(times):
        started = clock()
        run()
        found.append(clock() - started)
    return min(found)


#: Rows that DuckDB decides too: enough for planning its query to weigh little.
PEER = 2_000_000


def memory(rows: int = 10_000_000) -> None:
    """All facts, all tables, in memory: rows a second, beside a scan of the same bytes, DuckDB and one case."""
    edition, matrix = load(), codes(rows)
    kernel = Kernel(edition)
    kernel.decide(matrix[:, : 1 << 14].copy())
    out = kernel.room(rows)
    fresh = best(lambda: kernel.decide(matrix))
    taken = best(lambda: kernel.decide(matrix, out), 5)
    worked = best(lambda: kernel.decide(matrix, out), 3, time.process_time)
    scanned = best(lambda: scan(matrix))
    plain = Kernel(edition, fused=False)
    some = np.ascontiguousarray(matrix[:, : rows // 10])
    by_numpy = best(lambda: plain.decide(some), 1) * rows / some.shape[1]
    chain, few = edition.decisions, 20_000
    levels = [edition.facts[fact].levels for fact in kernel.catalogue.facts]
    states = [
        {fact: names[code] for fact, names, code in zip(kernel.catalogue.facts, levels, row, strict=True)}
        for row in matrix[:, :few].T.tolist()
    ]
    single = best(lambda: [chain.decide(state) for state in states], 1) / few * rows
    whole = best(lambda: one_by_one(2000), 1) / 2000 * rows
    same = np.ascontiguousarray(matrix[:, :PEER])
    ours, case = best(lambda: kernel.decide(same), 5), duckdb_case(same)
    print(f"{rows:,} rows x {len(matrix)} facts, {len(kernel.catalogue.tables)} tables, {os.cpu_count()} processors")
    print(f"decided, memory reused          {rows / taken / 1e6:8.1f} M rows/s  (bar 40)")
    print(f"  a second of each processor    {kernel.threads * rows / worked / 1e6:8.1f} M rows")
    print(f"decided, memory new             {rows / fresh / 1e6:8.1f} M rows/s")
    print(f"decided, numpy alone            {rows / by_numpy / 1e6:8.1f} M rows/s")
    print(f"share of a scan of these bytes  {100 * scanned / taken:8.1f} %         (bar 3)")
    print(f"beside DuckDB, tables as CASE   {case / ours:8.0f} x         (bar 10), both on {same.shape[1]:,} rows")
    print(f"beside the chain, one state     {single / taken:8.0f} x")
    print(f"beside whole single cases       {whole / taken:8.0f} x         (bar 2,000)")


def scan(matrix: Any) -> int:
    """Read every byte once, on all processors."""
    from concurrent.futures import ThreadPoolExecutor

    threads = os.cpu_count() or 1
    flat = matrix.reshape(-1)
    flat = flat[: len(flat) // 8 * 8].view(np.uint64)
    parts = np.array_split(flat, threads)
    with ThreadPoolExecutor(threads) as pool:
        return int(sum(pool.map(lambda part: int(np.bitwise_xor.reduce(part)), parts)))


def one_by_one(cases: int) -> None:
    """Decide distinct synthetic cases one by one, memories empty."""
    import datetime as dt
    import random

    from ntrkpath.pathway import Pathway, case_from
    from support.cases import random_case

    draw, pathway = random.Random(SEED), Pathway(load(), dt.date(2026, 5, 15))
    for number in range(cases):
        pathway.recommend(case_from(random_case(number, draw)))


def duckdb_case(matrix: Any) -> float:
    """Return the seconds in which DuckDB decides codes with every table as a CASE expression."""
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


def raw(rows: int, first: int = 0) -> pl.DataFrame:
    """Return synthetic raw columns: words, numbers and short lists, with empty cells."""
    draw = np.random.default_rng(SEED + first)

    def cells(words: list[Any], empty: float = 0.3) -> pl.Series:
        found = pl.Series(words).gather(draw.integers(0, len(words), rows))
        return found.scatter(np.flatnonzero(draw.random(rows) < empty), None)

    histologies = [
        "infantile fibrosarcoma", "IMT", "GIST", "leiomyosarcoma", "synovial sarcoma", "dedifferentiated liposarcoma",
        "undifferentiated pleomorphic sarcoma", "MPNST", "lipofibromatosis-like neural tumour", "osteosarcoma",
        "myxofibrosarcoma", "chondrosarcoma", "angiosarcoma", "LMS", "SYNS", "DDLS",
    ]  # fmt: skip
    return pl.DataFrame(
        {
            "case_id": pl.Series(np.arange(first, first + rows)).cast(pl.String).str.zfill(10),
            "histology": cells(histologies, 0),
            "site": cells(["thigh", "brain", "uterus"]),
            "age": pl.Series(draw.integers(0, 90, rows)),
            "typical_histology": cells([True, False]),
            "differentiation": cells(["none", "myogenic", "neural"]),
            "extent": cells(
                ["localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic"], 0.1
            ),
            "surgery_morbidity": cells(["acceptable", "severe"]),
            "standard_therapy": cells(["not_given", "ongoing", "progressed"]),
            "alterations": cells(
                ["KIT mutation absent; PDGFRA mutation absent", "SS18 fusion", "MDM2 amplification",
                 "ALK fusion absent; ROS1 fusion absent", "any fusion absent"], 0.5,
            ),
            "pan_trk_ihc.result": cells(["positive", "negative"], 0.6),
            "pan_trk_ihc.percent": cells([float(n) for n in range(101)], 0.6),
            "pan_trk_ihc.distribution": cells(["focal", "diffuse"], 0.7),
            "pan_trk_ihc.pattern": cells(["nuclear", "cytoplasmic"], 0.7),
            "fish.gene": cells(["NTRK1", "NTRK3", "ETV6"], 0.8),
            "fish.probe": cells(["break_apart"], 0.8),
            "fish.result": cells(["positive", "negative"], 0.8),
            "rna_mps.result": cells(["positive", "negative", "failed"], 0.7),
            "rna_mps.rna_quality": cells(["adequate", "poor"], 0.7),
            "rna_mps.genes_covered": cells(["NTRK1; NTRK2; NTRK3", "NTRK1"], 0.7),
            "rna_mps.fusions": cells(["ETV6::NTRK3 in_frame", "LMNA::NTRK1", "EWSR1::FLI1"], 0.9),
        }
    )  # fmt: skip


def write_raw(rows: int, file: Path) -> None:
    """Write synthetic raw columns to Parquet, a million rows at a time."""
    step = 1_000_000
    with Sink(file) as sink:
        for first in range(0, rows, step):
            sink.write(raw(min(step, rows - first), first).to_arrow())


def parquet(rows: int = 2_000_000) -> None:
    """Parquet to Parquet beside decoding and encoding alone, through the same reader and writer."""
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place) / "raw.parquet", Path(place) / "answers.parquet"
        write_raw(rows, source)
        print(f"{rows:,} rows x {len(pq.read_schema(source))} raw columns")
        for rules in ("codes", "ids", "none"):
            decider = Decider(rules=rules)
            answers = [decider.answer(batch).answers for batch in read_batches([source])]

            def alone(answers: list[pa.Table] = answers) -> None:
                with Sink(target) as sink:
                    for _, table in zip(ahead(read_batches([source])), answers, strict=True):
                        sink.write(table)

            bare = best(alone)
            taken = best(lambda d=decider: decide_parquet(source, target, d))  # type: ignore[misc]
            said = {"codes": "rules as codes", "ids": "rules as text", "none": "no rules"}[rules]
            print(
                f"{said:16} {rows / taken / 1e6:6.2f} M rows/s, {taken / bare:5.2f} x decoding and encoding alone"
                f"{'  (bar 1.3)' if rules == 'codes' else ''}"
            )


def growth(rows: int = 100_000_000) -> None:
    """Peak memory of a process that decides Parquet, for more and more rows."""
    with tempfile.TemporaryDirectory() as place:
        for count in (rows // 100, rows // 10, rows):
            source = Path(place) / "raw.parquet"
            write_raw(count, source)
            program = (
                "import resource, sys, time\nfrom pathlib import Path\n"
                "from ntrkpath.cohort.frame import Decider\nfrom ntrkpath.cohort.parquet import decide_parquet\n"
                "started = time.perf_counter()\n"
                "counts = decide_parquet(Path(sys.argv[1]), Path(sys.argv[2]), Decider(rules='codes'))\n"
                "taken = time.perf_counter() - started\n"
                "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
                "print(f'{counts.decided:>12,} rows  {counts.decided / taken / 1e6:6.2f} M rows/s  {peak:6.0f} MB')"
            )
            arguments = [sys.executable, "-c", program, str(source), str(Path(place) / "answers.parquet")]
            print(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout, end="", flush=True)
    print("bar at 100,000,000 rows: 2,000 MB")


def spark(rows: int = 10_000_000) -> None:
    """Deciding on Spark, two local threads, beside Spark reading the raw columns and copying the answers."""
    from pyspark.sql import SparkSession

    from ntrkpath.cohort.engines import decide_frame

    os.environ["PYSPARK_PYTHON"] = sys.executable
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "raw.parquet"
        write_raw(rows, source)
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

        def write(frame: Any, name: str) -> None:
            frame.write.mode("overwrite").parquet(str(Path(place) / name))

        def read(frame: Any) -> None:
            frame.write.format("noop").mode("overwrite").save()

        write(decide_frame(given.limit(1000), Decider(rules="codes")), "warm")
        read_raw, copied = best(lambda: read(given), 2), best(lambda: write(given, "copied"), 2)
        print(
            f"{rows:,} rows on Spark local[2], {len(given.columns)} raw columns; read and written again {copied:.1f} s"
        )
        for rules, said in (("codes", "rules as codes"), ("none", "no rules")):
            decider = Decider(rules=rules)  # type: ignore[arg-type]
            taken = best(lambda d=decider: write(decide_frame(given, d), "answers"), 2)  # type: ignore[misc]
            answers = session.read.parquet(str(Path(place) / "answers"))
            alone = read_raw + best(lambda a=answers: write(a, "copied"), 2)  # type: ignore[misc]
            print(
                f"{said:16} {taken:6.1f} s; raw columns read, answers read and written: {alone:6.1f} s, "
                f"ratio {taken / alone:.2f}  (bar 1.5); beside copying the raw columns alone {taken / copied:.2f}"
            )
        session.stop()


def agreement(rows: int = 1_000_000) -> None:
    """Count the states of which the columns say anything but what the single-case tables say."""
    edition = load()
    kernel, keep, items = Kernel(edition), strongest(edition), edition.items()
    catalogue, matrix = kernel.catalogue, codes(rows)
    decided = kernel.decide(matrix)
    levels = [edition.facts[fact].levels for fact in catalogue.facts]
    sets = [frozenset(text.split()) for text in catalogue.action_texts]
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
            or sets[decided.actions[row]] != given
            or any(catalogue.levels[f][c[row]] != one.levels[f] for f, c in decided.levels.items())
        )
    print(f"{rows:,} random states over {len(catalogue.facts)} facts: {differ} disagreements  (bar 0)")


def main(*names: str, rows: int | None = None) -> None:
    """Measure and print."""
    if not names:
        memory(2_000_000)
        parquet(1_000_000)
        agreement(100_000)
        return
    for name in names:
        run: Callable[..., None] = {
            "memory": memory, "parquet": parquet, "growth": growth, "spark": spark, "agreement": agreement,
        }[name]  # fmt: skip
        run(rows) if rows else run()


if __name__ == "__main__":
    words = sys.argv[1:]
    count = int(words[words.index("--rows") + 1]) if "--rows" in words else None
    main(*(w for w in words if w in ("memory", "parquet", "growth", "spark", "agreement")), rows=count)
