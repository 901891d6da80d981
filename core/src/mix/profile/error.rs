//! Why a profile cannot be used.

use std::fmt;

use super::toml_error::TomlFault;

/// Why a profile cannot be used, and where its file says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// The profile's name.
    pub profile: String,
    /// Counted from 1; none where the file could not be read at all.
    pub line: Option<usize>,
    /// In characters, counted from 1.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl ProfileError {
    pub(super) fn at(profile: &str, fault: &TomlFault, text: &str) -> Self {
        let (line, column) = fault.place(text);
        let (line, column) = (Some(line), Some(column));
        Self { profile: profile.to_owned(), line, column, message: fault.message().to_owned() }
    }

    pub(super) fn unread(profile: &str, message: &str) -> Self {
        Self { profile: profile.to_owned(), line: None, column: None, message: message.to_owned() }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "profile {}", self.profile)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(formatter, ", line {line}, column {column}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl std::error::Error for ProfileError {}
