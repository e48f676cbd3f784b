# Sourced after common.sh: building for another architecture, by Debian's cross compilers.
# shellcheck shell=bash

# cross_to ARCH, by Debian's name: `gnu`, `triple` and `emulated` are what GCC, Rust and QEMU call it, `made` is where cargo
# puts what it makes for it; cargo gets the linker, and qemu-user for tests.
cross_to() {
    # shellcheck disable=SC2034,SC2154  # common.sh sets `project` and `target`, and `emulated` is for those who source this
    read -r _ gnu triple emulated < <(grep "^$1 " "$project/scripts/lib/ports") || die "no such architecture: $1 (there are amd64, arm64, ppc64el, riscv64)"
    local variable=${triple^^}
    # shellcheck disable=SC2034,SC2154  # for those who source this
    made=$target/$triple
    variable=CARGO_TARGET_${variable//-/_}
    export "${variable}_LINKER=$gnu-gcc" "${variable}_RUNNER=$project/scripts/emulate $1"
}

# The C library's headers for the linker, and Rust's own library.
install_cross() {
    local arch=$1 compiler=gcc-${gnu/_/-}
    have_cross || {
        install_missing "$compiler" "libc6-dev-$arch-cross"
        have_cross || rustup target add "$triple" || die "no Rust library for $triple: rustup target add $triple"
    }
}

have_cross() {
    command -v "$gnu-gcc" >/dev/null && [ -d "$(rustc --print sysroot)/lib/rustlib/$triple/lib" ]
}
