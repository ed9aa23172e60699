#!/usr/bin/env bash
# The package as a user gets it: packed, installed into an empty folder, and
# the README's commands run there, in order. Those are the lines of its ```sh
# blocks that begin with `weft` or `npx weft`; one that pipes into a program
# that is not here is skipped.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work" || exit 1
tarball=$(cd "$root" && npm pack --silent --ignore-scripts --pack-destination "$work" | tail -n 1)
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund --prefer-offline "./$tarball" || { echo '0 passed, 1 failed, 0 skipped'; exit 1; }
# The files that commands of the README name.
cp -r node_modules/weft-dataplane/{examples,pcaps} .
PATH="$work/node_modules/.bin:$PATH"

# What must work whatever the README shows.
commands=('weft --version' 'weft --help' 'weft doctor' 'weft demo' 'weft check -c examples/demo.yaml')
if [[ -f $root/README.md ]]; then
  mapfile -t -O "${#commands[@]}" commands < <(awk '/^```/ { shell = !shell && /^```sh/ } shell && /^ *(npx )?weft /' "$root/README.md")
fi

passed=0 failed=0 skipped=0
for command in "${commands[@]}"; do
  absent=
  while read -r program; do
    [[ $program ]] && ! command -v "$program" >/dev/null && absent=$program
  done < <(grep -oE '\| *[a-z][a-z0-9_-]*' <<<"$command" | tr -d '| ')
  if [[ $absent ]]; then
    echo "SKIP $command: no $absent here"
    skipped=$((skipped + 1))
  elif bash -o pipefail -c "$command" >out 2>&1; then
    echo "ok   $command"
    passed=$((passed + 1))
  else
    echo "FAIL $command: exit code $?"
    cat out
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
