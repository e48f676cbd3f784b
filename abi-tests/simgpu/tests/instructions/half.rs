//! f16 by its definition, for expected values: written without a look at the simulator's.

use std::cmp::Ordering;

/// The magnitude of an f16 without its sign; infinity counts as the next power of two.
fn magnitude(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10), f64::from(bits & 0x3ff));
    if exponent == 0 { fraction * 2f64.powi(-24) } else { (1024.0 + fraction) * 2f64.powi(exponent - 25) }
}

pub fn value(bits: u16) -> f64 {
    let size = match bits & 0x7fff {
        0x7c00 => f64::INFINITY,
        0x7c01.. => f64::NAN,
        finite => magnitude(finite),
    };
    if bits & 0x8000 != 0 { -size } else { size }
}

/// The nearest f16 of a number whose magnitude compares with others as the function says, ties to even.
fn nearest_by(negative: bool, compare: impl Fn(f64) -> Ordering) -> u16 {
    let (mut low, mut high) = (0u16, 0x7c00u16);
    // The least one that the number is not above the middle between it and the next of.
    while low < high {
        let middle = low + (high - low) / 2;
        let boundary = (magnitude(middle) + magnitude(middle + 1)) / 2.0;
        let stays = match compare(boundary) {
            Ordering::Less => true,
            Ordering::Equal => middle & 1 == 0,
            Ordering::Greater => false,
        };
        if stays {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low | if negative { 0x8000 } else { 0 }
}

/// The nearest f16 of an f64.
pub fn nearest(number: f64) -> u16 {
    if number.is_nan() {
        return 0x7e00;
    }
    nearest_by(number.is_sign_negative(), |other| number.abs().partial_cmp(&other).expect("numbers"))
}

/// `a * b + c`, rounded once: exactly, in units of 2^-48.
pub fn fma(a: u16, b: u16, c: u16) -> u16 {
    let exact = value(a) * value(b) + value(c);
    if !exact.is_finite() {
        return nearest(exact);
    }
    let units = |number: f64| (number * 2f64.powi(48)) as i128;
    let sum = units(value(a) * value(b)) + units(value(c));
    if sum == 0 {
        return nearest(exact);
    }
    nearest_by(sum < 0, |other| sum.abs().cmp(&units(other)))
}

/// The f16 next to zero.
pub fn toward_zero(number: f64) -> u16 {
    let near = nearest(number);
    let over = value(near).abs() > number.abs();
    if over { near - 1 } else { near }
}

#[test]
fn rounding_is_to_nearest_and_ties_to_even() {
    assert_eq!(
        [1.0, 65504.0, 65520.0, 2f64.powi(-25), -2f64.powi(-24)].map(nearest),
        [0x3c00, 0x7bff, 0x7c00, 0, 0x8001]
    );
    assert_eq!((fma(0x3c00, 0x1000, 0x3c00), toward_zero(1e6)), (0x3c00, 0x7bff));
}
