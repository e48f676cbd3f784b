# Copyright 2026 rocr-rs authors
# Distributed under the terms of the MIT License

# A recipe: put it into an overlay and set EGIT_REPO_URI to where the sources are.

EAPI=8

RUST_MIN_VER="1.85.0"
# For check_amdgpu alone: nothing here is compiled for GPUs.
ROCM_SKIP_GLOBALS=1
inherit cargo git-r3 linux-info rocm

DESCRIPTION="Drop-in libraries for AMD GPUs: libhsakmt and libhsa-runtime64"
HOMEPAGE="https://rocm.docs.amd.com/projects/ROCR-Runtime/"
EGIT_REPO_URI="https://localhost/rocr-rs.git"

# The last ones are of crates that are linked in.
LICENSE="MIT Apache-2.0"
SLOT="0"
IUSE="test-gpu"

RDEPEND="
	!dev-libs/rocr-runtime
	!dev-libs/roct-thunk-interface
"

QA_FLAGS_IGNORED="usr/bin/rocr-doctor usr/lib.*/lib.*\.so.*"

# As the kernel's options are called for amdkfd.
CONFIG_CHECK="~HSA_AMD ~HMM_MIRROR ~ZONE_DEVICE ~DRM_AMDGPU ~DRM_AMDGPU_USERPTR"

# Both eclasses have one.
pkg_setup() {
	linux-info_pkg_setup
	rust_pkg_setup
}

src_unpack() {
	git-r3_src_unpack
	cargo_live_src_unpack
}

src_compile() {
	cargo_src_compile
	scripts/stage --from "$(cargo_target_dir)" "${WORKDIR}"/stage || die
}

# The unit tests play their machines. With USE=test-gpu, rocr-doctor copies and computes on every GPU that is here.
src_test() {
	cargo_src_test --workspace --exclude abi-tests
	use test-gpu || return
	check_amdgpu
	local -x LD_LIBRARY_PATH=${WORKDIR}/stage/lib
	"${WORKDIR}"/stage/bin/rocr-doctor
	[[ $? -lt 2 ]] || die "a GPU does not compute"
}

src_install() {
	dobin "${WORKDIR}"/stage/bin/rocr-doctor
	dolib.so "${WORKDIR}"/stage/lib/*.so*
	doheader -r "${WORKDIR}"/stage/include/*
	insinto "/usr/$(get_libdir)"
	doins -r "${WORKDIR}"/stage/lib/{cmake,pkgconfig}
}
