#!/usr/bin/env bash
# Package:   meson 1.0.1 (Debian 12)
# Guess:     meson introspect --targets meson.build, which needs no build folder, lists what is written down: the targets
#            of both branches of an if, those of a foreach, and of a list that grows in branches all files.
# Behaviour: the branches are read both, but what they add to a list replaces it: of three files the last is left. A
#            foreach is gone through once with the variable empty: one target without a name. A path put together with /
#            or format, or taken from a dictionary or a source set, is no source.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages meson=1.0.1-5

mkdir demo
cat > demo/meson.build <<'EOF'
project('demo', 'c')
sources = files('common.c')
if host_machine.endian() == 'big'
  sources += files('big.c')
  executable('only-big', 'big.c')
else
  sources += files('little.c')
  executable('only-little', 'little.c')
endif
executable('branches', sources)
foreach name : ['one', 'two']
  executable(name, name + '.c')
endforeach
executable('concatenated', 'common' + '.c')
executable('joined', 'sub' / 'common.c')
executable('formatted', '@0@.c'.format('common'))
EOF
mkdir demo/sub
touch demo/{common,big,little,one,two,sub/common}.c
PYTHONPATH="$here/root/usr/lib/python3/dist-packages" python3 root/usr/bin/meson introspect --targets demo/meson.build > targets.json
python3 - > seen <<'EOF'
import json
for target in json.load(open("targets.json")):
    sources = [source.split("/demo/")[1] for group in target["target_sources"] for source in group["sources"]]
    print(f"'{target['name']}': {sources}")
EOF
same seen <<'EOF'
'only-big': ['big.c']
'only-little': ['little.c']
'branches': ['little.c']
'.c': []
'concatenated': []
'joined': []
'formatted': []
EOF
