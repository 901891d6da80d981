//! Parts: tracks that are one instrument recorded twice, known by names that differ only by left and right, 1 and 2, top and
//! bottom, in and out, the pickup (DI, amp, mic) or a double.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::name::Word;
use super::role::Role;
use super::words::words;

/// Two or more tracks with one verdict and one move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the names share, and how they differ: "Gtr L+R".
    pub name: String,
    /// Places among the tracks given, in their order.
    pub members: Vec<usize>,
}

/// How the tracks of a part may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    Side,
    Number,
    Face,
    Depth,
    Pickup,
    Double,
}

/// The words of each difference, in the seven languages of the vocabulary, folded.
const MARKS: &[(Difference, &str)] = &[
    (
        Difference::Side,
        "l r left right lft rgt lt rt links rechts izquierda derecha izq gauche droite sinistra destra sx dx \
      esquerda direita esq",
    ),
    (
        Difference::Face,
        "top bottom bot btm up down under oben unten arriba abajo dessus dessous sopra sotto \
      cima boven onder",
    ),
    (
        Difference::Depth,
        "in out inside outside inner outer beater innen aussen dentro fuera dedans dehors fuori fora \
      binnen buiten",
    ),
    (Difference::Pickup, "di amp mic mike cab direct reamp mikro mikrofon ampli"),
    (Difference::Double, "dbl double doubled doppel doppelt gedoppelt doble doublage"),
];

/// A name taken apart: what it shares with others of its part, and its marks.
struct Shape<'a> {
    track: usize,
    name: &'a str,
    stem: Vec<Word>,
    marks: Vec<(Difference, Word)>,
    number: Option<u8>,
}

/// The parts of two tracks and more. Tracks of one part have the same role; buses form none.
pub fn group(tracks: &[(&str, Role)]) -> Vec<Part> {
    let mut families: BTreeMap<(Role, String), Vec<Shape<'_>>> = BTreeMap::new();
    for (track, (name, role)) in tracks.iter().enumerate().filter(|(_, track)| !track.1.is_bus()) {
        let shape = Shape::new(track, name, *role);
        if !shape.stem.is_empty() {
            families.entry((*role, shape.stem_text())).or_default().push(shape);
        }
    }
    let mut parts: Vec<Vec<Shape<'_>>> = families.into_values().flat_map(split_family).collect();
    parts.retain(|shapes| shapes.len() > 1);
    parts.sort_by_key(|shapes| shapes[0].track);
    let part = |shapes: &Vec<Shape<'_>>| Part {
        name: part_name(shapes),
        members: shapes.iter().map(|shape| shape.track).collect(),
    };
    parts.iter().map(part).collect()
}

impl<'a> Shape<'a> {
    fn new(track: usize, name: &'a str, role: Role) -> Self {
        let mut shape = Self { track, name, stem: Vec::new(), marks: Vec::new(), number: None };
        let words = words(name);
        let first = usize::from(words.len() > 1 && is_track_number(&words[0], &words[1]));
        for (index, word) in words.iter().enumerate().skip(first) {
            let next = words.get(index + 1).map(|next| next.folded.as_str());
            shape.take(word, next, role);
        }
        shape
    }

    fn take(&mut self, word: &Word, next: Option<&str>, role: Role) {
        let is_lead = matches!(role, Role::LeadVocal | Role::LeadSynth);
        let number = word.folded.parse::<u8>().ok().filter(|number| (1..=16).contains(number));
        let contrabass = matches!(next, Some("bass" | "basse"));
        let known = MARKS.iter().find(|(_, words)| words.split(' ').any(|mark| mark == word.folded));
        // The third microphone of a kick; elsewhere "sub" is an instrument.
        let sub = (role == Role::Kick && word.folded == "sub").then_some(Difference::Depth);
        match known.map(|(mark, _)| *mark).or(sub) {
            // Two leads are two singers, whatever their numbers.
            None if number.is_some() && self.number.is_none() && !is_lead && !self.stem.is_empty() => {
                self.number = number;
                self.marks.push((Difference::Number, word.clone()));
            }
            Some(Difference::Double) if contrabass => self.stem.push(word.clone()),
            Some(mark) => self.marks.push((mark, word.clone())),
            None => self.stem.push(word.clone()),
        }
    }

    fn stem_text(&self) -> String {
        let words: Vec<&str> = self.stem.iter().map(|word| word.folded.as_str()).collect();
        words.join(" ")
    }

    /// A name without a mark is the other half of a second microphone or a double: "Snare" and "Snare Btm". It is not the
    /// other half of a left side or a number 2.
    fn may_stand_beside_unmarked(&self) -> bool {
        let last_of_stem = self.stem.last().map_or(0, |word| word.place.end);
        self.marks.iter().all(|(mark, word)| match mark {
            Difference::Side | Difference::Number => false,
            Difference::Depth => true,
            Difference::Face | Difference::Pickup | Difference::Double => word.place.start >= last_of_stem,
        })
    }

    /// The marks' words, for telling doubles of one name from parts.
    fn mark_text(&self) -> Vec<&str> {
        self.marks.iter().map(|(_, word)| word.folded.as_str()).collect()
    }
}

/// Names that share stem and role, as the parts they make.
fn split_family(shapes: Vec<Shape<'_>>) -> Vec<Vec<Shape<'_>>> {
    // 1 and 2 are a pair; a series of three and more is takes or instruments of their own.
    let numbers: BTreeSet<u8> = shapes.iter().filter_map(|shape| shape.number).collect();
    let is_pair = numbers.iter().eq(&[1, 2]);
    let mut by_number: BTreeMap<Option<u8>, Vec<Shape<'_>>> = BTreeMap::new();
    for shape in shapes {
        let key = shape.number.map(|number| if is_pair { 1 } else { number });
        by_number.entry(key).or_default().push(shape);
    }
    by_number.into_values().flat_map(split_unmarked).collect()
}

/// Takes out tracks without any mark where they cannot be a half of what is left, and tracks of one and the same name.
fn split_unmarked(shapes: Vec<Shape<'_>>) -> Vec<Vec<Shape<'_>>> {
    let (mut unmarked, mut marked): (Vec<_>, Vec<_>) = shapes.into_iter().partition(|shape| shape.marks.is_empty());
    if unmarked.len() == 1 && marked.iter().all(Shape::may_stand_beside_unmarked) {
        marked.append(&mut unmarked);
    }
    let mut parts: Vec<Vec<Shape<'_>>> = unmarked.into_iter().map(|shape| vec![shape]).collect();
    let distinct: BTreeSet<Vec<&str>> = marked.iter().map(Shape::mark_text).collect();
    if distinct.len() < marked.len() {
        parts.extend(marked.into_iter().map(|shape| vec![shape]));
        return parts;
    }
    marked.sort_by_key(|shape| shape.track);
    parts.push(marked);
    parts
}

/// "Gtr L+R", or what the names share where the tracks differ in more than one way.
fn part_name(shapes: &[Shape<'_>]) -> String {
    let first = &shapes[0];
    let is_shared = |mark: &(Difference, Word)| {
        shapes.iter().all(|shape| shape.marks.iter().any(|other| other.0 == mark.0 && other.1.folded == mark.1.folded))
    };
    let mut shared: Vec<&Word> = first.stem.iter().collect();
    shared.extend(first.marks.iter().filter(|mark| is_shared(mark)).map(|(_, word)| word));
    shared.sort_by_key(|word| word.place.start);
    let own: Vec<(Difference, &str)> = shapes
        .iter()
        .flat_map(|shape| shape.marks.iter().map(move |mark| (mark, shape.name)))
        .filter(|(mark, _)| !is_shared(mark))
        .map(|((difference, word), name)| (*difference, &name[word.place.clone()]))
        .collect();
    let tidy = tidy(first.name, &shared);
    if own.iter().any(|(difference, _)| *difference != own[0].0) {
        return tidy;
    }
    let gap = if own.len() < shapes.len() { "+" } else { " " };
    let own: Vec<&str> = own.iter().map(|(_, word)| *word).collect();
    format!("{tidy}{gap}{}", own.join("+"))
}

/// Words of a name as the user wrote them, a space or a hyphen apart.
fn tidy(name: &str, words: &[&Word]) -> String {
    let mut tidy = String::new();
    let mut end = None;
    for word in words {
        match end.map(|end| &name[end..word.place.start]) {
            None | Some("") => {}
            Some("-") => tidy.push('-'),
            Some(_) => tidy.push(' '),
        }
        tidy.push_str(&name[word.place.clone()]);
        end = Some(word.place.end);
    }
    tidy
}

/// "03 Gtr", "012_Vox": numbers that order the tracks say nothing of the part; a 12-string's do.
fn is_track_number(word: &Word, next: &Word) -> bool {
    let orders = word.folded.len() == 2 || (word.folded.len() == 3 && word.folded.starts_with('0'));
    word.is_number() && orders && !next.folded.starts_with("string")
}
