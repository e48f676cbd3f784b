//! ROCR_VISIBLE_DEVICES: which GPUs are shown, and in which order.
//!
//! Pure. Answers to upstream's `amd_filter_device.cpp`: a comma-separated list of indices and of UUID prefixes, read
//! up to the first entry that is malformed, ambiguous, out of range or a repetition.
#![forbid(unsafe_code)]

/// Positions in `unique_ids` of the GPUs that `list` selects, in the order it names them.
///
/// `unique_ids` has one entry a GPU in the driver's order; 0 is a GPU without UUID, which only its index selects.
pub fn select(list: &str, unique_ids: &[u64]) -> Vec<usize> {
    let mut chosen = Vec::new();
    for token in list.split(',') {
        match resolve(token.trim(), unique_ids) {
            Some(gpu) if !chosen.contains(&gpu) => chosen.push(gpu),
            _ => break,
        }
    }
    chosen
}

/// The one GPU that a token means.
fn resolve(token: &str, unique_ids: &[u64]) -> Option<usize> {
    if token.starts_with(['G', 'g']) {
        return by_uuid(token, unique_ids);
    }
    let index = parse_index(token)?;
    (index < unique_ids.len()).then_some(index)
}

/// The one GPU whose UUID begins with `prefix`, in any case: `GPU-` and at least one digit.
fn by_uuid(prefix: &str, unique_ids: &[u64]) -> Option<usize> {
    const LEAST: usize = "GPU-0".len();
    if prefix.len() < LEAST {
        return None;
    }
    let prefix = prefix.to_ascii_lowercase();
    let is_match = |&(_, &id): &(usize, &u64)| id != 0 && format!("gpu-{id:016x}").starts_with(&prefix);
    let mut matches = unique_ids.iter().enumerate().filter(is_match).map(|(index, _)| index);
    let only = matches.next()?;
    matches.next().is_none().then_some(only)
}

/// A whole token as `strtol` with base 0 reads it: decimal, 0x hexadecimal or 0 octal, with an optional plus sign.
fn parse_index(token: &str) -> Option<usize> {
    let digits = token.strip_prefix('+').unwrap_or(token);
    let (digits, radix) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => (hex, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        None => (digits, 10),
    };
    // from_str_radix would take a sign of its own.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    usize::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [u64; 4] = [0x1234_5678_9abc_def0, 0x1234_0000_0000_0001, 0, 0xff];

    #[test]
    fn indices_choose_and_order() {
        for (list, gpus) in [
            ("0", &[0][..]),
            ("3,1", &[3, 1]),
            (" 2 , 0x1,03", &[2, 1, 3]),
            ("", &[]),
            ("-1", &[]),
            ("4", &[]),
            ("0,1,2,3,0", &[0, 1, 2, 3]),
        ] {
            assert_eq!(select(list, &IDS), gpus, "{list:?}");
        }
    }

    #[test]
    fn the_first_bad_token_ends_the_list() {
        for list in [
            "1,x,2",
            "1,,2",
            "1,9,2",
            "1,1,2",
            "1,2x,3",
            "1,GPU-,2",
            "1,GPU-1234,2",
            "1,GPU-XX,2",
            "1,--2",
            "1,+-2",
        ] {
            assert_eq!(select(list, &IDS), [1], "{list:?}");
        }
    }

    #[test]
    fn a_unique_prefix_of_a_uuid_chooses_in_any_case() {
        for (list, gpus) in [
            ("GPU-123456789abcdef0", &[0][..]),
            ("gpu-12340", &[1]),
            ("GPU-12345,GPU-00000000000000FF", &[0, 3]),
            ("GPU-1", &[]),
            ("GPU-123456789abcdef00", &[]),
        ] {
            assert_eq!(select(list, &IDS), gpus, "{list:?}");
        }
    }
}
