#!/usr/bin/env bash
# Package:   coccinelle 1.1.1 (Debian 12)
# Guess:     a macro that spatch does not know costs the statement that it is in, and a word about it; exit 0 without a match
#            says that there is no such code.
# Behaviour: the whole function is left out, without a word and with exit 0. g_autoptr(T), a guard with a block of its own
#            (WITH_QEMU_LOCK_GUARD) and an attribute with arguments before the name do this; a loop that is called
#            FOREACH, g_autofree, a guard with a semicolon and a bare word before the name do not. --parse-error-msg tells,
#            and a file of macros helps.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages coccinelle=1.1.1.deb-2+b1
export COCCINELLE_HOME="$here/root/usr/lib/coccinelle"

cat > call.cocci <<'EOF'
@@ @@
* old_call();
EOF
cat > macros.h <<'EOF'
#define g_autoptr(T) T *
#define WITH_QEMU_LOCK_GUARD(lock) if (lock)
EOF
look() {
  local status=0 code
  code=$(printf '%s\n{\n%s\n    old_call();\n}\n' "$1" "    $2")
  echo "$code" > demo.c
  spatch --very-quiet --sp-file call.cocci "${@:3}" demo.c > found 2> log || status=$?
  echo "$(tr -s ' \n' ' ' <<< "$code"): $(grep -c '^-.*old_call' found) found, exit $status, $(wc -l < log) lines on stderr${3:+ ($3)}"
}
plain="static void demo(void)"
{
  look "$plain" "int count = 0;"
  look "$plain" "g_autofree char *text = NULL;"
  look "$plain" "g_autoptr(Error) error = NULL;"
  look "$plain" "QLIST_FOREACH(each, &list, next) { count++; }"
  look "$plain" "QEMU_LOCK_GUARD(&lock);"
  look "$plain" "WITH_QEMU_LOCK_GUARD(&lock) { count++; }"
  look "static void coroutine_fn demo(void)" "int count = 0;"
  look "static void G_GNUC_PRINTF(1, 2) demo(const char *text, ...)" "int count = 0;"
  look "$plain" "g_autoptr(Error) error = NULL;" --macro-file=macros.h
  look "$plain" "WITH_QEMU_LOCK_GUARD(&lock) { count++; }" --macro-file=macros.h
} > seen
same seen <<'EOF'
static void demo(void) { int count = 0; old_call(); } : 1 found, exit 0, 0 lines on stderr
static void demo(void) { g_autofree char *text = NULL; old_call(); } : 1 found, exit 0, 0 lines on stderr
static void demo(void) { g_autoptr(Error) error = NULL; old_call(); } : 0 found, exit 0, 0 lines on stderr
static void demo(void) { QLIST_FOREACH(each, &list, next) { count++; } old_call(); } : 1 found, exit 0, 0 lines on stderr
static void demo(void) { QEMU_LOCK_GUARD(&lock); old_call(); } : 1 found, exit 0, 0 lines on stderr
static void demo(void) { WITH_QEMU_LOCK_GUARD(&lock) { count++; } old_call(); } : 0 found, exit 0, 0 lines on stderr
static void coroutine_fn demo(void) { int count = 0; old_call(); } : 1 found, exit 0, 0 lines on stderr
static void G_GNUC_PRINTF(1, 2) demo(const char *text, ...) { int count = 0; old_call(); } : 0 found, exit 0, 0 lines on stderr
static void demo(void) { g_autoptr(Error) error = NULL; old_call(); } : 1 found, exit 0, 0 lines on stderr (--macro-file=macros.h)
static void demo(void) { WITH_QEMU_LOCK_GUARD(&lock) { count++; } old_call(); } : 1 found, exit 0, 0 lines on stderr (--macro-file=macros.h)
EOF
