#!/usr/bin/env bash
# Package:   npm 11.6.2 (npm)
# Guess:     the bill of materials of npm sbom names a package that was installed under another name
#            ("pad": "npm:left-pad@1.3.0") as what it is.
# Behaviour: that hangs on the format. SPDX names it left-pad, CycloneDX pad; only the purl beside it says left-pad. A
#            look-up by the component's name and version is about another package of that name.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages npm@11.6.2 pad@npm:left-pad@1.3.0

for format in cyclonedx spdx; do node node_modules/npm/bin/npm-cli.js sbom --sbom-format $format > $format.json; done
cat > read.cjs <<'EOF'
for (const { name, version, purl } of require("./cyclonedx.json").components.filter((part) => part.purl.includes("pad@1"))) console.log(`CycloneDX: ${name} ${version}, ${purl}`);
for (const { name, versionInfo, externalRefs } of require("./spdx.json").packages.filter((part) => part.externalRefs?.[0].referenceLocator.includes("pad@1"))) console.log(`SPDX: ${name} ${versionInfo}, ${externalRefs[0].referenceLocator}`);
EOF
node read.cjs > seen
same seen <<'EOF'
CycloneDX: pad 1.3.0, pkg:npm/left-pad@1.3.0
SPDX: left-pad 1.3.0, pkg:npm/left-pad@1.3.0
EOF
