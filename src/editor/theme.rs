//! Colours, sizes and type.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

/// Family names of the three weights.
const WEIGHTS: [(&str, &[u8]); 3] = [
    ("regular", include_bytes!("../../assets/fonts/Roboto-Regular.ttf")),
    ("medium", include_bytes!("../../assets/fonts/Roboto-Medium.ttf")),
    ("bold", include_bytes!("../../assets/fonts/Roboto-Bold.ttf")),
];

/// Loads fonts and egui's own visuals into a context.
pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, data) in WEIGHTS {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(data)));
        fonts.families.insert(FontFamily::Name(name.into()), vec![name.into()]);
    }
    fonts.families.insert(FontFamily::Proportional, vec!["regular".into()]);
    fonts.families.insert(FontFamily::Monospace, vec!["regular".into()]);
    ctx.set_fonts(fonts);
}
