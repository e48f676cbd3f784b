//! `idr_alloc`: the lowest free number from a start on. Touches nothing.
#![forbid(unsafe_code)]

/// The lowest number from `first` on that is not among `taken`, which come in ascending order.
pub(crate) fn lowest_free<'n>(taken: impl Iterator<Item = &'n u32>, first: u32) -> u32 {
    taken.filter(|number| **number >= first).fold(first, |free, number| free + u32::from(*number == free))
}

#[cfg(test)]
mod tests {
    use super::lowest_free;

    #[test]
    fn gaps_are_filled_first() {
        assert_eq!(lowest_free([].iter(), 1), 1);
        assert_eq!(lowest_free([0, 1, 2, 4, 5].iter(), 1), 3);
        assert_eq!(lowest_free([1, 2, 3].iter(), 1), 4);
        assert_eq!(lowest_free([9].iter(), 1), 1);
    }
}
