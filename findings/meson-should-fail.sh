#!/usr/bin/env bash
# Packages:  meson 1.0.1, ninja 1.11.1 (Debian 12); the compiler is the system's
# Guess:     should_fail: true is for a test that ends with an error as it should; one that crashes, or whose command is not
#            there, is a failure as ever.
# Behaviour: both are an expected failure, and the run is 0: an assertion or a wild pointer in the test, a shell that says
#            127. Only a time-out and exit 99 fail, and exit 77 skips.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages meson=1.0.1-5 ninja-build=1.11.1-2~deb12u1

mkdir demo
cat > demo/meson.build <<'EOF'
project('demo', 'c')
shell = find_program('sh')
crash = executable('crash', 'crash.c')
test('an error', shell, args: ['-c', 'exit 1'], should_fail: true)
test('a crash', crash, should_fail: true)
test('no such command', shell, args: ['-c', './not-there'], should_fail: true)
test('success', shell, args: ['-c', 'exit 0'], should_fail: true)
test('a time-out', shell, args: ['-c', 'sleep 9'], timeout: 1, should_fail: true)
test('exit 99', shell, args: ['-c', 'exit 99'], should_fail: true)
test('exit 77', shell, args: ['-c', 'exit 77'], should_fail: true)
EOF
printf '#include <stdlib.h>\nint main(void) { abort(); }\n' > demo/crash.c
usr=${PATH%%/bin:*}
meson() { PYTHONPATH="$usr/lib/python3/dist-packages" python3 "$usr/bin/meson" "$@"; }
meson setup build demo > log
{
  status=0
  meson test -C build > log 2>&1 || status=$?
  sed -n 's|^ *[0-9]/7 \(.*[^ ]\)  *\([A-Z]\{2,\}\) .*|\1: \2|p' log | sort
  echo "exit $status"
  status=0
  meson test -C build 'a crash' 'no such command' > log 2>&1 || status=$?
  echo "exit $status with these two"
} > seen
same seen <<'EOF'
a crash: EXPECTEDFAIL
a time-out: TIMEOUT
an error: EXPECTEDFAIL
exit 77: SKIP
exit 99: ERROR
no such command: EXPECTEDFAIL
success: UNEXPECTEDPASS
exit 3
exit 0 with these two
EOF
