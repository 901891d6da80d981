//! What is wrong with a TOML file that a person wrote: where, and what was perhaps meant.

/// What is wrong, at a byte of the file.
#[derive(Debug)]
pub struct TomlFault {
    place: usize,
    message: String,
}

impl TomlFault {
    /// A fault of Keel's own finding.
    pub fn at(place: usize, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }

    /// What the parser found, as advice.
    pub fn from_toml(error: &toml::de::Error, text: &str) -> Self {
        let place = error.span().map_or(0, |span| span.start);
        let near = text.get(place..).and_then(|rest| rest.split(['\n', '#']).next()).unwrap_or_default();
        let message = if near.contains(['\u{2212}', '\u{2013}']) {
            "this minus sign is a typeset one: write a plain hyphen, as in -6.0".to_owned()
        } else {
            suggest(error.message()).unwrap_or_else(|| error.message().to_owned())
        };
        Self { place, message }
    }

    /// Line and column in the text, in characters, counted from 1.
    pub fn place(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.place.min(text.len())).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// What is wrong and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// "unknown field `lo`, expected one of `low`, `high`" as advice: the nearest name, else all of them.
fn suggest(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown ")?;
    let mut names = rest.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    let known: Vec<&str> = names.collect();
    let what = if known.contains(&"kick") && known.contains(&"hats") {
        "role"
    } else if rest.starts_with("field") {
        "key"
    } else {
        "value"
    };
    let nearest = known.iter().map(|name| (edit_distance(wrong, name), *name)).min();
    Some(match nearest {
        Some((distance, name)) if distance <= 1 + name.chars().count() / 3 => {
            format!("unknown {what} \"{wrong}\": did you mean \"{name}\"?")
        }
        _ => format!("unknown {what} \"{wrong}\": write one of {}", known.join(", ")),
    })
}

/// Levenshtein's distance, in any case.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
