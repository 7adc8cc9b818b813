# What the launcher tells its user. Everything goes to standard error, so that a command's output stays its own.

say() { printf 'starling: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}
