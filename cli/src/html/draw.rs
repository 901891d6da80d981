//! Small drawings on one ruler each: a place on the ruler in, an SVG of fixed shape out.

use maud::{Markup, html};

/// Width of a ruler's picture in its own units; the style sheet stretches it.
pub const WIDTH: f64 = 400.0;
/// Height of a row's picture.
pub const HEIGHT: f64 = 30.0;
/// Room at either end, so that marks at the ends are whole.
const MARGIN: f64 = 12.0;

/// A scale from one figure to another, with the figures that are written at it.
#[derive(Clone, Debug)]
pub struct Ruler {
    pub from: f64,
    pub to: f64,
    pub ticks: Vec<f64>,
    /// The tick that is drawn strongly.
    pub zero: Option<f64>,
}

impl Ruler {
    /// Ticks at whole multiples of a step.
    pub fn new(from: f64, to: f64, step: f64, zero: Option<f64>) -> Self {
        let first = (from / step).ceil() as i32;
        let last = (to / step).floor() as i32;
        Self { from, to, ticks: (first..=last).map(|k| f64::from(k) * step).collect(), zero }
    }

    /// Where a value lies, held at the ends.
    pub fn x(&self, value: f64) -> f64 {
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        MARGIN + share * (WIDTH - 2.0 * MARGIN)
    }

    /// The figures, as the head of a column of pictures.
    pub fn head(&self, label: impl Fn(f64) -> String) -> Markup {
        let places: Vec<_> = self.ticks.iter().map(|tick| (self.x(*tick) / WIDTH, label(*tick))).collect();
        head(&places)
    }

    /// A row's picture: the lines of the ruler, then what stands on them.
    pub fn row(&self, body: &Markup) -> Markup {
        html! {
            svg.row viewBox="0 0 400 30" aria-hidden="true" {
                @for tick in &self.ticks {
                    line class=(if self.zero == Some(*tick) { "zero" } else { "grid" })
                        x1=(round(self.x(*tick))) x2=(round(self.x(*tick))) y1="0" y2=(HEIGHT) {}
                }
                (body)
            }
        }
    }

    /// A bar from one value to another.
    pub fn bar(&self, class: &str, from: f64, to: f64, height: f64) -> Markup {
        let (a, b) = (self.x(from.min(to)), self.x(from.max(to)));
        html! {
            rect class=(class) x=(round(a)) y=(round((HEIGHT - height) / 2.0)) width=(round((b - a).max(1.0)))
                height=(round(height)) rx="3" {}
        }
    }
}

/// Words at their places over a column of pictures, each a share of its width.
pub fn head(places: &[(f64, String)]) -> Markup {
    html! {
        span.clock aria-hidden="true" {
            @for (share, label) in places {
                span style={ "left:" (round(share * 100.0)) "%" } { (label) }
            }
        }
    }
}

/// A ring, a triangle that points the way to move, or a bar for the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Ring,
    MoveDown,
    MoveUp,
    StandIn,
    Dot,
}

/// A mark of a verdict's colour at a place.
pub fn mark(kind: Mark, class: &str, x: f64) -> Markup {
    let middle = HEIGHT / 2.0;
    let points = |tip: f64| {
        format!("{},{} {},{} {},{}", round(x - tip), middle, round(x + tip), middle - 8.0, round(x + tip), middle + 8.0)
    };
    html! {
        @match kind {
            Mark::Ring => circle class={ "ring " (class) } cx=(round(x)) cy=(middle) r="6" {},
            Mark::Dot => circle class={ "dot " (class) } cx=(round(x)) cy=(middle) r="4.5" {},
            Mark::MoveDown => polygon class=(class) points=(points(8.0)) {},
            Mark::MoveUp => polygon class=(class) points=(points(-8.0)) {},
            Mark::StandIn => rect class="reference" x=(round(x - 2.5)) y="4" width="5" height="22" rx="2.5" {},
        }
    }
}

/// A line between two places, in the middle of the row.
pub fn stem(class: &str, from: f64, to: f64) -> Markup {
    html! { line class={ "stem " (class) } x1=(round(from)) x2=(round(to)) y1="15" y2="15" {} }
}

/// A coordinate of two decimals: finer is not seen.
pub fn round(value: f64) -> String {
    let text = format!("{:.2}", value + 0.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruler_writes_whole_steps_and_holds_marks_inside() {
        let ruler = Ruler::new(-18.0, 9.0, 6.0, Some(0.0));
        assert_eq!(ruler.ticks, [-18.0, -12.0, -6.0, 0.0, 6.0]);
        assert_eq!((ruler.x(-18.0), ruler.x(9.0)), (MARGIN, WIDTH - MARGIN));
        assert_eq!(ruler.x(40.0), WIDTH - MARGIN, "what lies beyond stands at the end");
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!((round(1.0), round(2.345_678), round(-0.001)), ("1".into(), "2.35".into(), "0".into()));
    }
}
