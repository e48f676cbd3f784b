//! The ioctls of a dma-buf: `dma_buf_ioctl`, from its known behaviour and uapi/linux/dma-buf.h. CPU and GPU see the same
//! memory here, so that there is nothing to be brought in step. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Errno, Host};
use crate::uapi::ioc;

/// `DMA_BUF_BASE`
const BASE: u8 = b'b';
/// Numbers of DMA_BUF_IOCTL_SYNC and of DMA_BUF_SET_NAME.
const SYNC: u8 = 0;
const SET_NAME: u8 = 1;
/// `DMA_BUF_SYNC_RW` and `DMA_BUF_SYNC_VALID_FLAGS_MASK`
const SYNC_RW: u64 = 3;
const SYNC_VALID: u64 = 7;

/// Whether a request is for dma-bufs.
pub fn is_dma_buf_request(request: u32) -> bool {
    ioc::kind(request) == BASE
}

/// Serves an ioctl of a dma-buf, whichever process exported it. `ENOTTY` for those that it does not have, and for those
/// about fences, which no memory here ever waits for.
pub fn dma_buf_ioctl(request: u32, arg: u64, host: &dyn Host) -> Result<i32, Errno> {
    match (ioc::kind(request), ioc::nr(request)) {
        (BASE, SYNC) => {
            let mut bytes = [0; size_of::<u64>()];
            host.read_user(arg, &mut bytes)?;
            let flags = u64::from_ne_bytes(bytes);
            if flags & !SYNC_VALID != 0 || flags & SYNC_RW == 0 { Err(Errno::EINVAL) } else { Ok(0) }
        }
        // Nobody reads the name but /proc.
        (BASE, SET_NAME) => host.read_user(arg, &mut [0]).map(|()| 0),
        _ => Err(Errno::ENOTTY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::testing::*;
    use crate::uapi::ioc::{Direction, request};

    #[test]
    fn access_is_announced_with_a_direction() {
        let rig = Rig::new();
        let sync = |flags: u64| {
            rig.host_write(SCRATCH, &flags.to_ne_bytes());
            dma_buf_ioctl(request(Direction::Write, BASE, SYNC, 8), SCRATCH, &rig.host)
        };
        assert_eq!([1, 2, 3, 5, 7].map(sync), [Ok(0); 5]);
        assert_eq!([0, 4, 8, 9].map(sync), [Err(Errno::EINVAL); 4]);
        let asked = |nr, arg| dma_buf_ioctl(request(Direction::Write, BASE, nr, 8), arg, &rig.host);
        assert_eq!(asked(SYNC, 8), Err(Errno::EFAULT));
        assert_eq!((asked(SET_NAME, SCRATCH), asked(SET_NAME, 8)), (Ok(0), Err(Errno::EFAULT)));
        assert_eq!(asked(3, SCRATCH), Err(Errno::ENOTTY));
    }
}
