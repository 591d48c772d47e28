#!/usr/bin/env bash
# Package:   universal-ctags 5.9.20210829 (Debian 12)
# Guess:     a macro call on a line of its own without a semicolon, as type_init(register_types), is skipped: the
#            declaration behind it has its tag.
# Behaviour: the variable behind it is lost. Behind two such lines a function is lost as well, and one with the
#            macro's name takes its place. Where an argument is a number, or a struct comes next, all is well; with -I
#            MACRO+ too.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages universal-ctags=5.9.20210829.0-1

tags() {
  printf '%b' "$1" > text.c
  echo "$1: $(ctags -f - --kinds-C=fpsvm "${@:2}" text.c | cut -f1,4 | tr '\t\n' ' ,')"
}
{
  tags 'type_init(demo_register_types)\nstatic int last;\n'
  tags 'type_init(demo_register_types)\nstatic int last;\n' -I type_init+
  tags 'DEFINE_TYPES(demo_types)\ntype_init(demo_register_types)\nstatic void demo_reset(int level)\n{\n}\n'
  tags 'REG32(CTRL, 0)\nREG32(STAT, 4)\nstatic void demo_reset(int level)\n{\n}\n'
  tags 'type_init(demo_register_types)\nstruct DemoState {\n  int ctrl;\n};\n'
} > seen
same seen <<'EOF'
type_init(demo_register_types)\nstatic int last;\n: 
type_init(demo_register_types)\nstatic int last;\n: last v,
DEFINE_TYPES(demo_types)\ntype_init(demo_register_types)\nstatic void demo_reset(int level)\n{\n}\n: type_init f,
REG32(CTRL, 0)\nREG32(STAT, 4)\nstatic void demo_reset(int level)\n{\n}\n: demo_reset f,
type_init(demo_register_types)\nstruct DemoState {\n  int ctrl;\n};\n: DemoState s,ctrl m,
EOF
