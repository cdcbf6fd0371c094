"""Counts a cohort by what the guidance reads of it, as a population for `ntrkpath strategy`.

    python scripts/case_mix.py COHORT --mapping msk2017 > src/ntrkpath/knowledge/strategy/populations/msk2017.yaml

One sample is counted for each patient: of a metastasis where there is one, else the first by its id.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from pathlib import Path

from ntrkpath import Pathway, load
from ntrkpath.cohort.cases import case_of
from ntrkpath.cohort.sources import open_source

#: Facts that are counted in every group, and in some groups only.
FACTS = ("histology_group", "extent", "canonical_alteration")
ONLY = {"imt": ("alk_ros1",), "complex_genomics": ("differentiation",), "other_sarcoma": ("differentiation",)}
HEAD = {
    "title": "MSK-IMPACT 2017: the patients with sarcoma",
    "source": "Zehir A et al. Nat Med 2017;23:703-713 (PMID 28481359), through cBioPortal (msk_impact_2017), ODbL 1.0; "
    "counts only",
    "note": "One sample a patient, of a metastasis where there is one. A sample of a primary tumour says nothing of "
    "the spread: extent unknown. The tables hold structural variants, no mutations or copy numbers: the drivers of "
    "GIST are unknown. An expected alteration is expected from the histology.",
}
WORDS = {
    "canonical_alteration": "canonical alteration",
    "alk_ros1": "ALK or ROS1 fusion",
    "differentiation": "differentiation",
}
SAMPLE = {"metastatic": "metastasis sample", "unknown": "primary sample"}


def counted(path: str, mapping: str) -> tuple[Counter[tuple[tuple[str, str], ...]], int, int]:
    """Return the patients by their facts, and how many patients and samples there are."""
    edition = load()
    pathway = Pathway(edition, dt.date(2020, 9, 3))
    by_patient: dict[str, list[tuple[bool, str, dict[str, str]]]] = {}
    samples = 0
    for batch in open_source(path, edition, mapping).batches(10_000):
        for row in batch.table.to_pylist():
            levels = pathway.facts(case_of(row)).levels
            patient = "-".join(row["case_id"].split("-")[:2])
            by_patient.setdefault(patient, []).append((levels["extent"] != "metastatic", row["case_id"], levels))
            samples += 1
    mix: Counter[tuple[tuple[str, str], ...]] = Counter()
    for entries in by_patient.values():
        levels = min(entries, key=lambda entry: entry[:2])[2]
        facts = (*FACTS, *ONLY.get(levels["histology_group"], ()))
        mix[tuple((fact, levels[fact]) for fact in facts)] += 1
    return mix, len(by_patient), samples


def main() -> None:
    """Write the population as YAML to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cohort")
    parser.add_argument("--mapping", default="msk2017")
    chosen = parser.parse_args()
    mix, patients, samples = counted(chosen.cohort, chosen.mapping)
    groups = load().facts["histology_group"]
    says = groups.says
    order = list(groups.levels)
    print(f"# Made by scripts/{Path(__file__).name} from {samples} samples of {patients} patients; not edited by hand.")
    for key, text in HEAD.items():
        print(f'{key}: "{text}"')
    print("cells:")
    for facts_found, count in sorted(
        mix.items(), key=lambda item: (order.index(dict(item[0])["histology_group"]), item[0])
    ):
        facts = dict(facts_found)
        name = says.get(facts["histology_group"], facts["histology_group"].replace("_", " "))
        shown = [name, SAMPLE[facts["extent"]], *(f"{WORDS[k]} {v.replace('_', ' ')}" for k, v in facts_found[2:])]
        body = ", ".join(f"{fact}: {level}" for fact, level in facts_found if level != "unknown")
        print(f'- {{name: "{"; ".join(shown)}", count: {count}, facts: {{{body}}}}}')


if __name__ == "__main__":
    main()
