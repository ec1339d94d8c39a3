#!/usr/bin/env bash
# Looks for secrets in all that git would commit: private keys, tokens, logins in addresses. Usage: secrets.sh [CHECKOUT]
# What only looks like one is in secrets.allowed beside this file: "FILE:TEXT", as regular expressions, a line each. It
# ends with 1 if something else was found, and doesn't repeat it: only where it stands, and what it looks like.
set -euo pipefail
allowed=$(cd "$(dirname "$0")" && pwd)/secrets.allowed
cd "${1:-$(dirname "$0")/../..}"

# NAME REGULAR-EXPRESSION, as the makers of these secrets describe them.
looks() {
  cat <<'LOOKS'
private-key -----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----
minisign-secret-key ^RW[QR][A-Za-z0-9+/]{206,210}=*$
login-in-address [a-z][a-z0-9+.-]+://[^][:space:]/:@"'`<>{}$*()[]+:[^][:space:]/:@"'`<>{}$*()[]+@
github-token (gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})
gitlab-token glpat-[A-Za-z0-9_-]{20}
aws-key (AKIA|ASIA)[A-Z0-9]{16}
google-key AIza[A-Za-z0-9_-]{35}
slack-token xox[abpors]-[A-Za-z0-9-]{10}
telegram-token [0-9]{8,10}:AA[A-Za-z0-9_-]{33}
pypi-token pypi-AgE[A-Za-z0-9_-]{50}
npm-token npm_[A-Za-z0-9]{36}
web-token eyJ[A-Za-z0-9_-]{10,}[.]eyJ[A-Za-z0-9_-]{10,}[.][A-Za-z0-9_-]{10}
LOOKS
}

found=0
while read -r name pattern; do
  # Exit status 1 is: nothing looks like it.
  hits=$(git grep --untracked -InoE -e "$pattern" -- . ':!deploy/supply/secrets.*') || [ $? = 1 ]
  while IFS=: read -r file line text; do
    if [ -n "$file" ] && ! grep -qxE -f "$allowed" <<<"$file:$text"; then
      echo "$file:$line: $name" >&2
      found=$((found + 1))
    fi
  done <<<"$hits"
done < <(looks)
if [ "$found" -gt 0 ]; then
  echo "secrets.sh: $found found; take each out and change it, it was seen; if it is none, name it in secrets.allowed" >&2
  exit 1
fi
echo "no secrets found"
