#!/usr/bin/env bash
# Package:   cscope 15.9 (Debian 12)
# Guess:     -L1 NAME finds a definition at the top of a file wherever it stands; what cscope cannot read (it has no real
#            parser) costs that one declaration.
# Behaviour: a variable that is a pointer to a function is no definition, and the definitions that follow it are lost as
#            well, up to and with the one that ends with the next semicolon: a table of a device behind a hook, an int.
#            A typedef of such a pointer is found itself and costs the next one too, as does a prototype with a callback
#            among its parameters. Members, and functions with a body, cost nothing.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages cscope=15.9-1

cat > table.c <<'EOF'
static const VMStateDescription vmstate_demo = {
    .name = "demo",
};
int count;
int last;
EOF
look() {
  local found=() name
  { echo "$1"; cat table.c; } > demo.c
  rm -f cscope.out
  cscope -b -k demo.c
  for name in $2 vmstate_demo count last; do found+=("$name $(if cscope -d -L1 "$name" | grep -q .; then echo found; else echo lost; fi)"); done
  echo "$1 | ${found[*]}"
}
{
  look "int first;" first
  look "void (*hook)(void);" hook
  look "static void (*hook)(void *) = start;" hook
  look "typedef void (*Hook)(void);" Hook
  look "void set_hook(void (*hook)(void));" ""
  look "void set_hook(void (*hook)(void)) { }" set_hook
  look "struct Ops { void (*hook)(void); };" Ops
} > seen
same seen <<'EOF'
int first; | first found vmstate_demo found count found last found
void (*hook)(void); | hook lost vmstate_demo lost count found last found
static void (*hook)(void *) = start; | hook lost vmstate_demo lost count found last found
typedef void (*Hook)(void); | Hook found vmstate_demo lost count found last found
void set_hook(void (*hook)(void)); | vmstate_demo lost count found last found
void set_hook(void (*hook)(void)) { } | set_hook found vmstate_demo found count found last found
struct Ops { void (*hook)(void); }; | Ops found vmstate_demo found count found last found
EOF
