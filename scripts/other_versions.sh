#!/usr/bin/env bash
# The core and its tests on other versions than constraints.txt pins: `lowest` (scripts/lowest.txt) or `newest` (no pins at all).
set -euo pipefail
cd "$(dirname "$0")/.."
which="${1:?lowest or newest}"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"${PYTHON:-python3}" -m venv "$fresh"
pip=("$fresh/bin/pip" install --quiet --disable-pip-version-check)
case "$which" in
  lowest) "${pip[@]}" -c scripts/lowest.txt . ;;
  newest) "${pip[@]}" --upgrade . ;;
  *) echo "lowest or newest, not $which" >&2; exit 2 ;;
esac
# The test tools are no part of what is tried: whatever they pull in may not move the core's packages.
"$fresh/bin/pip" freeze --exclude ntrkpath > "$fresh/held.txt"
"${pip[@]}" -c "$fresh/held.txt" pytest hypothesis jsonschema
"$fresh/bin/pip" list --disable-pip-version-check 2>/dev/null | grep -iE '^(click|msgspec|pyyaml|rapidfuzz) '
"$fresh/bin/ntrkpath" verify | tail -n 1
"$fresh/bin/python" -m pytest -q -p no:cacheprovider tests/test_bad_cases.py tests/test_cases.py tests/test_pathway.py \
  tests/test_vocabulary.py tests/test_fusion_verdict.py tests/test_report.py tests/test_examples.py
