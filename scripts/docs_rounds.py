"""The tables, sheets, panels and rules of rounds as one page."""

from __future__ import annotations

from docs_guidance import Links, cell, levels, table, tables
from ntrkpath.guidance import Edition
from ntrkpath.rounds.design import shipped_designs
from ntrkpath.rounds.knowledge import knowledge, rule_files
from ntrkpath.rounds.scoring import load_rule
from ntrkpath.rounds.sheet import columns
from ntrkpath.rounds.tables import facts, settings
from ntrkpath.rounds.tables import tables as round_tables


def pages(edition: Edition) -> dict[str, str]:
    """Return the page by file name."""
    page = tables(
        "Sheets, tables and rules of rounds",
        "How results of a ring trial are judged, what the sheets hold, what is known of panels, how points are given.",
        tuple(round_tables().values()),
        Links(edition),
        facts(),
        True,
    )
    return {"rounds.md": page + _facts() + _sheets() + _panels() + _rules()}


def _facts() -> str:
    asked = table(
        ("fact", "question", "levels"),
        ((f"`{f.id}`", cell(f.question), levels(f, f.levels)) for f in facts().values()),
    )
    limits = table(("setting", "value"), ((f"`{k}`", cell(v)) for k, v in settings().items()))
    return f"\n## Facts of rounds\n\n{asked}\n## Settings of rounds\n\n{limits}"


def _sheets() -> str:
    found = "\n## Sheets { #sheets }\n"
    for sheet, title in (("submission", "Sheet of a laboratory"), ("laboratories", "laboratories.csv")):
        rows = (
            (
                f"`{c.name}`", "yes" if c.required else "", cell(c.says),
                "; ".join(f"`{value}`: {', '.join(words)}" for value, words in c.words.items()) or c.kind,
            )
            for c in columns(sheet).values()
        )  # fmt: skip
        found += f"\n### {title}\n\n" + table(("column", "required", "what", "takes"), rows)
    return found


def _panels() -> str:
    designs = shipped_designs()
    rows = []
    for one in designs.all:
        cells = [f"{gene} {c.cover}" for gene, c in one.genes.items()]
        cells += [f"{name} {pair.stands}" for name, pair in one.pairs.items()]
        keys = [found.source for found in one.genes.values()]
        keys += [found.source for found in one.partners.values()]
        keys += [pair.source for pair in one.pairs.values()]
        sources = sorted({designs.source(key) for key in keys})
        rows.append((cell(one.name), one.method, cell("; ".join(cells) or "no design read"), cell("; ".join(sources))))
    return "\n## Panels\n\n" + table(("panel", "method", "read", "where"), rows)


def _rules() -> str:
    rows = []
    for name in rule_files():
        rule = load_rule(name)
        rows.append((f"`{name}`", cell(rule.title), cell(rule.scheme), cell(rule.source)))
    words = knowledge("wording")
    causes = table(
        ("cause", "says", "what to do"), ((f"`{c['id']}`", c["says"], cell(c["do"])) for c in words["causes"])
    )
    outcomes = table(
        ("outcome", "says", "counts"), ((f"`{o['id']}`", o["says"], o["counts"]) for o in words["outcomes"])
    )
    rules = table(("rule", "what", "scheme", "source"), rows)
    return f"\n## Scoring rules\n\n{rules}\n## Outcomes\n\n{outcomes}\n## Causes\n\n{causes}"
