# Sourced after common.sh: cbindgen in the one version whose output is committed, in the project's cache.
# shellcheck shell=bash

cbindgen_version=0.29.4
cbindgen_root=${XDG_CACHE_HOME:-$HOME/.cache}/rocr-rs/tools
PATH=$cbindgen_root/bin:$PATH

have_cbindgen() { [ "$(cbindgen --version 2>/dev/null)" = "cbindgen $cbindgen_version" ]; }

# Builds it, a minute or two. Without a registry it cannot be had, which its users say and count.
install_cbindgen() {
    have_cbindgen && return
    say "building cbindgen $cbindgen_version, once"
    # Not into our own target folder.
    env -u CARGO_TARGET_DIR cargo install --quiet --locked --version "$cbindgen_version" \
        --root "$cbindgen_root" cbindgen || say "no cbindgen: include/ will not be checked"
}
