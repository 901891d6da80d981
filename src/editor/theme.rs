//! Sizes, type and what egui's own popups and tooltips wear.

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Visuals,
};

pub use super::palette::{Palette, Wear, contrast};

/// The three weights, by family name.
const FONTS: [(&str, &[u8]); 3] = [
    ("regular", include_bytes!("../../assets/fonts/Roboto-Regular.ttf")),
    ("medium", include_bytes!("../../assets/fonts/Roboto-Medium.ttf")),
    ("bold", include_bytes!("../../assets/fonts/Roboto-Bold.ttf")),
];

/// Type sizes, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Tiny,
    Small,
    Body,
    Strong,
    Title,
    Figure,
}

impl Type {
    fn points(self) -> f32 {
        match self {
            Self::Tiny => 10.5,
            Self::Small => 12.0,
            Self::Body => 13.0,
            Self::Strong => 15.0,
            Self::Title => 19.0,
            Self::Figure => 52.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Medium,
    Bold,
}

impl Weight {
    fn family(self) -> FontFamily {
        let name = match self {
            Self::Regular => "regular",
            Self::Medium => "medium",
            Self::Bold => "bold",
        };
        FontFamily::Name(name.into())
    }
}

/// How a piece of text is set.
#[derive(Clone, Debug)]
pub struct Ink {
    pub font: FontId,
    pub color: Color32,
    /// Extra space between letters, for words in capitals.
    pub spacing: f32,
}

/// A palette, and the factor by which a large window enlarges everything.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    pub palette: &'static Palette,
    pub k: f32,
}

impl Theme {
    pub fn new(wear: Wear, k: f32) -> Self {
        Self { palette: Palette::of(wear), k }
    }

    /// Points of the design on this window.
    pub fn px(&self, points: f32) -> f32 {
        points * self.k
    }

    pub fn ink(&self, size: Type, weight: Weight, color: Color32) -> Ink {
        Ink { font: FontId::new(self.px(size.points()), weight.family()), color, spacing: 0.0 }
    }

    /// Small capitals' stand-in: tiny spaced capitals that name a group.
    pub fn caption(&self, color: Color32) -> Ink {
        Ink { spacing: self.px(0.7), ..self.ink(Type::Tiny, Weight::Medium, color) }
    }

    pub fn radius(&self, points: f32) -> CornerRadius {
        CornerRadius::same(self.px(points).round() as u8)
    }

    /// A thin line that lands on whole pixels.
    pub fn hair(&self, color: Color32) -> Stroke {
        Stroke::new(1.0, color)
    }
}

/// A tooltip's text is so wide at most, and its frame and the window's edge take so much at both sides.
const TOOLTIP_WIDEST: f32 = 340.0;
const TOOLTIP_ROOM: f32 = 40.0;

/// Loads the fonts and dresses what egui draws itself: popups, tooltips, text fields.
pub fn install(ctx: &egui::Context, wear: Wear) {
    ctx.set_fonts(fonts());
    ctx.set_theme(if wear == Wear::Light { egui::Theme::Light } else { egui::Theme::Dark });
    let palette = Palette::of(wear);
    ctx.all_styles_mut(|style| {
        style.visuals = visuals(wear, palette);
        style.spacing.menu_margin = Margin::same(4);
        style.interaction.tooltip_delay = 0.6;
        for (name, points) in [(TextStyle::Small, 11.0), (TextStyle::Body, 13.0), (TextStyle::Button, 13.0)] {
            style.text_styles.insert(name, FontId::new(points, Weight::Regular.family()));
        }
    });
}

/// Tooltips wrap within a window of this width, and at a line that is good to read.
pub fn fit_tooltips(ctx: &egui::Context, window: f32) {
    let width = (window - TOOLTIP_ROOM).min(TOOLTIP_WIDEST);
    if ctx.global_style().spacing.tooltip_width != width {
        ctx.all_styles_mut(|style| style.spacing.tooltip_width = width);
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, data) in FONTS {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(data)));
        fonts.families.insert(FontFamily::Name(name.into()), vec![name.into()]);
    }
    fonts.families.insert(FontFamily::Proportional, vec!["regular".into()]);
    fonts.families.insert(FontFamily::Monospace, vec!["regular".into()]);
    fonts
}

fn visuals(wear: Wear, palette: &Palette) -> Visuals {
    let mut visuals = if wear == Wear::Light { Visuals::light() } else { Visuals::dark() };
    visuals.override_text_color = Some(palette.text);
    visuals.panel_fill = palette.ground;
    visuals.window_fill = palette.raised;
    visuals.window_stroke = Stroke::new(1.0, palette.outline.gamma_multiply(0.5));
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.popup_shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(120) };
    visuals.extreme_bg_color = palette.ground;
    visuals.selection.bg_fill = palette.action.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, palette.action);
    visuals
}
