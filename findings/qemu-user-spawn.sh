#!/usr/bin/env bash
# Package:   qemu-user 7.2 (Debian 12); the compiler is the system's
# Guess:     posix_spawn of a program that is not there fails under qemu-x86_64 as it does without: No such file or directory.
# Behaviour: it succeeds, and the process that it has made ends with 127. The C library's child writes the error into its
#            parent's memory, and under qemu-user what vfork and clone with CLONE_VM make has a copy of it. So a program that
#            tries one command and then another takes the first one for started.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages qemu-user=1:7.2+dfsg-7+deb12u18+b3

cat > spawn.c <<'EOF'
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(void) {
    char *arguments[] = { "tool", NULL };
    volatile int shared = 1;
    int status;
    pid_t child;
    int error = posix_spawn(&child, "./not-there", NULL, NULL, arguments, environ);
    printf("posix_spawn: %s\n", error ? strerror(error) : "no error");
    if (error == 0) {
        waitpid(child, &status, 0);
        printf("the child ended with %d\n", WEXITSTATUS(status));
    }
    fflush(stdout);
    child = vfork();
    if (child == 0) {
        shared = 2;
        _exit(0);
    }
    waitpid(child, &status, 0);
    printf("a variable that vfork's child sets to 2: %d\n", shared);
    return 0;
}
EOF
cc -w -static -o spawn spawn.c
{
  echo "# alone"
  ./spawn
  echo "# qemu-x86_64"
  qemu-x86_64 ./spawn
} > seen
same seen <<'EOF'
# alone
posix_spawn: No such file or directory
a variable that vfork's child sets to 2: 2
# qemu-x86_64
posix_spawn: no error
the child ended with 127
a variable that vfork's child sets to 2: 1
EOF
