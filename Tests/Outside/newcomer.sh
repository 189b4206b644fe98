#!/usr/bin/env bash
# A newcomer's hour, as README.md tells it: clone, its two commands, open the page, install the
# command, three verbs on files of one's own. The commands are taken from README.md itself, so that
# what is written there is what is tried.
# Usage: newcomer.sh [repository to clone] [options of the first command, as SCALE=smoke]
#
# Without options the study runs at its default scale, which its page states the time of. What needs
# Chromium is passed over, and said, where there is none.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
repository=${1:-$here}
shift || true
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The n-th block of shell commands below a heading of README.md, without comments.
block() {
  awk -v heading="## $1" -v wanted="$2" '
    /^## / { inside = ($0 == heading); next }
    inside && /^```sh$/ { count++; taking = (count == wanted); next }
    /^```$/ { taking = 0; next }
    taking { sub(/ +#.*$/, ""); if ($0 != "") print }' README.md
}

step() { echo; echo "== $*"; }

step "clone"
git clone -q "$repository" "$work/lightbox"
cd "$work/lightbox"

mapfile -t commands < <(block "Two commands" 1)
[ "${#commands[@]}" = 2 ] || { echo "README.md: found ${#commands[@]} commands, expected two" >&2; exit 1; }
study=$(sed -n 's/^make \([a-z0-9-]*\)$/\1/p' <<<"${commands[0]}")
[ -n "$study" ] || { echo "README.md: ${commands[0]} makes no study" >&2; exit 1; }
step "${commands[0]} $*"
# The options, where there are any, make a folder of their own.
before=$(mktemp -p "$work")
bash -euc "${commands[0]} $*"
page=$(find Figures -name README.md -newer "$before" -path "Figures/$study*" | head -n 1)
[ -n "$page" ] || { echo "no page was written in Figures/$study" >&2; exit 1; }
step "${commands[1]}"
bash -euc "${commands[1]}"

step "open $page"
missing=0
while read -r target; do
  case "$target" in http* | \#*) continue ;; esac
  if [ ! -e "$(dirname "$page")/${target%%#*}" ]; then
    echo "$page: nothing at $target" >&2
    missing=$((missing + 1))
  fi
done < <(awk '/^ *```/ { code = !code; next } !code' "$page" | sed 's/`[^`]*`//g' \
  | grep -o '](\([^)]*\))' | sed 's/^](//; s/)$//' | sort -u)
[ "$missing" = 0 ] || exit 1
grep -c '^!\[' "$page" | sed 's/$/ figures, every link of the page leads somewhere/'
make book
if command -v chromium >/dev/null 2>&1 && command -v python3 >/dev/null 2>&1; then
  python3 -B Tests/Outside/book_browser.py --pages index.html
else
  echo "no Chromium or no python3: the site is not opened in a browser"
fi

step "three verbs on files of one's own"
mkdir "$work/own" "$work/place"
cd "$work/own"
awk 'BEGIN { print "disease,model"
  for (i = 0; i < 200; i++) printf "%d,%.3f\n", i % 2, (i * 0.618) % 1 + 0.3 * (i % 2) }' >scores.csv
awk 'BEGIN { print "days,died,arm"
  for (i = 1; i <= 120; i++) printf "%d,%d,%s\n", (i * 37) % 400 + 1, (i % 3 > 0), i % 2 ? "A" : "B" }' \
  >follow-up.csv
awk 'BEGIN { print "patient,ours,theirs"
  for (i = 1; i <= 40; i++) { v = 5 + (i * 0.618) % 1 * 8
    printf "P%d,%.2f,%.2f\n", i, v, v + (i * 0.414) % 1 - 0.4 } }' >volumes.csv
cp "$work/lightbox/README.md" .
mapfile -t commands < <(block "The command" 1)
[ "${#commands[@]}" = 4 ] || { echo "README.md: found ${#commands[@]} commands, expected four" >&2; exit 1; }
install=${commands[0]//\$HOME\/.local/$work/place}
(cd "$work/lightbox" && bash -euc "$install")
for command in "${commands[@]:1}"; do
  step "$command"
  PATH="$work/place/bin:$PATH" bash -euc "$command"
done
echo
echo "everything that README.md tells a newcomer works"
