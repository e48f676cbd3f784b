//! The list of tool libraries in HSA_TOOLS_LIB. Pure. Answers to parse_tool_names of upstream's `runtime.cpp`.
#![forbid(unsafe_code)]

use std::mem;

/// The names in a list: separated by blanks, unless these stand between double quotes or after a backslash. Empty
/// names are left out; upstream takes one for the program itself.
pub fn names(list: &str) -> Vec<String> {
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = list.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => name.extend(rest.next()),
            ' ' if !quoted => names.push(mem::take(&mut name)),
            '"' => {
                quoted = !quoted;
                if !quoted {
                    names.push(mem::take(&mut name));
                }
            }
            other => name.push(other),
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_separate_names() {
        assert_eq!(names("liba.so  /opt/libb.so.1 "), ["liba.so", "/opt/libb.so.1"]);
        assert!(names("").is_empty());
    }

    #[test]
    fn quotes_and_backslashes_keep_blanks() {
        assert_eq!(names(r#""/my tools/a.so" b\ c.so \"d"#), ["/my tools/a.so", "b c.so", "\"d"]);
        assert_eq!(names(r#""open quote"#), ["open quote"]);
        assert_eq!(names("ends\\"), ["ends"]);
    }
}
