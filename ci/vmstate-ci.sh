#!/usr/bin/env bash
# vmstate-ci.sh github|gitlab|plain: what a CI job runs: findings of the tree, and what guests of the last release would meet.
# Settings come as VMSTATE_… (action.yml and gitlab.yml say which). Ends with 0 where nothing is found, 1 where something breaks
# migration, 2 where a command could not run.
set -uo pipefail
engine=${1:?usage: vmstate-ci.sh github|gitlab|plain}
read -ra vmstate <<< "${VMSTATE:-npx --yes vmstate}"
tree=${VMSTATE_TREE:-.}
reports=${VMSTATE_REPORTS:-vmstate-reports}
if ! command -v "${vmstate[0]}" > /dev/null; then echo "vmstate-ci.sh: there is no command ${vmstate[0]} (VMSTATE)" >&2; exit 2; fi
mkdir -p "$reports" || exit 2
# a command that cannot run writes none, and those of an earlier job would pass for its own
rm -f "$reports"/check.* "$reports"/diff.*
worst=0
note() { local code=$1; if [ "$code" -gt 2 ]; then code=2; fi; if [ "$code" -gt "$worst" ]; then worst=$code; fi; }

common=()
if [ -n "${VMSTATE_TARGET:-}" ]; then common+=(--target "$VMSTATE_TARGET"); fi

check=(--tree "$tree" "${common[@]}")
if [ -n "${VMSTATE_SINCE:-}" ]; then check+=(--since "$VMSTATE_SINCE"); fi
if [ -n "${VMSTATE_BASELINE:-}" ]; then check+=(--baseline "$VMSTATE_BASELINE"); fi
case $engine in
  github) printed=github kept=sarif suffix=sarif ;;
  gitlab) printed=gcc kept=codequality suffix=codequality.json ;;
  plain) printed=gcc kept=junit suffix=junit.xml ;;
  *) echo "vmstate-ci.sh: no engine $engine" >&2; exit 2 ;;
esac
"${vmstate[@]}" check --format $printed --output "$kept=$reports/check.$suffix" "${check[@]}"
note $?

release=${VMSTATE_RELEASE-latest}
if [ "$release" = latest ]; then
  release=$(git -C "$tree" describe --tags --abbrev=0 --match 'v[0-9]*' --exclude '*-rc*' 2> /dev/null)
  if [ -z "$release" ]; then echo "vmstate: no tag of a release here (fetch tags and history): tables are not compared" >&2; fi
fi
if [ -n "$release" ]; then
  diff=(--tree "$tree" "${common[@]}")
  if [ -n "${VMSTATE_DIFF_BASELINE:-}" ]; then diff+=(--baseline "$VMSTATE_DIFF_BASELINE"); fi
  "${vmstate[@]}" diff "$release" HEAD --output "markdown=$reports/diff.md" --output "$kept=$reports/diff.$suffix" "${diff[@]}"
  note $?
  if [ "$engine" = github ] && [ -f "$reports/diff.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$reports/diff.md" >> "$GITHUB_STEP_SUMMARY"; fi
fi
exit "$worst"
