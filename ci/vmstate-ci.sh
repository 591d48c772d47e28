#!/usr/bin/env bash
# vmstate-ci.sh github|gitlab|plain: what a CI job runs: findings of the tree, and what guests of the last release would meet.
# Settings come as VMSTATE_… (action.yml and gitlab.yml say which). Ends with 0 where nothing is found, 1 where something breaks
# migration, 2 where a command could not run.
set -uo pipefail
engine=${1:?usage: vmstate-ci.sh github|gitlab|plain}
read -ra vmstate <<< "${VMSTATE:-npx --yes vmstate}"
tree=${VMSTATE_TREE:-.}
reports=${VMSTATE_REPORTS:-vmstate-reports}
mkdir -p "$reports" || exit 2
worst=0
note() { if [ "$1" -gt "$worst" ]; then worst=$1; fi; }

# report COMMAND FORMAT FILE ARGUMENT…: one answer in a file ("-": printed); the same question in another format is answered at once.
report() {
  local command=$1 format=$2 file=$3
  shift 3
  if [ "$file" = - ]; then "${vmstate[@]}" "$command" --format "$format" "$@"
  else "${vmstate[@]}" "$command" --format "$format" "$@" > "$reports/$file"; fi
}

common=()
if [ -n "${VMSTATE_TARGET:-}" ]; then common+=(--target "$VMSTATE_TARGET"); fi

check=(--tree "$tree" "${common[@]}")
if [ -n "${VMSTATE_SINCE:-}" ]; then check+=(--since "$VMSTATE_SINCE"); fi
if [ -n "${VMSTATE_BASELINE:-}" ]; then check+=(--baseline "$VMSTATE_BASELINE"); fi
case $engine in
  github) report check github - "${check[@]}"; note $?; report check sarif check.sarif "${check[@]}"; note $? ;;
  gitlab) report check gcc - "${check[@]}"; note $?; report check codequality check.codequality.json "${check[@]}"; note $? ;;
  plain) report check gcc - "${check[@]}"; note $?; report check junit check.junit.xml "${check[@]}"; note $? ;;
  *) echo "vmstate-ci.sh: no engine $engine" >&2; exit 2 ;;
esac

release=${VMSTATE_RELEASE-latest}
if [ "$release" = latest ]; then
  release=$(git -C "$tree" describe --tags --abbrev=0 --match 'v[0-9]*' --exclude '*-rc*' 2> /dev/null)
  if [ -z "$release" ]; then echo "vmstate: no tag of a release here (fetch tags and history): tables are not compared" >&2; fi
fi
if [ -n "$release" ]; then
  diff=(--tree "$tree" "${common[@]}")
  if [ -n "${VMSTATE_DIFF_BASELINE:-}" ]; then diff+=(--baseline "$VMSTATE_DIFF_BASELINE"); fi
  report diff text - "$release" HEAD "${diff[@]}"; note $?
  report diff markdown diff.md "$release" HEAD "${diff[@]}"; note $?
  case $engine in
    github)
      report diff sarif diff.sarif "$release" HEAD "${diff[@]}"; note $?
      if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$reports/diff.md" >> "$GITHUB_STEP_SUMMARY"; fi ;;
    gitlab) report diff codequality diff.codequality.json "$release" HEAD "${diff[@]}"; note $? ;;
    plain) report diff junit diff.junit.xml "$release" HEAD "${diff[@]}"; note $? ;;
  esac
fi
exit "$worst"
