"""Vocabularies and evidence of the edition as pages: histologies, resistance mutations, fusion partners, references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docs_guidance import _GENERATED, cell, table
from ntrkpath.guidance import Edition

EFFECTS = ("resistant", "reduced", "expected_active", "cannot_tell")


def histologies_page(edition: Edition) -> str:
    """Return every histology by group, with its canonical alterations, codes, other names and source."""
    entries = list(edition.vocabulary)
    says = edition.facts["histology_group"].says
    parts = [
        _GENERATED,
        f"# Histologies\n\n{len(entries)} entities, each placed in a group of the guidance. `ntrkpath histology "
        f"TEXT` shows how a diagnosis is read. "
        "A pathognomonic alteration counts as *expected* until the case states a result; a frequent one is "
        "never assumed.\n",
    ]
    for group in edition.facts["histology_group"].levels:
        found = [e for e in entries if e.group == group]
        if not found:
            continue
        title = says.get(group, group.replace("_", " "))
        parts.append(f"\n## {title[:1].upper()}{title[1:]} {{ #{group} }}\n")
        rows = []
        for e in found:
            kinds = (
                [e.differentiation] * (e.differentiation != "none")
                + ["CNS"] * e.cns
                + ["neuroendocrine"] * e.neuroendocrine
            )
            name = (
                f"**{cell(e.name)}**<br>`{e.id}` "
                + cell(" ".join(e.icdo3))
                + (f"<br>{', '.join(kinds)}" if kinds else "")
            )
            markers = "<br>".join(f"{cell(m.id)} ({m.certainty})" for m in e.markers) or "none listed"
            source = cell(e.source) + (f"<br>*{cell(e.note)}*" if e.note else "")
            rows.append((name, markers, cell("; ".join(e.synonyms)), source))
        parts.append(table(("entity, codes", "canonical alterations", "also called", "source, note"), rows))
    return "\n".join(parts)


def _refs(ids: Iterable[str], known: set[str]) -> str:
    return ", ".join(f"[{i}](references.md#{i})" if i in known else i for i in ids)


def resistance_page(edition: Edition, known: set[str]) -> str:
    """Return every resistance mutation with its class and its effect on each drug."""
    data = edition.data["resistance"]
    drugs = list(data["mutations"][0]["effect"])

    def effects(found: dict[str, str]) -> str:
        by_effect = {e: [d for d in drugs if found.get(d, "cannot_tell") == e] for e in EFFECTS}
        return "<br>".join(f"**{e.replace('_', ' ')}**: {', '.join(names)}" for e, names in by_effect.items() if names)

    rows = [
        (
            f"**{m['gene']} {m['protein']}**<br>{m['class'].replace('_', ' ')}",
            effects(m["effect"]),
            f"{cell(m.get('residue_numbering', ''))}<br>" + (f"*{cell(m['note'])}*" if m.get("note") else ""),
            _refs(m["source"], known),
        )
        for m in data["mutations"]
    ]
    residues = [
        (gene, number, data["wild_type"][gene][number], kind.replace("_", " "))
        for gene, by_number in data["residues"].items()
        for number, kind in by_number.items()
    ]
    return "\n".join([
        _GENERATED,
        "# Resistance to TRK inhibitors\n\nEffects as the sources give them; *cannot tell* stands wherever the "
        "source is silent. "
        "A change that is not listed but falls on a listed residue has that residue's class, and no known effect.\n",
        table(("class", "meaning"), ((k.replace("_", " "), cell(v)) for k, v in data["classes"].items())),
        "\n## Kinase-domain mutations\n",
        table(("mutation, class", "effect", "numbering, note", "source"), rows),
        "\n## Residues\n",
        table(("gene", "residue", "wild type", "class"), residues),
        "\n## Off target\n",
        table(("gene", "alteration", "what it does", "source"), (
            (o["gene"], o["alteration"], cell(o["text"]), _refs(o["source"], known)) for o in data["off_target"]
        )),
    ])  # fmt: skip


def partners_page(edition: Edition, known: set[str]) -> str:
    """Return every fusion partner reported in sarcoma."""
    data = edition.data["partners"]

    def exons(p: dict[str, Any]) -> str:
        return (
            f"{p.get('exon_five_prime', '')} / {p.get('exon_three_prime', '')}"
            if "exon_five_prime" in p or "exon_three_prime" in p
            else ""
        )

    def rows(entries: list[dict[str, Any]]) -> list[tuple[str, ...]]:
        return [
            (
                f"{p['five_prime']}::{p['three_prime']}",
                exons(p),
                cell(p["context"]),
                _refs(p["source"], known),
                cell(p.get("note", "")),
            )
            for p in entries
        ]

    head = ("fusion", "exons as printed (5' / 3')", "seen in", "source", "note")
    return "\n".join([
        _GENERATED,
        "# Fusion partners in sarcoma\n\nA pair that is absent here is not thereby unlikely, and a partner's "
        "name says nothing about frame or kinase domain. "
        "`L001` and the like are published patients of `examples/cases`.\n",
        table(head, rows(data["partners"])),
        "\n## Reported with NTRK first\n\nAs written the kinase would lie on the other side of the break: "
        "uncertain until clarified.\n",
        table(head, rows(data["reversed"])),
    ])  # fmt: skip


def references_page(edition: Edition) -> str:
    """Return every reference that the edition's data cites."""
    parts = [
        _GENERATED,
        "# References\n\nEverything the edition's data cites. Details stand only where they were read in a source.\n",
    ]
    for ref in edition.data["references"]["references"]:
        where = [ref[k] for k in ("title", "journal", "note") if ref.get(k)]
        where += [f"[doi:{ref['doi']}](https://doi.org/{ref['doi']})"] if ref.get("doi") else []
        where += [f"PMID {ref['pmid']}"] if ref.get("pmid") else []
        where += [str(ref["pmc"])] if ref.get("pmc") else []
        where += [f"<{ref['url']}>"] if ref.get("url") else []
        number = f" (number {ref['guidance_number']} in the guidance)" if ref.get("guidance_number") else ""
        parts.append(
            f'<a id="{ref["id"]}"></a>\n**{ref["short"]}** `{ref["id"]}`{number}  '
            f"\n{'. '.join(where) or 'As printed in the tables of the guidance.'}\n"
        )
    return "\n".join(parts)


def pages(edition: Edition) -> dict[str, str]:
    """Return the pages of vocabularies and evidence by file name."""
    known = {ref["id"] for ref in edition.data["references"]["references"]}
    return {
        "histologies.md": histologies_page(edition),
        "resistance.md": resistance_page(edition, known),
        "partners.md": partners_page(edition, known),
        "references.md": references_page(edition),
    }
