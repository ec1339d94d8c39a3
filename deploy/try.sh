#!/usr/bin/env bash
# From a fresh machine to boxes on a live picture: needs only python3 (3.11 or newer) and the network.
# Every option goes to `edgedet run`: --seconds 20 ends by itself, --source 0 uses a USB camera, picam: the Pi's.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
bash "$here/deploy/venv.sh"
exec "$here/.venv/bin/edgedet" run "$@"
