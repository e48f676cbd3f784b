//! In which order work begins where the hardware is free to choose. Pure.

/// As it comes, or shuffled: a program that depends on the order gives other results with another seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order(Option<u64>);

impl Order {
    /// Shuffled by a seed.
    pub fn shuffled(seed: u64) -> Self {
        Self(Some(seed))
    }

    /// Which of `count` things has turn `turn`, which is below `count`; each has one.
    pub fn place(self, turn: u64, count: u64) -> u64 {
        let Some(seed) = self.0 else { return turn };
        let count = u128::from(count);
        // A step that has no divisor in common with the count comes by each of them once.
        let first = u128::from(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)) % count;
        let step = (first.max(1)..).find(|step| divisor(*step, count) == 1).unwrap_or(1);
        ((u128::from(turn) * step + first) % count) as u64
    }
}

fn divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_one_turn() {
        for (seed, count) in [(0, 1), (1, 2), (7, 12), (u64::MAX, 97), (3, 1024)] {
            let mut places: Vec<u64> =
                (0..count).map(|turn| Order::shuffled(seed).place(turn, count)).collect();
            places.sort_unstable();
            assert_eq!(places, (0..count).collect::<Vec<_>>(), "seed {seed}");
        }
    }

    #[test]
    fn seeds_differ() {
        let order = |order: Order| (0..8).map(|turn| order.place(turn, 8)).collect::<Vec<_>>();
        assert_eq!(order(Order::default()), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_ne!(order(Order::shuffled(1)), order(Order::shuffled(2)));
    }
}
