# Sourced by scripts/kfd-vm, after common.sh and suites.sh: QEMU, Debian's kernel with amdgpu, and what they boot.
#
# QEMU and the kernel are unpacked as one more suite, with a lock of its own. The kernel is Debian 13's: without a
# GPU, newer ones refuse to open /dev/kfd.
# shellcheck shell=bash

# shellcheck disable=SC2154  # common.sh sets it
here=$project/scripts/lib/kfd-vm
# shellcheck disable=SC2034  # suites.sh reads both
suites=(kfd-vm) lock=$here/packages.lock
kernel=6.12.107+deb13-amd64
machine=$(suite_root kfd-vm)
boot=$cache/kfd-vm/boot

# QEMU's libraries are the closure of NEEDED, not of Depends: that would bring in systemd and Perl.
packages_of() {
    echo "linux-image-$kernel" busybox-static qemu-system-x86 qemu-system-data seabios \
        libaio1t64 libatomic1 libblkid1 libbpf1 libc6 libcap2 libcapstone5 libdaxctl1 libelf1t64 libfdt1 libffi8 \
        libfuse3-4 libglib2.0-0t64 libgmp10 libgnutls30t64 libhogweed6t64 libibverbs1 libidn2-0 libjpeg62-turbo \
        libkmod2 libmount1 libndctl6 libnettle8t64 libnl-3-200 libnl-route-3-200 libnuma1 libp11-kit0 \
        libpcre2-8-0 libpixman-1-0 libpmem1 libpng16-16t64 librdmacm1t64 libsasl2-2 libseccomp2 libselinux1 \
        libslirp0 libssl3t64 libtasn1-6 libudev1 libunistring5 liburing2 libuuid1 libvdeplug2t64 libzstd1 zlib1g
}

archives_of() { echo trixie; }

# Packs what standard input names, relative to the folder, as the kernel unpacks it at boot.
pack() { (cd "$1" && "$machine/usr/bin/busybox" cpio --quiet -o -H newc -R 0:0); }

# Writes busybox and amdgpu's modules into the folder, with the order to load them in.
add_modules() {
    local folder=$1 path name
    mkdir -p "$folder"/{bin,dev,modules,proc,sys}
    cp "$machine/usr/bin/busybox" "$folder/bin"
    ln -s busybox "$folder/bin/sh"
    /sbin/depmod -b "$machine/usr" "$kernel"
    /sbin/modprobe -d "$machine/usr" -S "$kernel" --show-depends amdgpu | while read -r _ path; do
        name=$(basename "$path" .ko.xz)
        "$machine/usr/bin/busybox" unxz -c "$path" >"$folder/modules/$name.ko"
        # The list of functions that ftrace patches at load: most of the time of a boot without KVM.
        objcopy --remove-section=__mcount_loc --strip-debug "$folder/modules/$name.ko"
        echo "$name" >>"$folder/modules/order"
    done
}

# Makes the cache ready: packages, and the part of the boot archive that does not depend on the command.
ensure_machine() {
    [ "$architecture" = amd64 ] || die "the machine's kernel and QEMU are amd64's (this is $architecture)"
    ensure_suite kfd-vm
    if [ ! "$boot/initrd" -nt "$cache/kfd-vm/stamp" ]; then
        say "packing amdgpu of $kernel"
        rm -rf "$boot"
        add_modules "$boot/files"
        (cd "$boot/files" && find . -mindepth 1) | pack "$boot/files" >"$boot/initrd.new"
        rm -r "$boot/files"
        mv "$boot/initrd.new" "$boot/initrd"
    fi
    # The lock of the suite: another run may go on.
    exec 9>&-
}

# Boots with the archive. Output comes as it is said; errors, /out and the console are left in the folder.
boot_machine() {
    local archive=$1 folder=$2 libraries=$machine/usr/lib/x86_64-linux-gnu
    timeout --signal=KILL 110 "$machine/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
        "$machine/usr/bin/qemu-system-x86_64" -accel tcg -m 1024 -nodefaults -no-reboot -display none \
        -L "$machine/usr/share/qemu" -L "$machine/usr/share/seabios" \
        -kernel "$machine/boot/vmlinuz-$kernel" -initrd "$archive" -append "console=ttyS0 loglevel=4 panic=-1" \
        -serial "file:$folder/console" -serial stdio -serial "file:$folder/errors" -serial "file:$folder/out.tar" \
        </dev/null
}
