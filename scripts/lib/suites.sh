# Sourced by scripts/suites, after common.sh: fetch, check and unpack a suite's packages.
#
# Two ways to a package, both apt's: by the pin (address and SHA-256 from the lock, no index
# needed), and, when the mirror has dropped it, by the suite's signed index in an apt state
# folder of its own. The lock has one line a package: suite name version sha256 path.
# shellcheck shell=bash

suites=(bookworm trixie sid exp trixie-hip sid-hip exp-hip sid-llama
    trixie-qemu trixie-arm64 trixie-ppc64el trixie-riscv64)
cache=${ROCR_SUITES_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/rocr-rs}
# shellcheck disable=SC2154  # common.sh sets it
lock=$project/scripts/suites.lock
architecture=$(dpkg --print-architecture)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

suite_root() { echo "$cache/$1/root"; }

# Whose programs a suite holds: a name that ends in an architecture says so.
architecture_of() {
    case $1 in *-arm64 | *-ppc64el | *-riscv64) echo "${1##*-}" ;; *) echo "$architecture" ;; esac
}

# What a suite needs to run rocminfo by its own dynamic loader, and to compile against its
# headers. A list, not a dependency closure: that brings in Python, Perl and OpenSSL.
packages_of() {
    case $1 in
        trixie-qemu) echo qemu-user; return ;;
        # Debian builds ROCm for no riscv64.
        trixie-riscv64) echo libc6 libgcc-s1; return ;;
    esac
    echo rocminfo libhsa-runtime64-1 libhsa-runtime-dev libc6 libstdc++6 libgcc-s1 \
        zlib1g libdrm2 libdrm-amdgpu1 libdrm-common libnuma1
    case $1 in
        bookworm) echo libhsakmt1 libhsakmt-dev libelf1 ;;
        trixie*) echo libhsakmt1 libhsakmt-dev libelf1t64 libzstd1 ;;
        # From 6.4 the thunk is inside the runtime. The newest kernel's headers come from sid.
        sid*) echo libelf1t64 libzstd1 linux-libc-dev ;;
        exp*) echo libelf1t64 libzstd1 ;;
    esac
    case $1 in
        bookworm | trixie | sid | exp | trixie-arm64 | trixie-ppc64el) ;;
        trixie-hip) hip_packages 5 2 17 14; echo libllvm17t64 libclang-cpp17t64 libxml2 ;;
        sid-hip | sid-llama) hip_packages 6 3 21 16; echo libhiprtc6 libllvm21 libclang-cpp21 libxml2-16 ;;&
        sid-hip) debugger_packages ;;
        sid-llama)
            echo llama.cpp-tools llama.cpp-tests libllama0 libggml0 libggml0-backend-hip libhipblas2 librocblas4 \
                librocblas-dev libroctx64-4 libgomp1 libssl3t64 ;;
        exp-hip) hip_packages 7 3 22 16; debugger_packages; echo libhiprtc7 libllvm22 libclang-cpp22 libxml2-16 ;;
        *) die "no such suite: $1 (there are ${suites[*]})" ;;
    esac
}

# HIP and OpenCL with their compiler, by the major versions of HIP, comgr, LLVM and GCC.
hip_packages() {
    echo "libamdhip64-$1" libamdhip64-dev "libhiprtc-builtins$1" "libamd-comgr$2" \
        rocm-opencl-icd ocl-icd-libopencl1 ocl-icd-opencl-dev opencl-c-headers clinfo \
        "clang-$3" "clang-tools-$3" "lld-$3" "llvm-$3-linker-tools" "libclang-common-$3-dev" "rocm-device-libs-$3" \
        base-files libc6-dev linux-libc-dev "libgcc-$4-dev" "libstdc++-$4-dev" \
        libedit2 libbsd0 libmd0 libtinfo6 libffi8 liblzma5 libz3-4
}

# What debuggers read GPUs and core dumps of them by.
debugger_packages() { echo librocm-dbgapi0 amd-dbgapi-dev; }

# Which archive folders under dists/ a suite is made of. The last one listed wins in apt.
archives_of() {
    case $1 in exp*) echo sid experimental ;; *) echo "${1%-*}" ;; esac
}

# The mirror this system uses, read from apt itself, so both forms of source list will do.
mirror() {
    [ -z "${ROCR_DEBIAN_MIRROR-}" ] || { echo "$ROCR_DEBIAN_MIRROR"; return; }
    local codename found
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
    found=$(apt-get update --print-uris 2>/dev/null |
        sed -n -E "s#^'([^']*)/dists/($codename|stable|testing|unstable|sid)/InRelease'.*#\1#p" | head -n1)
    [ -n "$found" ] || die "apt has no Debian mirror: set ROCR_DEBIAN_MIRROR"
    echo "$found"
}

# Runs an apt command on the suite's own index, away from the system's.
suite_apt() {
    local suite=$1 state=$cache/$1/apt whose
    whose=$(architecture_of "$1")
    shift
    apt-get -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
        -o APT::Architecture="$whose" -o APT::Architectures="$whose" \
        -o Acquire::Languages=none \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User="$(id -un)" "$@"
}

# A moving suite's index may be past its Valid-Until on a mirror that stands still; the
# signature is checked all the same.
update_index() {
    local suite=$1 state=$cache/$1/apt site archive
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    site=$(mirror)
    for archive in $(archives_of "$suite"); do
        echo "deb [signed-by=$keyring] $site $archive main"
    done >"$state/sources.list"
    say "$suite: reading the archive's index"
    suite_apt "$suite" update -q >&2
}

# One lock line for each package that the index has: apt prints 'URI' file size SHA256:hash.
indexed() {
    local suite=$1 site
    site=$(mirror)
    shift
    suite_apt "$suite" download --print-uris "$@" |
        sed -n -E "s#^'$site/(.*/([^/_]+)_([^/_]+)_[^/_]+\.deb)' .* SHA256:([0-9a-f]+)\$#\2 \3 \4 \1#p" |
        while read -r name version hash path; do
            echo "$suite $(unescape "$name $version") $hash $path"
        done
}

unescape() { printf '%b' "${1//%/\\x}"; }

# experimental is only taken by name, as its own policy is (NotAutomatic).
wanted() {
    local package
    for package in $(packages_of "$1"); do
        case $1/$package in
            exp*/libhsa-runtime* | exp*/*hip* | exp*/libamd-comgr* | exp*/rocm-* | exp*/*dbgapi*) echo "$package/experimental" ;;
            *) echo "$package" ;;
        esac
    done
}

# Of the suites named, or of all; what is pinned of others stays.
lock_suites() {
    local suite all=("${suites[@]}")
    [ $# -eq 0 ] || all=("$@")
    for suite in "${suites[@]}"; do
        if [[ " ${all[*]} " = *" $suite "* ]]; then
            update_index "$suite"
            # shellcheck disable=SC2046  # package names, one a word
            indexed "$suite" $(wanted "$suite") | sort
        else
            grep "^$suite " "$lock" || true
        fi
    done >"$lock.new"
    mv "$lock.new" "$lock"
    say "$(wc -l <"$lock") packages pinned in ${lock#"$project"/}"
}

# The pins of a suite. Those of suites that name no architecture are amd64's; elsewhere they take what the mirror has.
pins() {
    [ "$architecture" = amd64 ] || [ "$(architecture_of "$1")" != "$architecture" ] || return 0
    grep "^$1 " "$lock" || true
}

# Downloads one package into the cache; apt-helper refuses a file whose hash differs.
fetch() {
    local path=$1 hash=$2 file=$cache/debs/${1##*/}
    [ -e "$file" ] && echo "$hash  $file" | sha256sum --check --status && return
    mkdir -p "$cache/debs"
    rm -f "$file"
    /usr/lib/apt/apt-helper -o APT::Sandbox::User="$(id -un)" -q \
        download-file "$(mirror)/$path" "$file" "SHA256:$hash" >/dev/null 2>&1
}

# Takes what the mirror has now of a package that it no longer has as pinned.
fetch_current() {
    local suite=$1 package=$2 pinned=$3 line
    [ -e "$cache/$suite/apt/updated" ] || { update_index "$suite"; touch "$cache/$suite/apt/updated"; }
    line=$(indexed "$suite" "$(wanted "$suite" | grep -x -F -e "$package" -e "$package/experimental")")
    [ -n "$line" ] || die "$suite: the mirror has no $package"
    read -r _ _ version hash path <<<"$line"
    say "$suite: $package ${pinned:-(no pin for $(architecture_of "$suite"))} is not on the mirror, taking $version"
    fetch "$path" "$hash" || die "$suite: cannot fetch $package $version"
}

# Names the .deb of each package of the suite, fetching those that are not cached.
collect() {
    local suite=$1 package version hash path
    for package in $(packages_of "$suite"); do
        version='' hash='' path=''
        read -r _ _ version hash path < <(pins "$suite" | grep -F " $package ") || true
        if [ -z "$path" ] || ! fetch "$path" "$hash"; then
            fetch_current "$suite" "$package" "$version"
        fi
        echo "$cache/debs/${path##*/}"
    done
}

# Code for GPUs that are not simulated: four of rocBLAS's five gigabytes.
left_out=(--exclude='*rocblas/*gfx[89]*' --exclude='*rocblas/*gfx12*' --exclude='*rocblas/*gfx110[1-3]*'
    --exclude='*rocblas/*gfx115*')

# Unpacks into a fresh folder and moves it into place, so that an interrupted run leaves nothing half done.
unpack() {
    local suite=$1 debs=$2 root=$cache/$1/root deb backend
    rm -rf "$root.new" "$root"
    mkdir -p "$root.new"
    while read -r deb; do
        dpkg --fsys-tarfile "$deb" | tar -x -C "$root.new" "${left_out[@]}"
    done <"$debs"
    # ggml looks for its backends at a fixed place, and beside itself.
    for backend in "$root.new"/usr/lib/*/ggml/backends0/*.so; do
        [ ! -e "$backend" ] || ln -s "ggml/backends0/${backend##*/}" "${backend%/ggml/*}"
    done
    mv "$root.new" "$root"
}

# A suite is up to date when it was unpacked from the lock's present lines.
ensure_suite() {
    local suite=$1 stamp
    packages_of "$suite" >/dev/null
    mkdir -p "$cache/$suite"
    exec 9>"$cache/$suite/busy"
    flock 9
    stamp=$({ packages_of "$suite"; pins "$suite"; } | sha256sum)
    [ "$(cat "$cache/$suite/stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "$suite: fetching and unpacking $(packages_of "$suite" | wc -w) packages"
    rm -f "$cache/$suite/apt/updated"
    # Suites share packages, and two that fetch the same one would take it from each other.
    (flock 8 && collect "$suite") 8>"$cache/fetching" >"$cache/$suite/debs" || die "$suite: not to be had"
    unpack "$suite" "$cache/$suite/debs"
    echo "$stamp" >"$cache/$suite/stamp"
}

describe_suite() {
    local state='not unpacked'
    [ ! -e "$cache/$1/stamp" ] || state=unpacked
    printf '%-10s %-13s ROCr %s\n' "$1" "$state" \
        "$(pins "$1" | awk '$2 == "libhsa-runtime64-1" { print $3 }')"
}
