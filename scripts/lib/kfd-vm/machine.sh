# Sourced by scripts/kfd-vm, after common.sh, suites.sh and cross.sh: QEMU, Debian's kernel with amdgpu, and what they boot.
#
# QEMU and the kernels are unpacked as suites of their own, with a lock of their own. The kernels are Debian 13's: without a
# GPU, newer ones refuse to open /dev/kfd.
# shellcheck shell=bash

# shellcheck disable=SC2154  # common.sh sets it
here=$project/scripts/lib/kfd-vm
# shellcheck disable=SC2034  # suites.sh reads both
suites=(kfd-vm kfd-vm-qemu kfd-vm-ppc64el) lock=$here/packages.lock
release=6.12.107+deb13
machine=$(suite_root kfd-vm)

# kfd-vm is the machine of amd64; others have its QEMU's libraries, with a QEMU and a kernel of their own.
# QEMU's libraries are the closure of NEEDED, not of Depends: that would bring in systemd and Perl.
packages_of() {
    case $1 in
        kfd-vm-qemu) echo qemu-system-ppc; return ;;
        kfd-vm-ppc64el) echo "linux-image-$release-powerpc64le-64k" busybox-static; return ;;
    esac
    echo "linux-image-$release-amd64" busybox-static qemu-system-x86 qemu-system-data seabios \
        libaio1t64 libatomic1 libblkid1 libbpf1 libc6 libcap2 libcapstone5 libdaxctl1 libelf1t64 libfdt1 libffi8 \
        libfuse3-4 libglib2.0-0t64 libgmp10 libgnutls30t64 libhogweed6t64 libibverbs1 libidn2-0 libjpeg62-turbo \
        libkmod2 libmount1 libndctl6 libnettle8t64 libnl-3-200 libnl-route-3-200 libnuma1 libp11-kit0 \
        libpcre2-8-0 libpixman-1-0 libpmem1 libpng16-16t64 librdmacm1t64 libsasl2-2 libseccomp2 libselinux1 \
        libslirp0 libssl3t64 libtasn1-6 libudev1 libunistring5 liburing2 libuuid1 libvdeplug2t64 libzstd1 zlib1g
}

archives_of() { echo trixie; }

# machine_of ARCH: which suites are needed, whose kernel is booted, by which QEMU, within how many seconds, and what its
# serial ports are called.
machine_of() {
    case $1 in
        amd64)
            needed=(kfd-vm) kernel=$release-amd64 port=ttyS limit=110
            qemu=("$machine/usr/bin/qemu-system-x86_64" -m 1024 -L "$machine/usr/share/seabios") ;;
        ppc64el)
            needed=(kfd-vm kfd-vm-qemu kfd-vm-ppc64el) kernel=$release-powerpc64le-64k port=hvc limit=600
            # The smallest of the firmwares, and no devices: amdgpu needs none.
            qemu=("$(suite_root kfd-vm-qemu)/usr/bin/qemu-system-ppc64" -m 2048 -M "pseries,x-vof=on" -cpu power9) ;;
        *) die "no machine of $1 (there are amd64 and ppc64el)" ;;
    esac
    # The last one needed has the kernel.
    system=$(suite_root "${needed[-1]}")
    boot=$cache/${needed[-1]}/boot
    cross_to "$1"
}

# Packs what standard input names, relative to the folder, as the kernel unpacks it at boot.
pack() { (cd "$1" && "$machine/usr/bin/busybox" cpio --quiet -o -H newc -R 0:0); }

# Writes busybox and amdgpu's modules into the folder, with the order to load them in.
add_modules() {
    local folder=$1 path name
    mkdir -p "$folder"/{bin,dev,modules,proc,sys}
    cp "$system/usr/bin/busybox" "$folder/bin"
    ln -s busybox "$folder/bin/sh"
    /sbin/depmod -b "$system/usr" "$kernel"
    /sbin/modprobe -d "$system/usr" -S "$kernel" --show-depends amdgpu | while read -r _ path; do
        name=$(basename "$path" .ko.xz)
        "$machine/usr/bin/busybox" unxz -c "$path" >"$folder/modules/$name.ko"
        # The list of functions that ftrace patches at load: most of the time of a boot without KVM.
        "$gnu-objcopy" --remove-section=__mcount_loc --strip-debug "$folder/modules/$name.ko"
        echo "$name" >>"$folder/modules/order"
    done
}

# Makes the cache ready: packages, and the part of the boot archive that does not depend on the command.
ensure_machine() {
    local suite
    [ "$architecture" = amd64 ] || die "QEMU is amd64's (this is $architecture)"
    command -v "$gnu-objcopy" >/dev/null || die "no $gnu-objcopy: scripts/setup --target ${system##*-}"
    for suite in "${needed[@]}"; do ensure_suite "$suite"; done
    if [ ! "$boot/initrd" -nt "$boot/../stamp" ]; then
        say "packing amdgpu of $kernel"
        rm -rf "$boot"
        add_modules "$boot/files"
        (cd "$boot/files" && find . -mindepth 1) | pack "$boot/files" >"$boot/initrd.new"
        rm -r "$boot/files"
        mv "$boot/initrd.new" "$boot/initrd"
    fi
    # The lock of the last suite: another run may go on.
    exec 9>&-
}

# Boots with the archive. Output comes as it is said; errors, /out and the console are left in the folder.
boot_machine() {
    local archive=$1 folder=$2 libraries=$machine/usr/lib/x86_64-linux-gnu image
    image=$(echo "$system"/boot/vmlinu?-"$kernel")
    timeout --signal=KILL "$limit" "$machine/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
        "${qemu[@]}" -accel tcg -nodefaults -no-reboot -display none -L "$machine/usr/share/qemu" \
        -kernel "$image" -initrd "$archive" -append "console=${port}0 loglevel=4 panic=-1 serial=$port" \
        -serial "file:$folder/console" -serial stdio -serial "file:$folder/errors" -serial "file:$folder/out.tar" \
        </dev/null
}
