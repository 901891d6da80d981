//! As much of Rust's grammar as it takes to see which paths a file names.

/// A word, `::`, or one sign of punctuation. Comments, strings and characters are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut line, mut tokens) = (0, 1, Vec::new());
    while at < chars.len() {
        let end = end_of_lexeme(&chars, at);
        let lexeme = &chars[at..end];
        let is_word = lexeme[0].is_alphanumeric() || lexeme[0] == '_';
        let is_text = lexeme.contains(&'"') || lexeme.starts_with(&['\'']) || lexeme.starts_with(&['/', '/']);
        let is_comment = lexeme.starts_with(&['/', '*']);
        if !(lexeme[0].is_whitespace() || is_text || is_comment) {
            let text: String = if is_word { lexeme.iter().collect() } else { lexeme.iter().take(2).collect() };
            tokens.push(Token { text: text.trim_start_matches("r#").to_owned(), line });
        }
        line += lexeme.iter().filter(|&&c| c == '\n').count();
        at = end;
    }
    tokens
}

/// Where the lexeme that begins at `at` ends.
fn end_of_lexeme(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let is = |offset: usize, c: char| rest.get(offset) == Some(&c);
    if rest.starts_with(&['/', '/']) {
        return at + rest.iter().position(|&c| c == '\n').unwrap_or(rest.len());
    }
    if rest.starts_with(&['/', '*']) {
        return at + end_of_block_comment(rest);
    }
    if rest.starts_with(&[':', ':']) {
        return at + 2;
    }
    // A string, with what may stand before it: b"", c"", r"", r#""#, br"".
    let prefix = rest.iter().take_while(|c| "brc".contains(**c)).count();
    let hashes = rest[prefix.min(2)..].iter().take_while(|&&c| c == '#').count();
    if prefix <= 2 && is(prefix + hashes, '"') && (prefix > 0 || hashes == 0) {
        let is_raw = rest[..prefix].contains(&'r');
        return at + end_of_string(rest, prefix + hashes, is_raw.then_some(hashes));
    }
    if is(0, '\'') {
        // A character unless it is a lifetime.
        let is_char = is(1, '\\') || is(2, '\'');
        let end =
            if is(1, '\\') { rest.iter().skip(3).position(|&c| c == '\'').map_or(rest.len(), |k| k + 4) } else { 3 };
        return at + if is_char { end.min(rest.len()) } else { 1 };
    }
    let raw = if rest.starts_with(&['r', '#']) { 2 } else { 0 };
    let word = rest[raw..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
    at + if word > 0 { raw + word } else { 1 }
}

fn end_of_block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match (rest[at], rest.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn end_of_string(rest: &[char], quote: usize, raw_hashes: Option<usize>) -> usize {
    let mut at = quote + 1;
    while at < rest.len() {
        match (rest[at], raw_hashes) {
            ('\\', None) => at += 2,
            ('"', None) => return at + 1,
            ('"', Some(hashes)) if rest[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes => {
                return at + 1 + hashes;
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// The tokens up to a `#[cfg(test)] mod tests {`, which stands last in a file; one in a file of its own may stand anywhere.
pub fn without_tests(tokens: &[Token]) -> &[Token] {
    let shape = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let has_shape = |at: usize| tokens[at..].iter().map(|token| &token.text).take(shape.len()).eq(shape);
    let is_inline = |at: usize| tokens.get(at + shape.len() + 1).is_some_and(|token| token.text == "{");
    &tokens[..(0..tokens.len()).find(|&at| has_shape(at) && is_inline(at)).unwrap_or(tokens.len())]
}

/// The module that a file is, from its package down.
pub fn modules_of(crate_name: &str, file: &str) -> Vec<String> {
    let inside = file.trim_end_matches(".rs").split('/').filter(|part| !["lib", "main", "mod"].contains(part));
    std::iter::once(crate_name).chain(inside).map(str::to_owned).collect()
}

/// Every path of `use` and of expressions that starts at a crate, absolute: `keel_core::mix::Role`, by line.
pub fn paths(code: &[Token], crate_name: &str, file: &str) -> Vec<(usize, String)> {
    let mut modules = modules_of(crate_name, file);
    let mut inline: Vec<usize> = Vec::new();
    let (mut depth, mut found) = (0, Vec::new());
    let word = |at: usize| code.get(at).map_or("", |token| token.text.as_str());
    for at in 0..code.len() {
        match word(at) {
            "{" => {
                depth += 1;
                if at >= 2 && word(at - 2) == "mod" {
                    modules.push(word(at - 1).to_owned());
                    inline.push(depth);
                }
            }
            "}" => {
                if inline.last() == Some(&depth) {
                    inline.pop();
                    modules.pop();
                }
                depth -= 1;
            }
            name if is_name(name) => {
                let before = if at == 0 { "" } else { word(at - 1) };
                let continues =
                    before == "::" && at >= 2 && (is_name(word(at - 2)) || [">", "{"].contains(&word(at - 2)));
                if !continues && (word(at + 1) == "::" || before == "use") {
                    let mut spelled = Vec::new();
                    expand(code, at, "", &mut spelled);
                    found.extend(spelled.iter().map(|path| (code[at].line, absolute(path, &modules))));
                }
            }
            _ => {}
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_') && text != "use"
}

/// Spells out a path or a tree of `use` from `at` on; returns where it ends.
fn expand(code: &[Token], at: usize, prefix: &str, found: &mut Vec<String>) -> usize {
    let word = |at: usize| code.get(at).map_or("", |token| token.text.as_str());
    let path = if prefix.is_empty() { word(at).to_owned() } else { format!("{prefix}::{}", word(at)) };
    if word(at) == "{" {
        let mut at = at + 1;
        while at < code.len() && word(at) != "}" {
            at = if word(at) == "," { at + 1 } else { expand(code, at, prefix, found) };
        }
        return at + 1;
    }
    let goes_on = is_name(word(at + 2)) || ["{", "*"].contains(&word(at + 2));
    if word(at + 1) == "::" && goes_on {
        return expand(code, at + 2, &path, found);
    }
    found.push(path);
    // `as name`, or whatever stands there.
    if word(at + 1) == "as" { at + 3 } else { at + 1 }
}

/// Resolves `crate`, `self` and `super` inside the module at hand.
fn absolute(path: &str, modules: &[String]) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    let supers = parts.iter().take_while(|part| **part == "super").count();
    let from_self = usize::from(parts[0] == "self");
    let after_self = parts[from_self..].iter().take_while(|part| **part == "super").count();
    let (base, rest): (&[String], &[&str]) = match parts[0] {
        "crate" => (&modules[..1], &parts[1..]),
        "self" => (&modules[..modules.len().saturating_sub(after_self)], &parts[1 + after_self..]),
        "super" => (&modules[..modules.len().saturating_sub(supers)], &parts[supers..]),
        _ => (&[], &parts),
    };
    let all = base.iter().map(String::as_str).chain(rest.iter().copied());
    // A trailing `self` in braces names the module before it.
    all.filter(|part| *part != "self").collect::<Vec<_>>().join("::")
}
