#!/usr/bin/env bash
# What the full proof needs beside Python. Says in one line what is missing and what is skipped for it; --install installs it (Debian).
set -uo pipefail
missing=() skipped=()
need() { missing+=("$1"); skipped+=("$2"); }
command -v chromium >/dev/null || need chromium "pages in a real browser"
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || need postgresql "PostgreSQL"
command -v java >/dev/null || need default-jre-headless "Spark"
Rscript -e 'library(metafor); library(lme4)' >/dev/null 2>&1 || need "r-cran-metafor r-cran-lme4" "comparison with R"
command -v pdftoppm >/dev/null || need poppler-utils "PDF as pictures"
((${#missing[@]})) || exit 0
names="${missing[*]}"
if [[ "${1:-}" != --install ]]; then
  printf -v what '%s, ' "${skipped[@]}"
  echo "skipped here: ${what%, }. For all tests: make test SYSTEM=1 (installs Debian's $names; needs root)"
  exit 0
fi
echo "installing $names"
log=$(mktemp)
# shellcheck disable=SC2086
if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $names; } >"$log" 2>&1; then
  echo "not installed; the tests that need it skip and say so"
  tail -n 3 "$log"
fi
