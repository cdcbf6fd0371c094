"""The guidance as pages: every table row by row, every statement, fact, action, label and safety property."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from ntrkpath.guidance import Edition
from ntrkpath.guidance.edition import LabelVersion
from ntrkpath.rules import Fact, Row, Table, load_facts, load_tables
from ntrkpath.server.guidance import reading

FIDELITY = {fidelity: words for fidelity, (_, words) in reading.FIDELITY.items()}
_GENERATED = "<!-- Made by scripts/build_docs.py: change the edition or the code, not this page. -->\n\n"


def cell(text: object) -> str:
    """Return text safe inside a cell of a table."""
    return str(text).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    columns = list(head)
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(str(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def share(edition: Edition) -> str:
    """Return in two sentences how many rules repeat the text, follow from it, settle a conflict, or are left open."""
    count = Counter(row.fidelity for _, row in edition.rows.values())
    return (
        f"Of its {count.total()} rules {count['verbatim']} repeat the text; {count['inferred']} follow from it, "
        f"{count['resolved']} settle where figure and text disagree, and {count['ambiguous']} stand where the source "
        "leaves it open. Each says which, and why."
    )


class Links:
    """Links from any generated page to where a thing is described."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.file = {row.id: f for f, tables in edition.files.items() for t in tables for row in t.rows}
        self.table_file = {t.id: f for f, tables in edition.files.items() for t in tables}

    def row(self, ident: str) -> str:
        """Return a link to a rule."""
        return f"[{ident}]({self.file[ident]}.md#{ident})"

    def table(self, ident: str) -> str:
        """Return a link to a table."""
        return f"[{ident}]({self.table_file[ident]}.md#table-{ident})"

    def fact(self, ident: str) -> str:
        """Return a link to a fact."""
        return f"[{ident}](facts.md#{ident})"

    def action(self, ident: str) -> str:
        """Return a link to an action."""
        return f"[{ident}](actions.md#{ident})"

    def statement(self, ident: str) -> str:
        """Return a link to a statement."""
        return f"[{ident}](statements.md#{ident})"


def levels(fact: Fact, chosen: Iterable[str]) -> str:
    """Return levels in the order of the fact, each with its plain words where it has some."""
    wanted = set(chosen)
    shown = [f"`{lv}`" + (f" ({cell(fact.says[lv])})" if lv in fact.says else "") for lv in fact.levels if lv in wanted]
    return " or ".join(shown)


def rule(row: Row, links: Links, facts: dict[str, Fact], local: bool = False) -> str:
    """Return one row: what it says, when it holds, what follows, how faithful it is, and what it rests on."""
    edition = links.edition

    def fact(ident: str) -> str:
        return f"`{ident}`" if local else links.fact(ident)

    when = [f"{fact(f)}: {levels(facts[f], chosen)}" for f, chosen in row.when.items()] or ["always"]
    then = [f"{fact(f)} is {levels(facts[f], [lv])}" for f, lv in row.sets.items()]
    then += [
        f"{strength}: {links.action(a)}: {cell(edition.actions[a])}"
        for a, strength in row.emits.get("actions", {}).items()
    ]
    if "caution" in row.emits:
        then.append(cell(row.emits["caution"]))
    if "reasons" in row.emits:
        then.append("reasons: " + ", ".join(f"`{r}`" for r in row.emits["reasons"]))
    lines = [("when", "<br>".join(when)), ("then", "<br>".join(then) or "no action")]
    lines.append(
        ("fidelity", f"**{row.fidelity}**" + (f": {cell(row.note)}" if row.note else f": {FIDELITY[row.fidelity]}."))
    )
    if row.yields_to:
        lines.append(("yields to", ", ".join(row.yields_to)))
    if row.statements:
        said = [f"{links.statement(s)} {cell(edition.statements[s].text)}" for s in row.statements]
        lines.append(("statements", "<br>".join(said)))
    if row.source:
        lines.append(("source", cell(row.source)))
    says = f"{row.says}\n\n" if row.says else ""
    return f"### {row.id} {{ #{row.id} }}\n\n{says}" + table(("", ""), ((f"**{k}**", v) for k, v in lines)) + "\n"


def tables(
    title: str, about: str, found: Iterable[Table], links: Links, facts: dict[str, Fact], local: bool = False
) -> str:
    """Return a page with every row of some tables."""
    parts = [
        _GENERATED,
        f"# {title}\n\n{about} [How a rule is written](../../explanation/how-a-decision-is-made.md).\n",
    ]
    for t in found:
        hit = "The first row that holds decides." if t.hit == "first" else "Every row that holds contributes."
        read = ", ".join(f"`{f}`" if local else links.fact(f) for f in t.facts)
        sets = ", ".join(f"`{f}`" if local else links.fact(f) for f in t.sets)
        parts.append(f"\n## {t.question} {{ #table-{t.id} }}\n")
        parts.append(
            f"Table `{t.id}`, {len(t.rows)} rules, {t.states(facts):,} states. {hit} Reads {read}."
            + (f" Sets {sets}." if sets else "")
            + "\n"
        )
        parts += [rule(row, links, facts, local) for row in t.rows]
    return "\n".join(parts)


def fusion_page(links: Links) -> str:
    """Return the tables that judge a fusion, with their own facts."""
    data = links.edition.data["fusion"]
    facts = load_facts(data["facts"], "fusion.yaml")
    found = load_tables(data["tables"], facts, "fusion.yaml")
    page = tables(
        "Fusion verdict",
        "From what is known of a junction to whether it makes a target of a TRK inhibitor.",
        found,
        links,
        facts,
        True,
    )
    defaults = table(("setting", "default"), ((f"`{k}`", v) for k, v in data["settings"].items()))
    asked = table(
        ("fact", "question", "levels"),
        ((f"`{f.id}`", cell(f.question), levels(f, f.levels)) for f in facts.values()),
    )
    return page + f"\n## Settings\n\n{defaults}\n## Facts of the verdict {{ #facts-of-the-verdict }}\n\n{asked}"


def statements_page(edition: Edition, links: Links) -> str:
    """Return every statement with the rules that cite it."""
    citing: dict[str, list[str]] = defaultdict(list)
    for _, row in edition.rows.values():
        for cited in row.statements:
            citing[cited].append(row.id)
    parts = [
        _GENERATED,
        f"# Statements\n\nThe {len(edition.statements)} statements of the guidance, in our own words; below each, "
        f"in quotation marks, the words of the publication that carry it. Rules cite them by id.\n",
    ]
    section = ""
    for ident, s in edition.statements.items():
        if s.section != section:
            section = s.section
            parts.append(f"\n## {section}\n")
        by = ", ".join(links.row(r) for r in citing[ident])
        parts.append(
            f"### {ident} {{ #{ident} }}\n\n{s.text}\n\n"
            + (f"> {cell(s.quotation)}\n\n" if s.quotation else "")
            + f"*{s.kind}*"
            + (f"; cited by {by}" if by else "; not cited by a rule: shown on request")
            + "\n"
        )
    return "\n".join(parts)


def derivation(fact: Fact) -> str:
    """Return how a case yields a fact, as the edition states it."""
    shown = []
    for key, value in (fact.derive or {}).items():
        if isinstance(value, list):
            value = ", ".join(" < ".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
        shown.append(f"{key.replace('_', ' ')}: {cell(value)}")
    return "; ".join(shown)


def facts_page(edition: Edition, links: Links) -> str:
    """Return every fact with its question, levels, derivation, source, and the tables that set and read it."""
    parts = [
        _GENERATED,
        f"# Facts\n\nThe {len(edition.facts)} facts that rules may read: a closed vocabulary. Every threshold "
        f"and every list of genes stands here.\n",
    ]
    kinds = {
        "case": "From the case",
        "readout": "From a test, a fusion or a label",
        "setting": "Settings",
        "table": "Set by a table",
    }
    for kind, title in kinds.items():
        parts.append(f"\n## {title}\n")
        for fact in (f for f in edition.facts.values() if f.kind == kind):
            setters = [t.id for t in edition.tables.values() if fact.id in t.sets]
            readers = [t.id for t in edition.tables.values() if fact.id in t.facts]
            lines = [
                (
                    "levels",
                    "<br>".join(
                        f"`{lv}`" + (f": {cell(fact.says[lv])}" if lv in fact.says else "") for lv in fact.levels
                    ),
                )
            ]
            if fact.derive:
                lines.append(("derived", derivation(fact)))
            if setters:
                lines.append(("set by", ", ".join(map(links.table, setters))))
            lines.append(("read by", ", ".join(map(links.table, readers)) or "labels"))
            if fact.source:
                lines.append(("source", cell(fact.source)))
            parts.append(
                f"### {fact.id} {{ #{fact.id} }}\n\n{fact.question}\n\n"
                + table(("", ""), ((f"**{k}**", v) for k, v in lines))
            )
    return "\n".join(parts)


def actions_page(edition: Edition, links: Links) -> str:
    """Return every action with the rules that give it."""
    strengths = ", ".join(f"`{s}`" for s in edition.strengths)
    parts = [
        _GENERATED,
        f"# Actions\n\nEverything a recommendation can advise, most important first. Strengths: {strengths}.\n",
    ]
    for action, text in edition.actions.items():
        by = [
            f"{links.row(row.id)} ({row.emits['actions'][action]})"
            for _, row in edition.rows.values()
            if action in row.emits.get("actions", {})
        ]
        parts.append(f"## {action} {{ #{action} }}\n\n{text}\n\nGiven by {', '.join(by)}.\n")
    return "\n".join(parts)


def _label(label: LabelVersion, links: Links) -> str:
    until = f"until {label.until} (not included)" if label.until else "in force when last looked at"
    lines = [
        ("drug, agency", f"{label.drug}, {label.agency}"),
        ("in force", f"from {label.from_}, {until}"),
        ("approval", label.approval),
        ("text", cell(label.text)),
        ("requires", ", ".join(links.fact(c) for c in label.requires)),
        ("in the paper", "yes" if label.in_paper else "no"),
        (
            "label read",
            "yes" if label.label_read else "no: only a report of it, so the answer is never better than `cannot_tell`",
        ),
        ("source", cell(label.source)),
    ]
    if label.note:
        lines.append(("note", cell(label.note)))
    return f"### {label.id} {{ #{label.id} }}\n\n" + table(("", ""), ((f"**{k}**", v) for k, v in lines)) + "\n"


def labels_page(edition: Edition, links: Links) -> str:
    """Return every label version by date, what is not approved, and what could not be placed."""
    data: dict[str, Any] = edition.data["labels"]
    ordered = sorted(edition.labels, key=lambda lb: (lb.from_, lb.drug, lb.agency))
    parts = [
        _GENERATED,
        f"# Drug labels by date\n\nEvery version of a label that the edition knows, in our own words; known to "
        f"{edition.labels_known_to}. "
        "What counts is the current label at the agency. `--as-of DATE` chooses the versions in force on a day.\n",
        table(
            ("from", "until", "drug", "agency", "version"),
            ((lb.from_, lb.until or "", lb.drug, lb.agency, f"[{lb.id}](#{lb.id})") for lb in ordered),
        ),
        "\n## Versions\n",
        *(_label(label, links) for label in ordered),
        "\n## Not approved\n",
        table(
            ("drug", "agency", "looked at", "what was found", "source"),
            ((a["drug"], a["agency"], a["as_of"], cell(a["text"]), cell(a["source"])) for a in data["absences"]),
        ),
        "\n## Known, but not used\n\nTheir dates or text could not be established.\n",
        table(
            ("drug", "agency", "text", "why not used", "source"),
            ((a["drug"], a["agency"], cell(a["text"]), cell(a["why"]), cell(a["source"])) for a in data["unplaced"]),
        ),
        "\n## Drugs and their names\n",
        table(
            ("drug", "brand", "generation", "other names", "note"),
            (
                (d.id, d.brand or "", d.generation, cell(", ".join(d.names)), cell(d.note))
                for d in edition.drugs.values()
            ),
        ),
    ]
    return "\n".join(parts)


def safety_page(edition: Edition, links: Links) -> str:
    """Return every safety property that `verify` proves."""
    parts = [
        _GENERATED,
        "# Safety properties\n\nProved by `ntrkpath verify` over every state. [What that "
        "means](../../explanation/safety.md).\n",
    ]
    for p in edition.data["safety"]["properties"]:
        lines = [
            (
                "when",
                "<br>".join(
                    f"{links.fact(f)}: {levels(edition.facts[f], [lv] if isinstance(lv, str) else lv)}"
                    for f, lv in p["when"].items()
                )
                or "in every state",
            )
        ]
        for key in ("never", "always"):
            if key in p:
                lines.append((key, ", ".join("at least one action" if a == "any" else links.action(a) for a in p[key])))
        if p.get("impossible"):
            lines.append(("result", "cannot occur"))
        parts.append(
            f"## {p['id']} {{ #{p['id']} }}\n\n{p['text']}\n\n" + table(("", ""), ((f"**{k}**", v) for k, v in lines))
        )
    never = ", ".join(links.fact(f) for f in edition.data["safety"]["tier_reads_no_test"])
    parts.append(
        f"\n## The tier reads no test\n\nMore evidence of a fusion never lowers the tier: the table that sets "
        f"it reads none of {never}.\n"
    )
    return "\n".join(parts)


def index_page(edition: Edition, links: Links) -> str:
    """Return the overview of the edition."""
    rows = []
    for file, found in edition.files.items():
        rows += [
            (
                links.table(t.id),
                f"[{file}]({file}.md)",
                t.hit,
                len(t.rows),
                f"{t.states(edition.facts):,}",
                cell(t.question),
            )
            for t in found
        ]
    counts = (
        f"{len(edition.tables)} tables, {len(edition.rows)} rules, {len(edition.facts)} facts, "
        f"{len(edition.statements)} statements, {len(edition.labels)} label versions"
    )
    cited: dict[str, int] = defaultdict(int)
    for _, row in edition.rows.values():
        cited[row.fidelity] += 1
    return "\n".join([
        _GENERATED,
        f"# The guidance, row by row\n\n*{edition.title}* ({edition.published}), edition `{edition.id}` "
        f"{edition.version}: {counts}.\n\n{edition.intended_use}\n",
        "## Tables, in the order in which they are read\n",
        table(("table", "file", "hit", "rules", "states", "question"), rows),
        "\n## How faithful the rules are\n",
        table(("fidelity", "meaning", "rules"), ((f"`{f}`", FIDELITY[f], cited[f]) for f in FIDELITY)),
        "\nThe verdict on a single fusion has [tables of its own](fusion.md).",
    ])  # fmt: skip


def pages(edition: Edition) -> dict[str, str]:
    """Return the pages of the guidance by file name."""
    links = Links(edition)
    made = {"index.md": index_page(edition, links)}
    for file, found in edition.files.items():
        title, about = reading.FILES.get(file, (file.title(), ""))
        made[f"{file}.md"] = tables(title, about, found, links, edition.facts)
    made["fusion.md"] = fusion_page(links)
    made["statements.md"] = statements_page(edition, links)
    made["facts.md"] = facts_page(edition, links)
    made["actions.md"] = actions_page(edition, links)
    made["labels.md"] = labels_page(edition, links)
    made["safety.md"] = safety_page(edition, links)
    return made
