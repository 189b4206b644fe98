#!/usr/bin/env bash
# Interrupts the installation of packages in the middle and runs the same make command again, with
# dpkg-query and apt-get replaced by stand-ins that keep a list in a temporary folder: nothing is
# installed. The second run must ask for what is missing alone, the third for nothing.
# Usage: interrupted-apt.sh [repository root]
set -euo pipefail
root=${1:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/installed"
cat >"$work/bin/dpkg-query" <<'END'
#!/bin/sh
for name; do :; done
[ -e "$INSTALLED/$name" ] && echo "install ok installed"
END
cat >"$work/bin/apt-get" <<'END'
#!/bin/sh
[ "$1" = install ] || exit 0
shift
for name; do
  case "$name" in -*) continue ;; esac
  echo "$name" >>"$INSTALLED/../asked"
  touch "$INSTALLED/$name"
  # Ctrl-C after the third package, once.
  if [ -e "$INSTALLED/../interrupt" ] && [ "$(wc -l <"$INSTALLED/../asked")" = 3 ]; then
    rm "$INSTALLED/../interrupt"
    kill -INT $$
  fi
done
END
printf '#!/bin/sh\nexec "$@"\n' >"$work/bin/sudo"
chmod +x "$work/bin"/*
export INSTALLED="$work/installed" PATH="$work/bin:$PATH"

try() {
  : >"$work/asked"
  status=0
  make -C "$root" packages >"$work/log" 2>&1 || status=$?
}
fail() {
  cat "$work/log"
  echo "interrupted-apt: $*" >&2
  exit 1
}

touch "$work/interrupt"
try
[ "$status" != 0 ] || fail "the interrupted run ended with 0"
[ "$(wc -l <"$work/asked")" = 3 ] || fail "the first run was not interrupted after three packages"
cp "$work/asked" "$work/first"
try
[ "$status" = 0 ] || fail "the second run ended with $status"
rest=$(wc -l <"$work/asked")
[ "$rest" -gt 0 ] || fail "nothing was left to install: the check tried nothing"
if grep -qxFf "$work/first" "$work/asked"; then fail "a package that was there is asked for again"; fi
try
[ "$status" = 0 ] && [ ! -s "$work/asked" ] || fail "the third run asked for packages"
echo "interrupted after 3 packages; the same command asked for the other $rest, then for none"
