#!/usr/bin/env bash
# The pre-commit hook: `busbar check` on what the arguments name, in the repository that is being committed to.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
exec npm --prefix "$here" run -s busbar -- check --fail-on warning "$@"
