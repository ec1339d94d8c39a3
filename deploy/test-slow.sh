#!/usr/bin/env bash
# The slow tests: soak, fuzz, fault injection. Minutes to an hour; some need root. Options go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
bash deploy/venv.sh test,slow,web,mqtt,notify,display,archive,catalogue,cluster
exec .venv/bin/python -m pytest -m slow "$@"
