"""MAF (mutation annotation format): protein changes by sample, with what the pipeline says of each."""

from __future__ import annotations

from ntrkpath.model.fusion import Standing
from ntrkpath.model.variants import ProteinChange
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._proteins import alters_protein, is_silent, is_unknown, short_protein
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

#: Classes in which no protein changes, so that a row without one says nothing.
_SILENT = frozenset({
    "silent", "intron", "3'utr", "5'utr", "3'flank", "5'flank", "igr", "rna", "lincrna", "synonymous_variant",
    "splice_region", "splice_site", "targeted_region", "translation_start_site", "de_novo_start_outofframe",
    "de_novo_start_inframe",
})  # fmt: skip
#: What a status says of the row; any other one is a doubt.
_STATUS: dict[Standing, frozenset[str]] = {
    "accepted": frozenset({"somatic", "somatic_vetted"}),
    "not_stated": frozenset({"", ".", "na", "n/a", "unknown"}),
    "rejected": frozenset({"loh", "none", "wildtype", "wild type", "redacted", "artifact", "artefact"}),
}
_WORST_FIRST: tuple[Standing, ...] = ("rejected", "doubted", "accepted", "not_stated")
_COLUMNS = ("short", "long", "oncotator", "amino_acid")


def _standing(row: Row) -> tuple[Standing, str | None]:
    """Return what FILTER and Mutation_Status say: a filter rejects, a germline status is a doubt."""
    # ``None`` is a status of its own here (the tumour does not carry it), and no missing value.
    status = row["status"].strip()
    by_filter, words = _cells.filtered(row["filter"])
    by_status = next((level for level, names in _STATUS.items() if status.lower() in names), "doubted")
    worst = next(level for level in _WORST_FIRST if level in (by_filter, by_status))
    said = (status if by_status in ("doubted", "rejected") else None, words)
    return worst, "; ".join(word for word in said if word) or None


def _change(row: Row) -> ProteinChange | None:
    gene, kind = _cells.genes(row["gene"])[0], row.value("class")
    if gene is None:
        raise RowError("a row without a gene")
    given = [text for column in _COLUMNS if (text := row.value(column)) is not None]
    change = next((short for text in given if (short := short_protein(text)) is not None), None)
    if change is None:
        row.collector.explain(row.line)
        if given and not is_silent(given[0]) and (alters_protein(kind) or not is_unknown(given[0])):
            raise RowError(f"{gene}: no protein change can be read from {given[0][:60]!r}")
        if not given and (kind or "").lower() not in _SILENT:
            raise RowError(f"{gene}: the row names no protein change")
        return None
    standing, words = _standing(row)
    sample = row.value("sample")
    return ProteinChange(
        _cells.approved(gene),
        change,
        row.source,
        row.value("transcript"),
        kind,
        sample or row.collector.sample,
        standing,
        words,
    )


READER = TableReader(
    "maf",
    {
        "gene": ("hugo_symbol", "gene_symbol", "gene"),
        "class": ("variant_classification", "consequence"),
        "sample": ("tumor_sample_barcode", "sample_id", "sample"),
        "short": ("hgvsp_short",),
        "long": ("hgvsp",),
        "oncotator": ("protein_change",),
        "amino_acid": ("amino_acid_change", "aachange", "aa_change"),
        "transcript": ("transcript_id", "annotation_transcript", "refseq", "feature"),
        "status": ("mutation_status",),
        "filter": ("filter",),
    },
    ("gene",),
    _change,
)


FORMATS = (
    Format(
        reader=READER,
        also=("variant_classification|hgvsp_short|hgvsp|protein_change|amino_acid_change|aachange|aa_change",),
        file="MAF and tables of `gene` and a change: `HGVSp_Short`, `HGVSp`, `Protein_Change` or `Amino_Acid_Change`",
        seen="built",
        level=None,
        tells=("mutations",),
        cannot="no fusions, no copy numbers",
        order="-",
        base="-",
        tolerance="-",
        standing="`FILTER`, `Mutation_Status`",
        specimen=tabbed(
            "Hugo_Symbol|Variant_Classification|Tumor_Sample_Barcode|HGVSp_Short|Transcript_ID|Mutation_Status|FILTER",
            "NTRK3|Missense_Mutation|S1|p.G623R|ENST00000360948|Somatic|PASS",
        ),
    ),
)
