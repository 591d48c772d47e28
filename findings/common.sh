# shellcheck shell=bash
# Sourced by the scripts beside it: a temp folder, pinned packages in it, and what is seen held against what was seen.
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PYTHONPATH=$scripts PYTHONDONTWRITEBYTECODE=1
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

# npm_packages NAME@VERSION…: into the temp folder. Exit 2 where they cannot be had.
npm_packages() {
  npm init --yes > npm.log 2>&1
  if ! npm install --no-audit --no-fund --ignore-scripts --save-exact "$@" >> npm.log 2>&1; then
    tail -3 npm.log >&2
    echo "cannot install $*" >&2
    exit 2
  fi
}

# debian_packages NAME=VERSION…: of Debian 12, unpacked into root/ with the dependencies that the system lacks. Nothing
# is installed. Exit 2 where they cannot be had.
debian_packages() {
  mkdir -p debs/partial root
  if ! apt-get -qq --yes --no-install-recommends --download-only --reinstall -o Dir::Cache::archives="$here/debs" \
    -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 install "$@" > apt.log 2>&1; then
    tail -3 apt.log >&2
    echo "cannot get $*" >&2
    exit 2
  fi
  for deb in debs/*.deb; do dpkg -x "$deb" root; done
  rm -rf debs
  export PATH="$here/root/usr/bin:$PATH" LD_LIBRARY_PATH="$here/root/usr/lib/x86_64-linux-gnu:$here/root/lib/x86_64-linux-gnu"
}

# git_packages NAME=VERSION…: git of Debian 12 and these, with nothing of the user's or the system's configuration.
git_packages() {
  debian_packages git=1:2.39.5-0+deb12u3 "$@"
  local usr=${PATH%%/bin:*}
  export GIT_EXEC_PATH="$usr/lib/git-core" GIT_TEMPLATE_DIR="$usr/share/git-core/templates" GIT_CONFIG_NOSYSTEM=1 HOME="$here"
  git config --global user.name A
  git config --global user.email a@example.org
  git config --global init.defaultBranch main
}

# qemu_packages NAME…: packages of QEMU 7.2, with the modules, data and firmware that they need.
qemu_packages() {
  local version=1:7.2+dfsg-7+deb12u18+b3 names=("$@" qemu-system-common)
  debian_packages "${names[@]/%/=$version}" qemu-system-data=1:7.2+dfsg-7+deb12u18 seabios=1.16.2-1
  export QEMU_MODULE_DIR="$here/root/usr/lib/x86_64-linux-gnu/qemu"
}

# same FILE: standard input holds what was seen when this was written. Exit 1 where FILE says something else.
same() {
  if diff -u --label "as described" --label "now" - "$1" > difference; then
    cat "$1"
    echo "-- as described"
  else
    cat difference
    echo "-- CHANGED" >&2
    exit 1
  fi
}
