#!/usr/bin/env bash
# Draws figures and page of a study's smoke run again where there is no cache, which must change
# nothing: whoever clones the repository has tables and cases, and no stages.
# Usage: redraw-alone.sh <study binary> <repository root>
set -euo pipefail
binary=$1
root=$2
study=$(basename "$binary")
drawn="$root/Figures/$study@scale=smoke"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A root of its own: the same sources, the results, an empty cache.
mkdir "$work/Figures"
cp -a "$root/Package.swift" "$root/Sources" "$root/Studies" "$work/"
cp -a "$drawn" "$work/Figures/"
"$binary" --scale smoke --redraw --root "$work" >"$work/redraw.log" 2>&1 ||
  { cat "$work/redraw.log"; echo "$study: figures cannot be drawn from the tables alone" >&2; exit 1; }
if diff -r -q --exclude=run.json "$drawn" "$work/Figures/$study@scale=smoke"; then
  echo "$study: drawn again from its tables alone, the same bytes"
else
  echo "$study: drawing again changed an output" >&2
  exit 1
fi
