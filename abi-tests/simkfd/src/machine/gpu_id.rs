//! The number by which KFD knows a GPU node. Touches nothing but memory. Answers to kfd_generate_gpu_id
//! (kfd_topology.c) and crc16 (lib/crc/crc16.c).
#![forbid(unsafe_code)]

/// What the number is made of.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// PCI subsystem vendor and device.
    pub subsystem: [u32; 2],
    /// PCI domain, bus, and device with function.
    pub domain: u32,
    /// Bus number.
    pub bus: u32,
    /// Device and function (`devfn`).
    pub devfn: u32,
    /// PCI device id.
    pub device: u32,
    /// Bytes of local memory.
    pub memory: u64,
    /// First XCC of the node, and how many it has.
    pub xcc: [u32; 2],
}

/// The number for `identity`, changed until it is none of `taken`.
pub fn generate(identity: &Identity, taken: &[u32]) -> u32 {
    let words = [
        identity.devfn,
        identity.subsystem[0] | identity.subsystem[1] << 16,
        identity.domain,
        identity.device,
        identity.bus,
        identity.memory as u32,
        (identity.memory >> 32) as u32,
        identity.xcc[0] | identity.xcc[1] << 16,
    ];
    let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    let mut id = u32::from(crc16(&bytes)).max(1);
    while taken.contains(&id) {
        id = ((id + 1) & 0xffff).max(1);
    }
    id
}

/// CRC-16 with polynomial 0x8005, reflected, starting from zero.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xa001 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc16_has_its_published_check_value() {
        assert_eq!(crc16(b"123456789"), 0xbb3d);
    }

    #[test]
    fn equal_cards_get_different_numbers() {
        let card = Identity {
            subsystem: [0x1002, 0x74a1],
            domain: 0,
            bus: 3,
            devfn: 0,
            device: 0x74a1,
            memory: 1 << 37,
            xcc: [0, 8],
        };
        let first = generate(&card, &[]);
        let second = generate(&card, &[first]);
        assert_eq!(second, first + 1);
    }
}
