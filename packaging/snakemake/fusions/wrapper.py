"""Snakemake wrapper of `ntrkpath fusions`: every output that the rule names, from the same files."""

__author__ = "The ntrkpath authors"
__license__ = "Apache-2.0"

from subprocess import CalledProcessError

from snakemake.shell import shell

log = snakemake.log_fmt_shell(stdout=True, stderr=True, append=True)
extra = snakemake.params.get("extra", "")
sample = snakemake.wildcards.get("sample", "")
named = f"--sample {sample}" if sample else ""
failed = 0
for form in ("json", "tsv", "multiqc"):
    out = snakemake.output.get(form)
    if out:
        try:
            shell("ntrkpath fusions {snakemake.input:q} {named} --format {form} --out {out:q} {extra} {log}")
        except CalledProcessError as error:  # the other outputs are still written
            failed = error
if failed:
    raise failed
