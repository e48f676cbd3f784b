//! Path patterns: `*` is any text without a slash, `**` any text. Touches nothing.
#![forbid(unsafe_code)]

/// Whether the whole of `text` fits `pattern`.
pub fn matches(pattern: &str, text: &str) -> bool {
    match_bytes(pattern.as_bytes(), text.as_bytes())
}

fn match_bytes(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', b'*', rest @ ..] => (0..=text.len()).any(|skip| match_bytes(rest, &text[skip..])),
        [b'*', rest @ ..] => {
            let segment = text.iter().position(|&byte| byte == b'/').unwrap_or(text.len());
            (0..=segment).any(|skip| match_bytes(rest, &text[skip..]))
        }
        [first, rest @ ..] => text.first() == Some(first) && match_bytes(rest, &text[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stays_within_a_path_segment() {
        assert!(matches("/nodes/*/gpu_id", "/nodes/12/gpu_id"));
        assert!(matches("/dev/dri/renderD*", "/dev/dri/renderD128"));
        assert!(!matches("/nodes/*/gpu_id", "/nodes/1/caches/gpu_id"));
    }

    #[test]
    fn two_stars_cross_segments() {
        assert!(matches("/sys/**/properties", "/sys/nodes/1/caches/0/properties"));
        assert!(matches("/sys/**", "/sys/"));
        assert!(!matches("/sys/**/properties", "/sys/nodes/1/name"));
    }
}
