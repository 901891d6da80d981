//! Track names as words: whatever the case, the separators, the accents and the numbers.

use std::ops::Range;

/// A word of a name: folded for comparison, and where it stands in the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Lower case without accents.
    pub folded: String,
    pub place: Range<usize>,
}

impl Word {
    pub fn is_number(&self) -> bool {
        self.folded.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// The word in two, cut at a byte of its folded form.
    pub fn cut(self, name: &str, folded_at: usize) -> [Self; 2] {
        let text = &name[self.place.clone()];
        let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let at = self.place.start + ends.rfind(|at| fold(&text[..*at]).len() <= folded_at).unwrap_or(0);
        [word(name, self.place.start..at), word(name, at..self.place.end)]
    }
}

/// Runs of letters and digits, unsplit: "BassDI_02" is "bassdi" and "02" only after [`split`].
pub(crate) fn runs(name: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in name.char_indices().chain([(name.len(), ' ')]) {
        let inside = letter.is_alphanumeric() || (is_combining(letter) && start.is_some());
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push(word(name, from..at));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// A run's parts: where letters meet digits, and where camelCase begins a word.
pub(crate) fn split(name: &str, run: &Word) -> Vec<Word> {
    let letters: Vec<(usize, char)> =
        name[run.place.clone()].char_indices().filter(|(_, letter)| !is_combining(*letter)).collect();
    let mut cuts = vec![run.place.start];
    for (index, pair) in letters.windows(2).enumerate() {
        let (before, here) = (pair[0].1, pair[1].1);
        let next_is_lower = letters.get(index + 2).is_some_and(|(_, next)| next.is_lowercase());
        let camel = here.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_is_lower));
        if camel || before.is_numeric() != here.is_numeric() {
            cuts.push(run.place.start + pair[1].0);
        }
    }
    cuts.push(run.place.end);
    cuts.windows(2).map(|pair| word(name, pair[0]..pair[1])).collect()
}

fn word(name: &str, place: Range<usize>) -> Word {
    Word { folded: fold(&name[place.clone()]), place }
}

/// macOS writes file names with their accents as characters of their own.
fn is_combining(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// Lower case, without accents.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase).filter(|letter| !is_combining(*letter)) {
        match letter {
            'à'..='å' => folded.push('a'),
            'è'..='ë' => folded.push('e'),
            'ì'..='ï' => folded.push('i'),
            'ò'..='ö' | 'ø' => folded.push('o'),
            'ù'..='ü' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // The wide forms of Japanese keyboards.
            '\u{ff01}'..='\u{ff5e}' => folded.extend(char::from_u32(u32::from(letter) - 0xfee0)),
            _ => folded.push(letter),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str) -> Vec<String> {
        runs(name).iter().flat_map(|run| split(name, run)).map(|word| word.folded).collect()
    }

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("BassDI_02"), ["bass", "di", "02"]);
        assert_eq!(words("01-HiHat (L).wav"), ["01", "hi", "hat", "l", "wav"]);
        assert_eq!(words("EBass"), ["e", "bass"]);
        assert_eq!(words("808Kick"), ["808", "kick"]);
        assert_eq!(words("GTR"), ["gtr"]);
        assert_eq!(words(" _ "), [""; 0]);
    }

    #[test]
    fn accents_do_not_matter_composed_or_not() {
        assert_eq!(words("Batería"), ["bateria"]);
        assert_eq!(words("Bateri\u{301}a"), ["bateria"]);
        assert_eq!(words("CHŒUR Große Flächen"), ["choeur", "grosse", "flachen"]);
    }

    #[test]
    fn words_are_cut_where_their_letters_are() {
        let name = "Fla\u{308}chenBUS";
        let [head, tail] = runs(name).remove(0).cut(name, "flachen".len());
        assert_eq!((head.folded.as_str(), tail.folded.as_str()), ("flachen", "bus"));
        assert_eq!(&name[head.place], "Fla\u{308}chen");
    }

    #[test]
    fn words_remember_their_place() {
        let name = "Gtr L";
        let places: Vec<&str> = runs(name).iter().map(|word| &name[word.place.clone()]).collect();
        assert_eq!(places, ["Gtr", "L"]);
    }
}
