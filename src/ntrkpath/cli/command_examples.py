"""Two real lines of each command, as its help shows them below its options."""

from __future__ import annotations

import click

#: Command without ``ntrkpath``, and lines that a reader can try; a file of theirs is named as such.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "fusions": (
        "ntrkpath fusions fusions.tsv",
        "ntrkpath fusions *.tsv --format tsv --fail-on productive --out events.tsv",
    ),
    "variants": ("ntrkpath variants tumour.vcf", "ntrkpath variants data_mutations.txt --sample S1 --format json"),
    "histology": ('ntrkpath histology "spindle cell sarcoma NOS"', "ntrkpath histology UPS --format json"),
    "guideline show": (
        "ntrkpath guideline show NEXT-30 MGT-6",
        "ntrkpath guideline show --table next_test --width 120",
    ),
    "guideline figure": (
        "ntrkpath guideline figure",
        "ntrkpath guideline figure --case case.yaml --format svg --out path.svg",
    ),
    "guideline diff": (
        "ntrkpath guideline diff wsn2020 my-edition/",
        "ntrkpath guideline diff one-edition/ other-edition/",
    ),
    "cohort triage": (
        "ntrkpath cohort triage cohort.csv answers.parquet",
        "ntrkpath cohort triage data_clinical_sample.txt out/ --mapping cbioportal --no-missing",
    ),
    "cohort map": (
        "ntrkpath cohort map cohort.xlsx --sheet Cases",
        "ntrkpath cohort map cohort.csv --out mapping.yaml",
    ),
    "cohort summarise": (
        "ntrkpath cohort summarise answers.parquet",
        "ntrkpath cohort summarise answers.parquet --format html --out summary.html",
    ),
    "cohort diff": (
        "ntrkpath cohort diff before.parquet after.parquet",
        "ntrkpath cohort diff before.parquet after.parquet --format json --limit 20",
    ),
    "cohort sql": (
        "ntrkpath cohort sql warehouse/",
        "ntrkpath cohort sql warehouse/ --dialect bigquery --source project.facts",
    ),
    "evidence frequency": (
        "ntrkpath evidence frequency",
        "ntrkpath evidence frequency infantile_fibrosarcoma --format csv",
    ),
    "evidence accuracy": ("ntrkpath evidence accuracy ihc", "ntrkpath evidence accuracy --format html > accuracy.html"),
    "evidence table": ("ntrkpath evidence table 1", "ntrkpath evidence table 4 --format csv"),
    "evidence validation": ("ntrkpath evidence validation", "ntrkpath evidence validation --format json"),
    "strategy list": ("ntrkpath strategy list", "ntrkpath strategy list --format json"),
    "strategy show": (
        "ntrkpath strategy show guidance",
        "ntrkpath strategy show guidance --population msk2017 --assume extent=metastatic",
    ),
    "strategy compare": (
        "ntrkpath strategy compare --population table1 --strategies guidance,rna-all,none",
        "ntrkpath strategy compare --cohort cohort.csv --strategies guidance,none --costs costs.yaml --draws 1000",
    ),
    "strategy published": ("ntrkpath strategy published", "ntrkpath strategy published --format json"),
    "rounds new": ("ntrkpath rounds new round-2027", "ntrkpath rounds new example-round --example"),
    "rounds check": ("ntrkpath rounds check round-2027", "ntrkpath rounds check round-2027/submissions/lab-1.csv"),
    "rounds score": (
        "ntrkpath rounds score round-2027",
        "ntrkpath rounds score round-2027 --before round-2026 --format csv",
    ),
    "rounds report": (
        "ntrkpath rounds report round-2027 --out reports",
        "ntrkpath rounds report round-2027 --laboratory lab-1 --format pdf",
    ),
    "rounds panels": ("ntrkpath rounds panels", 'ntrkpath rounds panels --event "ETV6::NTRK3" --format csv'),
    "rounds rules": ("ntrkpath rounds rules", "ntrkpath rounds rules --format json"),
    "rounds published": ("ntrkpath rounds published", "ntrkpath rounds published --format json"),
    "registry init": (
        "ntrkpath registry init --key site.key",
        "ntrkpath registry init --database postgresql://owner@db/registry --application registry_app",
    ),
    "registry import": (
        "ntrkpath registry import --published",
        "ntrkpath registry import cases.xlsx --site A --errors not-read.csv",
    ),
    "registry enter": (
        "ntrkpath registry enter S-17 screening step=stained date=2026-05-04 --site A",
        "ntrkpath registry enter S-17 no_more_data asked_by=subject --site A",
    ),
    "registry verify": ("ntrkpath registry verify", "ntrkpath registry verify --head head.json --key site.pub"),
    "registry rebuild": ("ntrkpath registry rebuild", "ntrkpath registry rebuild --database study/"),
    "registry head": ("ntrkpath registry head --key site.key", "ntrkpath registry head --key site.key --out head.json"),
    "registry backup": (
        "ntrkpath registry backup backup.ntrk",
        "ntrkpath registry backup backup.ntrk --database study/",
    ),
    "registry restore": (
        "ntrkpath registry restore backup.ntrk --head head.json --key site.pub",
        "ntrkpath registry restore backup.ntrk --database restored/ --no-head",
    ),
    "registry erase": (
        "ntrkpath registry erase S-17 --site A --asked-by subject",
        "ntrkpath registry erase S-17 --site A --asked-by parent --author registrar --yes",
    ),
    "registry export": (
        "ntrkpath registry export out/ --as tables --de-identified",
        "ntrkpath registry export subject/ --as subject --site A --subject S-17",
    ),
    "registry counts": ("ntrkpath registry counts", "ntrkpath registry counts --for-pooling A --out counts.json"),
    "registry pool": ("ntrkpath registry pool a.json b.json", "ntrkpath registry pool counts/*.json --format json"),
    "registry worklist": (
        "ntrkpath registry worklist --database study/",
        "ntrkpath registry worklist --list to_send --format csv --out to-send.csv",
    ),
    "registry results": (
        "ntrkpath registry results --database study/",
        "ntrkpath registry results --site north --format html --out results.html",
    ),
    "registry plan": (
        "ntrkpath registry plan --frequency 0.007 --width 0.01 --evaluable 0.9",
        "ntrkpath registry plan --sensitivity 0.85 --at-least 0.6 --stratum imt:200:0.1 --stratum rest:1800:0.003",
    ),
    "registry protocol": (
        "ntrkpath registry protocol sts_ihc_mps > our-study.yaml",
        "ntrkpath registry protocol our-study.yaml",
    ),
    "registry central-review": (
        "ntrkpath registry central-review --out review.csv",
        "ntrkpath registry central-review --database study/ --site north",
    ),
    "registry answer": (
        "ntrkpath registry answer --database study/",
        "ntrkpath registry answer --site north --author board",
    ),
    "registry changed": (
        "ntrkpath registry changed --edition my-edition/",
        "ntrkpath registry changed --before 2024-01-01 --format csv --out changed.csv",
    ),
    "registry own-evidence": (
        "ntrkpath registry own-evidence with-our-counts/",
        "ntrkpath registry own-evidence with-our-counts/ --protocol our-study.yaml",
    ),
    "registry study": (
        "ntrkpath registry study synthetic/",
        "ntrkpath registry study synthetic/ --subjects 200 --no-open",
    ),
    "registry review": (
        "ntrkpath registry review",
        'ntrkpath registry review --accept --at A:41 --reason "typing error in the first import"',
    ),
    "verify": ("ntrkpath verify", "ntrkpath verify --edition my-edition/ --format json"),
    "serve": ("ntrkpath serve --demo", "ntrkpath serve --port 9000 --workers 4"),
}


def with_examples(command: click.Command, path: str) -> click.Command:
    """Put the examples of a command, and of all below it, at the end of its help.

    Args:
        path: Its name without ``ntrkpath``, as ``cohort triage``.
    """
    for name, below in getattr(command, "commands", {}).items():
        with_examples(below, f"{path} {name}")
    if lines := EXAMPLES.get(path):
        shown = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
        if shown not in (command.epilog or ""):
            command.epilog = f"{command.epilog}\n\n{shown}" if command.epilog else shown
    return command
