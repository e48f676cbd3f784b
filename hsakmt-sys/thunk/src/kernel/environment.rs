//! The environment, unless the program runs with more rights than its caller.
//!
//! Touches `getauxval` and the environment.

/// Every variable that is text; none under AT_SECURE (set-user-id and the like), where the caller is not trusted.
#[must_use]
pub fn variables() -> Vec<(String, String)> {
    // SAFETY: takes a number and returns one.
    if unsafe { libc::getauxval(libc::AT_SECURE) } != 0 {
        return Vec::new();
    }
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
