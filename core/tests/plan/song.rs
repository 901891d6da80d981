//! Sessions at random, whose levels are known.

use keel_core::mix::Role;

use super::common::Track;

/// The same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }

    /// To a hundredth, so that no offset lies on the edge of a rounding.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        ((low + (high - low) * self.unit()) * 10.0).floor() / 10.0 + 0.023
    }
}

/// Where the middle of each role's band lies under a kick at -11 dBFS, and whether it is heard by its hits.
const PLACES: [(Role, f64, bool); 11] = [
    (Role::Bass, -15.5, false),
    (Role::Snare, -14.0, true),
    (Role::Hats, -21.0, true),
    (Role::Toms, -15.0, true),
    (Role::Percussion, -15.0, true),
    (Role::Cymbals, -20.0, false),
    (Role::Guitars, -19.0, false),
    (Role::Pads, -19.0, false),
    (Role::LeadVocal, -14.0, false),
    (Role::LeadSynth, -17.0, false),
    (Role::BackingVocals, -18.0, false),
];
pub const SECONDS: f64 = 20.0;
/// Names of which none is another's double.
const NAMES: [&str; 8] = ["Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Oak"];
const KINDS: [&str; 6] = ["Bark", "Bud", "Cone", "Leaf", "Root", "Seed"];

/// The name of a unit by its number, of 48.
pub fn name(number: usize) -> String {
    format!("{} {}", NAMES[number % NAMES.len()], KINDS[number / NAMES.len() % KINDS.len()])
}

/// One unit: its peak level, and its loudness over what a tone of that peak has.
#[derive(Clone, Debug)]
pub struct Planted {
    pub name: String,
    pub role: Role,
    pub peak_db: f64,
    pub louder: f64,
    pub is_hits: bool,
}

impl Planted {
    pub fn track(&self) -> Track {
        let track = Track::silent(&self.name, self.role, SECONDS);
        let mut track = match self.is_hits {
            true => track.hits(if self.role == Role::Kick { 0.0 } else { 0.25 }, SECONDS, 0.5, self.peak_db),
            false => track.tone(0.0, SECONDS, self.peak_db),
        };
        let more = 10f64.powf(self.louder / 10.0) as f32;
        for cell in &mut track.cells {
            cell.k_power *= more;
            cell.hit_k_power *= more;
        }
        track
    }
}

pub fn kick(peak_db: f64) -> Planted {
    Planted { name: "Kick".into(), role: Role::Kick, peak_db, louder: 0.0, is_hits: true }
}

/// A unit of some role, off its place by at most so much.
pub fn planted(name: String, random: &mut Random, roles: impl Fn(Role) -> bool, off: f64) -> Planted {
    loop {
        let (role, place, is_hits) = PLACES[random.below(PLACES.len())];
        if roles(role) {
            let (peak_db, louder) = (place + random.between(-off, off), random.between(-4.0, 4.0));
            return Planted { name, role, peak_db, louder, is_hits };
        }
    }
}

/// A whole mix that is off in many places.
pub fn mix() -> Vec<Track> {
    let mut random = Random(77);
    let mut units = vec![kick(-20.02)];
    for (at, (role, place, is_hits)) in PLACES.iter().enumerate() {
        let (peak_db, louder) = (place + random.between(-15.0, 15.0), random.between(-3.0, 3.0));
        units.push(Planted { name: format!("{role:?} {at}"), role: *role, peak_db, louder, is_hits: *is_hits });
    }
    units.iter().map(|unit| unit.track().build()).collect()
}
