# Sourced after common.sh: building for another architecture, by Debian's cross compilers.
# shellcheck shell=bash

# cross_to ARCH, by Debian's name: `gnu` and `triple` are what GCC and Rust call it, `made` is where cargo puts what it
# makes for it; cargo gets the linker, and qemu-user for tests.
cross_to() {
    case $1 in
        amd64) gnu=x86_64-linux-gnu triple=x86_64-unknown-linux-gnu ;;
        arm64) gnu=aarch64-linux-gnu triple=aarch64-unknown-linux-gnu ;;
        ppc64el) gnu=powerpc64le-linux-gnu triple=powerpc64le-unknown-linux-gnu ;;
        riscv64) gnu=riscv64-linux-gnu triple=riscv64gc-unknown-linux-gnu ;;
        *) die "no such architecture: $1 (there are amd64, arm64, ppc64el, riscv64)" ;;
    esac
    local variable=${triple^^}
    # shellcheck disable=SC2034,SC2154  # for those who source this; common.sh sets `target` and `project`
    made=$target/$triple
    variable=CARGO_TARGET_${variable//-/_}
    # shellcheck disable=SC2154
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
