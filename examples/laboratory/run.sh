#!/usr/bin/env bash
# Judge a folder of callers' files, one sample after the other, as plain shell: run.sh CALLS OUT.
# Run again, it does only what is missing or older than its input. Exit 0: every sample was read; 65: those listed were not.
set -uo pipefail
calls="${1:?folder of files, named SAMPLE.CALLER.txt}" out="${2:?folder to write}"
mkdir -p "$out"
failed=()
for sample in $(basename -a "$calls"/* | cut -d. -f1 | sort -u); do
  files=("$calls/$sample".*)
  done_file="$out/$sample.json"
  newer=$(find "${files[@]}" -newer "$done_file" 2>/dev/null || echo none)
  [[ -e "$done_file" && -z "$newer" ]] && continue
  if ! ntrkpath fusions "${files[@]}" --sample "$sample" --assembly GRCh37 --format json --out "$done_file.part"; then
    failed+=("$sample")
    rm -f "$done_file.part"
    continue
  fi
  mv "$done_file.part" "$done_file"
done
# Everything that could be read, together: a table, a section for MultiQC, a page to read.
for form in tsv:verdicts.tsv multiqc:ntrkpath_mqc.json text:findings.txt; do
  ntrkpath fusions "$calls"/* --assembly GRCh37 --allow-bad --format "${form%%:*}" --out "$out/${form#*:}" 2>"$out/log.txt"
done
((${#failed[@]})) || exit 0
echo "not read: ${failed[*]}" >&2
exit 65
