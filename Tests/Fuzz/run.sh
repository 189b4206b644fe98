#!/usr/bin/env bash
# Fuzzes readers one after the other, keeps what was found, and notes how many inputs were tried.
# Usage: run.sh <fuzz binary> <repository root> <seconds a reader> [readers]
#
# Corpora grow in .cache/fuzz/<reader>/ from run to run. An input that ends a reader, takes more than
# 1 GB or more than ten seconds is kept in Tests/Fixtures/fuzz/<reader>/, where `make test` replays
# it. Tests/Fixtures/fuzz/inputs.tsv gets a line a reader.
set -euo pipefail
# Swift's own crash report would come before libFuzzer keeps the input.
export SWIFT_BACKTRACE=enable=no
binary=$1
root=$2
seconds=$3
readers=${4:-$("$binary" readers)}
record="$root/Tests/Fixtures/fuzz/inputs.tsv"
[ -f "$record" ] || printf 'date\treader\tseconds [s]\tinputs\tedges\tcorpus\tfaults\n' >"$record"
total=0
for reader in $readers; do
  corpus="$root/.cache/fuzz/$reader"
  seeds=$(mktemp -d)
  trap 'rm -rf "$seeds"' EXIT
  mkdir -p "$corpus"
  "$binary" seeds "$reader" "$seeds"
  log=$(mktemp)
  status=0
  mkdir -p "$root/Tests/Fixtures/fuzz/$reader"
  before=$(find "$root/Tests/Fixtures/fuzz/$reader" -type f | wc -l)
  "$binary" "$reader" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
    -print_final_stats=1 -artifact_prefix="$root/Tests/Fixtures/fuzz/$reader/" \
    "$corpus" "$seeds" >"$log" 2>&1 || status=$?
  inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  # Where it ended early, the number of the last line it wrote.
  [ -n "$inputs" ] || inputs=$(sed -n 's/^#\([0-9]*\)[^0-9].*/\1/p' "$log" | tail -n 1)
  edges=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2 || true)
  faults=$(($(find "$root/Tests/Fixtures/fuzz/$reader" -type f | wc -l) - before))
  rmdir "$root/Tests/Fixtures/fuzz/$reader" 2>/dev/null || true
  kept=$(find "$corpus" -type f | wc -l)
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%F)" "$reader" "$seconds" "${inputs:-0}" \
    "${edges:-0}" "$kept" "$faults" >>"$record"
  echo "$reader: ${inputs:-0} inputs, ${edges:-0} edges reached, $kept in the corpus, $faults faults"
  if [ "$status" != 0 ]; then
    tail -n 40 "$log"
    total=$((total + 1))
  fi
  rm -rf "$seeds" "$log"
done
if [ "$total" != 0 ]; then
  echo "faults in $total readers; their inputs are in Tests/Fixtures/fuzz/" >&2
  exit 1
fi
