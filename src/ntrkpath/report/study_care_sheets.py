"""What became of those who took a TRK inhibitor, as sheets: response and survival, adverse events, children."""

from __future__ import annotations

from ntrkpath.evidence.proportions import Interval
from ntrkpath.model import numbers
from ntrkpath.registry.study.children import PerYear
from ntrkpath.registry.study.product_limit import Curve
from ntrkpath.registry.study.results import Results
from ntrkpath.registry.study.safety import GRADES, OfTerm
from ntrkpath.report.sheet import Row, Sheet
from ntrkpath.report.study_cells import days, of, record


def treatment_sheet(found: Results) -> Sheet:
    """Return response, duration and survival under TRK inhibitors, of all and by the gene of the fusion."""
    one = found.treated
    drugs = ", ".join(f"{drug} {count}" for drug, count in one.by_drug.items())
    taken = f"{one.treated} ({drugs})" if drugs else f"{one.treated}"
    lines: list[tuple[str, str, Interval | None]] = [("Treated", taken, None)]
    lines += [(f"Best response {name}", str(count), None) for name, count in one.best.items()]
    lines += [("Not evaluable", str(one.not_evaluable), None), ("Not assessed", str(one.not_assessed), None)]
    lines += [("Response (CR or PR), not evaluable as none", of(one.responded), one.responded.interval),
              ("Response of those evaluable", of(one.of_evaluable), one.of_evaluable.interval)]  # fmt: skip
    rows = [Row(cells=(label, text), record=record(sheet="treatment", item=label, shown=text, share=interval))
            for label, text, interval in lines]  # fmt: skip
    rows += [_median("Duration of response, median", one.duration),
             _median("Free of progression, median", one.free_of_progression),
             _median("Survival, median", one.survival)]  # fmt: skip
    for gene in one.by_gene:
        label = f"{gene.gene}: treated, response"
        rows.append(Row(cells=(label, f"{gene.treated}; {of(gene.responded)}"),
                        record=record(sheet="treatment", item=label, gene=gene.gene, shown=str(gene.treated),
                                      share=gene.responded.interval)))  # fmt: skip
        rows += [_median(f"{gene.gene}: free of progression, median", gene.free_of_progression, gene.gene),
                 _median(f"{gene.gene}: survival, median", gene.survival, gene.gene)]  # fmt: skip
    return Sheet(
        title="Under a TRK inhibitor", heads=("", "Tumours with a fusion"), rows=tuple(rows), ident="treatment",
        notes=(f"Time zero is {one.time_zero}; whoever was enrolled after it counts only from enrolment on. Survival "
               "is not compared by response: one must live to respond."
               + (" Genes stand side by side and are not tested apart." if one.by_gene else "")
               + (f" Without dates to the day, in no curve: {one.undated}." if one.undated else ""),),
    )  # fmt: skip


def _median(label: str, curve: Curve, gene: str | None = None) -> Row:
    ends = f"{days(curve.median_low)} to {days(curve.median_high)}"
    text = f"{days(curve.median)}" + (f" ({ends})" if curve.median_low is not None else "")
    return Row(cells=(label, f"{text}; {curve.events} events in {curve.followed}, {curve.late} entered late"),
               record=record(sheet="treatment", item=label, gene=gene, median_days=curve.median, events=curve.events,
                             followed=curve.followed, late=curve.late))  # fmt: skip


def safety_sheet(found: Results) -> Sheet:
    """Return adverse events under TRK inhibitors by the worst grade of each person."""
    one = found.safety
    versions = ", ".join(f"{version} {count}" for version, count in one.versions.items())
    return Sheet(
        title="Adverse events under a TRK inhibitor", ident="safety",
        heads=("CTCAE term", ">Subjects", "Worst grade " + "/".join(GRADES), "Grade 3 or more, of those reported",
               ">Related", ">Serious", ">Stopped"),
        rows=tuple(map(_event, one.terms)) or ((_NONE_REPORTED,) if one.treated else ()),
        notes=(f"{one.treated} took a TRK inhibitor; of {one.reported} an event is reported, of the others nothing is "
               "known. A person counts once for a term, at the worst grade; related: possibly, probably or definitely; "
               "stopped: the drug, for it. "
               f"Before the drug or held against another, in no line: {one.elsewhere}.",
               *([f"Events by version of CTCAE: {versions}."] if versions else [])),
    )  # fmt: skip


#: The one line where somebody was treated and nothing is reported: silence, shown as such.
_NONE_REPORTED = Row(cells=("None reported", "0", *(numbers.NONE,) * 5), kind="pooled",
                     record=record(sheet="safety", term="any", subjects=0))  # fmt: skip


def _event(one: OfTerm) -> Row:
    bare = f", not graded {one.not_graded}" if one.not_graded else ""
    return Row(
        cells=(one.term or "Any", str(one.subjects), "/".join(str(one.grades[grade]) for grade in GRADES) + bare,
               of(one.severe), str(one.related), str(one.serious), str(one.stopped)),
        kind="study" if one.term else "pooled",
        record=record(sheet="safety", term=one.term or "any", subjects=one.subjects,
                      **{f"grade_{grade}": one.grades[grade] for grade in GRADES}, not_graded=one.not_graded,
                      severe=one.severe.interval, related=one.related, serious=one.serious, stopped=one.stopped),
    )  # fmt: skip


def children_sheet(found: Results) -> Sheet:
    """Return growth, weight, gait, fractures and development of children under TRK inhibitors."""
    one = found.children
    rows = [Row(cells=(finding.says, of(finding.found)),
                record=record(sheet="children", item=finding.says, count=finding.found.count, of=finding.found.of,
                              share=finding.found.interval))
            for finding in one.findings]  # fmt: skip
    rows += [_per_year("Height gained a year, cm", one.height), _per_year("Weight gained a year, kg", one.weight)]
    return Sheet(
        title="Children under a TRK inhibitor", heads=("", "Children"),
        rows=tuple(rows) if one.treated or one.not_known else (),
        ident="children",
        notes=(f"{one.treated} children took a TRK inhibitor; {one.seen} were seen since, growth has ended in "
               f"{one.grown}. A finding is of those who were examined for it, at any visit."
               + (f" Visits without a date, in none of these: {one.undated}." if one.undated else "")
               + (f" Treated, age or first day not known, in none of these: {one.not_known}." if one.not_known else ""),
               ),
    )  # fmt: skip


def _per_year(label: str, found: PerYear) -> Row:
    if found.median is None or found.least is None or found.most is None:
        shown = numbers.NONE
    else:
        shown = f"{found.median:.1f} ({found.least:.1f} to {found.most:.1f}), {found.children} children"
    return Row(cells=(label, shown), record=record(sheet="children", item=label, median=found.median,
                                                   least=found.least, most=found.most, of=found.children))  # fmt: skip
