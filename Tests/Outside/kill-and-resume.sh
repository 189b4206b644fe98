#!/usr/bin/env bash
# Kills a study once with SIGKILL in the middle of its smoke run, runs it again, and compares the
# outputs with those of the run that was not disturbed (Figures/<study>@scale=smoke/).
# Usage: kill-and-resume.sh <study binary> <repository root>
set -euo pipefail
binary=$1
root=$2
study=$(basename "$binary")
calm="$root/Figures/$study@scale=smoke"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A root of its own: the same sources, an empty cache, nothing of the calm run.
cp -a "$root/Package.swift" "$root/Sources" "$root/Studies" "$work/"
"$binary" --scale smoke --root "$work" >"$work/first.log" 2>&1 &
process=$!
sleep "${KILL_AFTER:-5}"
if kill -KILL "$process" 2>/dev/null; then echo "killed after ${KILL_AFTER:-5} s"; else
  echo "the run ended before it could be killed; try KILL_AFTER=2" >&2
  exit 1
fi
wait "$process" 2>/dev/null || true
"$binary" --scale smoke --root "$work" >"$work/second.log" 2>&1 ||
  { cat "$work/second.log"; echo "the resumed run failed"; exit 1; }
if diff -r -q --exclude=run.json "$calm" "$work/Figures/$study@scale=smoke"; then
  echo "$study: a killed and resumed run ends in the bytes of an undisturbed one"
else
  echo "$study: outputs differ after a kill" >&2
  exit 1
fi
