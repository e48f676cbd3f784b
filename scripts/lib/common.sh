# Sourced by the scripts beside this folder: where the project is, how to speak, how to ask for root.
# shellcheck shell=bash

set -euo pipefail

# shellcheck disable=SC2034  # read by the scripts that source this file
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034
target=${CARGO_TARGET_DIR:-$project/target}

# The compiler that Miri and the sanitizers come with. Of a day that is known to work: Miri of October 2026 takes exception to
# how parking_lot_core 0.9.12, the newest, passes futexes to syscall().
# shellcheck disable=SC2034
nightly="nightly-2026-05-20"

say() { printf '==> %s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# A script's help is its own heading: the comment that follows the first line.
show_help() { sed -n -e '1d' -e '/^#/!q' -e 's/^# \{0,1\}//p' "$0"; }

# Debian's images often have no sudo, and run as root; people's machines are the other way round.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root for: $* (no sudo here)"
    fi
}
