//! The comparison of two traces: the longest common subsequence of their canonical lines, shown as a unified diff
//! without context. Pure.
#![forbid(unsafe_code)]

use super::canonical::Canonical;

/// Compares two traces. `None`: they are the same program doing the same. Else the difference: `@ line` of the first
/// and second trace, then lines of the first only behind `-` and of the second only behind `+`.
pub fn compare(first: &str, second: &str) -> Option<String> {
    let (first, second) = (canonical(first), canonical(second));
    let edits = edits(&first, &second);
    let mut text = String::new();
    let mut quiet = true;
    let (mut i, mut j) = (0, 0);
    for edit in edits {
        if edit != Edit::Keep && quiet {
            text.push_str(&format!("@ {} {}\n", i + 1, j + 1));
        }
        quiet = edit == Edit::Keep;
        match edit {
            Edit::Keep => (i, j) = (i + 1, j + 1),
            Edit::Drop => {
                text.push_str(&format!("-{}\n", first[i]));
                i += 1;
            }
            Edit::Add => {
                text.push_str(&format!("+{}\n", second[j]));
                j += 1;
            }
        }
    }
    (!text.is_empty()).then_some(text)
}

fn canonical(trace: &str) -> Vec<String> {
    let mut canonical = Canonical::default();
    trace.lines().map(|line| canonical.line(line)).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edit {
    Keep,
    Drop,
    Add,
}

/// The edits that make `b` of `a`. Quadratic in what is left between the common head and the common tail; a trace of
/// hsa_init has a few hundred lines.
fn edits(a: &[String], b: &[String]) -> Vec<Edit> {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let keep = |count| std::iter::repeat_n(Edit::Keep, count);
    keep(head).chain(middle(a, b)).chain(keep(tail)).collect()
}

fn middle(a: &[String], b: &[String]) -> Vec<Edit> {
    // common[i][j]: length of the longest common subsequence of a[i..] and b[j..].
    let mut common = vec![vec![0u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] =
                if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut edits = Vec::new();
    while i < a.len() || j < b.len() {
        let both = i < a.len() && j < b.len();
        let edit = if both && a[i] == b[j] {
            Edit::Keep
        } else if j == b.len() || (both && common[i + 1][j] >= common[i][j + 1]) {
            Edit::Drop
        } else {
            Edit::Add
        };
        i += usize::from(edit != Edit::Add);
        j += usize::from(edit != Edit::Drop);
        edits.push(edit);
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn traces_that_differ_in_addresses_only_are_equal() {
        let a = "1 kfd A va_addr=0x10 -> 0 handle=0x1\n1 kfd B handle=0x1 -> 0\n";
        let b = "2 kfd A va_addr=0x99 -> 0 handle=0x7\n2 kfd B handle=0x7 -> 0\n";
        assert_eq!(compare(a, b), None);
    }

    #[test]
    fn another_handle_is_a_difference() {
        let a = "1 kfd A -> 0 handle=0x1\n1 kfd A -> 0 handle=0x2\n1 kfd B handle=0x1 -> 0\n";
        let b = "1 kfd A -> 0 handle=0x1\n1 kfd A -> 0 handle=0x2\n1 kfd B handle=0x2 -> 0\n";
        let expected = "@ 3 3\n-pid#1 kfd B handle=handle#1 -> 0\n+pid#1 kfd B handle=handle#2 -> 0\n";
        assert_eq!(compare(a, b).as_deref(), Some(expected));
    }

    #[test]
    fn missing_and_new_calls_are_shown_where_they_are() {
        let a = "1 kfd A -> 0\n1 kfd B -> 0\n1 kfd C -> 0\n1 kfd D -> 0\n";
        let b = "1 kfd A -> 0\n1 kfd C -> 0\n1 kfd X -> 0\n1 kfd D -> 0\n";
        let expected = "@ 2 2\n-pid#1 kfd B -> 0\n@ 4 3\n+pid#1 kfd X -> 0\n";
        assert_eq!(compare(a, b).as_deref(), Some(expected));
    }
}
