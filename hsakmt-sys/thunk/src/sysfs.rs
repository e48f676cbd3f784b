//! The forms of text in sysfs.
//!
//! Touches nothing: text in, values out. Whatever the text, nothing here fails; what cannot be read is left out.
//! Answers to the `sscanf` loops of upstream's `topology.c`.
#![forbid(unsafe_code)]

/// `name value` lines with decimal values; other lines are passed over, numbers above 64 bits saturate as C's do.
pub fn pairs(text: &str) -> impl Iterator<Item = (&str, u64)> {
    text.lines().filter_map(|line| {
        let (name, value) = line.split_once([' ', '\t'])?;
        Some((name, number(value)?))
    })
}

/// The text of a file; what is no UTF-8 in it is replaced.
#[must_use]
pub fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A decimal number with blanks around it; saturates at 64 bits.
#[must_use]
pub fn number(text: &str) -> Option<u64> {
    let digits = text.trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.bytes().try_fold(0u64, |sum, byte| {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        (digit < 10).then(|| sum.saturating_mul(10).saturating_add(digit))
    })
}

/// A hexadecimal number such as `0x1002`, as PCI ids are told.
#[must_use]
pub fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim_ascii().strip_prefix("0x")?, 16).ok()
}

/// A size such as `32K`, in bytes.
#[must_use]
pub fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, shift) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    Some(number(digits)?.saturating_mul(1 << shift))
}

/// A list of ranges such as `0-3,8,10-11`; stops at the first piece that is none, and at `limit` numbers.
#[must_use]
pub fn ranges(text: &str, limit: usize) -> Vec<u32> {
    let mut numbers = Vec::new();
    for piece in text.trim().split(',') {
        let (first, last) = piece.split_once('-').unwrap_or((piece, piece));
        let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else { break };
        numbers.extend((first..=last).take(limit - numbers.len()));
        if numbers.len() == limit {
            break;
        }
    }
    numbers
}

/// The number at the end of a name such as `cpu12`.
#[must_use]
pub fn numbered(name: &str, prefix: &str) -> Option<u32> {
    let digits = name.strip_prefix(prefix)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_lines_are_passed_over() {
        let text = "a 1\nb\nc x\n\n d 2\ne 18446744073709551616\nf -1\ng 3 ";
        assert_eq!(pairs(text).collect::<Vec<_>>(), [("a", 1), ("e", u64::MAX), ("g", 3)]);
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("32K\n"), Some(32768));
        assert_eq!(size("512"), Some(512));
        assert_eq!(size("1G"), Some(1 << 30));
        assert_eq!(size("K"), None);
        assert_eq!(size("9999999999999999999999G"), Some(u64::MAX));
    }

    #[test]
    fn ids_are_hexadecimal() {
        assert_eq!(hexadecimal("0x1002\n"), Some(0x1002));
        assert_eq!(hexadecimal("1002"), None);
        assert_eq!(hexadecimal("0x"), None);
    }

    #[test]
    fn ranges_end_at_the_limit_and_at_garbage() {
        assert_eq!(ranges("0-1,4\n", 99), [0, 1, 4]);
        assert_eq!(ranges("0-4294967295", 3), [0, 1, 2]);
        assert_eq!(ranges("7,x,9", 99), [7]);
        assert_eq!(ranges("", 99), [0; 0]);
    }

    #[test]
    fn names_end_with_a_number() {
        assert_eq!(numbered("cpu12", "cpu"), Some(12));
        assert_eq!(numbered("cpulist", "cpu"), None);
        assert_eq!(numbered("cpu", "cpu"), None);
    }
}
