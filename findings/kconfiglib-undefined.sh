#!/usr/bin/env bash
# Package:   python3-kconfiglib 14.1.0 (Debian 12)
# Guess:     a symbol that is defined nowhere is n, as in "depends on": compared with n it is equal, with "" perhaps.
# Behaviour: in a comparison it is its own name as a string: GONE = n is false while !GONE is true, GONE != y and
#            GONE = "GONE" are true, and < goes by the alphabet. A symbol that is defined and off is n in both places, so
#            that removing a definition turns conditions over, without a warning (unless one asks for it).
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-kconfiglib=14.1.0-3
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > probe.py <<'EOF'
import kconfiglib
conditions = ["!{}", "{} = n", "{} != n", "{} != y", '{} = "{}"', '{} = ""', '{} < "b"']
for name in ("OFF", "GONE"):
    with open("Kconfig", "w") as file:
        file.write("config OFF\n\tbool\n")
        for number, condition in enumerate(conditions):
            file.write(f"config TRY{number}\n\tbool\n\tdefault y if {condition.format(name, name)}\n")
    config = kconfiglib.Kconfig("Kconfig", warn_to_stderr=False)
    print(", ".join(f"{condition.format(name, name)}: {config.syms[f'TRY{number}'].str_value}" for number, condition in enumerate(conditions)),
          f"({len(config.warnings)} warnings)")
EOF
python3 probe.py > seen
same seen <<'EOF'
!OFF: y, OFF = n: y, OFF != n: n, OFF != y: y, OFF = "OFF": n, OFF = "": n, OFF < "b": n (0 warnings)
!GONE: y, GONE = n: n, GONE != n: y, GONE != y: y, GONE = "GONE": y, GONE = "": n, GONE < "b": y (0 warnings)
EOF
