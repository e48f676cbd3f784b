# Distributed under the MIT licence.
# A recipe: put it into an overlay, set EGIT_REPO_URI, and run pkgdev manifest.

EAPI=8

inherit cargo git-r3 linux-info

DESCRIPTION="Drop-in libraries for AMD GPUs: libhsakmt and libhsa-runtime64"
EGIT_REPO_URI="${ROCR_RS_REPOSITORY:?the project's git repository}"

LICENSE="MIT"
SLOT="0"

RDEPEND="
	!dev-libs/rocr-runtime
	!dev-libs/roct-thunk-interface
"
# As the kernel's options are called for amdkfd.
CONFIG_CHECK="~HSA_AMD ~HMM_MIRROR ~ZONE_DEVICE ~DRM_AMDGPU ~DRM_AMDGPU_USERPTR"

# As rocm.eclass's check_amdgpu: the device must be there, and this user must be let in.
check_amdgpu() {
	local device
	for device in /dev/kfd /dev/dri/renderD*; do
		[[ -c ${device} ]] || die "no ${device}: is the amdgpu module loaded?"
		[[ -r ${device} && -w ${device} ]] ||
			die "${device} is closed to $(id -un): add it to the group $(stat -c %G "${device}")"
	done
}

src_unpack() {
	git-r3_src_unpack
	cargo_live_src_unpack
}

src_compile() {
	cargo_src_compile
	CARGO_TARGET_DIR=$(cargo_target_dir)/.. scripts/stage || die
}

# By the simulated machine, which needs no device; `check_amdgpu` is for those who add tests that do.
src_test() {
	cargo_src_test --workspace --exclude abi-tests
}

src_install() {
	local stage=$(cargo_target_dir)/../stage
	insinto /usr/include
	doins -r "${stage}"/include/.
	into /usr
	dolib.so "${stage}"/lib/*.so*
	insinto "/usr/$(get_libdir)"
	doins -r "${stage}"/lib/cmake "${stage}"/lib/pkgconfig
}
