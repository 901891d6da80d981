//! Colours by what they are for. Three palettes hold the same roles; a test holds them to their contrast.

use egui::Color32;

/// Which palette a window wears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Wear {
    #[default]
    Dark,
    Light,
    HighContrast,
}

impl Wear {
    pub const ALL: [Self; 3] = [Self::Dark, Self::Light, Self::HighContrast];
}

/// Colours by role.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Behind everything.
    pub ground: Color32,
    /// Header, footer and the body of a scale.
    pub panel: Color32,
    /// A control at rest.
    pub raised: Color32,
    /// A control under the pointer.
    pub hover: Color32,
    /// Hairlines that divide; never needed to read anything.
    pub line: Color32,
    /// Edges of controls and marks without a verdict.
    pub outline: Color32,
    pub text: Color32,
    pub secondary: Color32,
    /// The dimmest text that is still to be read.
    pub faint: Color32,
    pub sits: Color32,
    pub high: Color32,
    pub low: Color32,
    pub caution: Color32,
    pub alarm: Color32,
    /// What the user has set or may do.
    pub action: Color32,
    /// Text on a fill of one of the colours above.
    pub on_fill: Color32,
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

const DARK: Palette = Palette {
    ground: hex(0x14161A),
    panel: hex(0x1B1E24),
    raised: hex(0x272B33),
    hover: hex(0x323742),
    line: hex(0x2B3038),
    outline: hex(0x747E8C),
    text: hex(0xECEFF3),
    secondary: hex(0xA6B0BE),
    faint: hex(0x929CAA),
    sits: hex(0x2FC79A),
    high: hex(0xFF8A4C),
    low: hex(0x5CB8F2),
    caution: hex(0xF2C14E),
    alarm: hex(0xFF6B6B),
    action: hex(0xC8B6FF),
    on_fill: hex(0x14100C),
};

const LIGHT: Palette = Palette {
    ground: hex(0xF5F6F8),
    panel: hex(0xFFFFFF),
    raised: hex(0xE6E9EE),
    hover: hex(0xDADFE6),
    line: hex(0xD5DAE1),
    outline: hex(0x6E7886),
    text: hex(0x15181D),
    secondary: hex(0x434C59),
    faint: hex(0x565F6D),
    sits: hex(0x04694A),
    high: hex(0xA23C05),
    low: hex(0x0B5A96),
    caution: hex(0x735200),
    alarm: hex(0xB3161E),
    action: hex(0x553BB8),
    on_fill: hex(0xFFFFFF),
};

const HIGH_CONTRAST: Palette = Palette {
    ground: hex(0x000000),
    panel: hex(0x0A0A0A),
    raised: hex(0x1C1C1C),
    hover: hex(0x333333),
    line: hex(0x6A6A6A),
    outline: hex(0xD0D0D0),
    text: hex(0xFFFFFF),
    secondary: hex(0xF0F0F0),
    faint: hex(0xDCDCDC),
    sits: hex(0x4DFFC3),
    high: hex(0xFFA25E),
    low: hex(0x7FCBFF),
    caution: hex(0xFFD95A),
    alarm: hex(0xFF8A8A),
    action: hex(0xDCCFFF),
    on_fill: hex(0x000000),
};

impl Palette {
    pub fn of(wear: Wear) -> &'static Self {
        match wear {
            Wear::Dark => &DARK,
            Wear::Light => &LIGHT,
            Wear::HighContrast => &HIGH_CONTRAST,
        }
    }

    /// Colours that carry text, by name.
    pub fn text_roles(&self) -> [(&'static str, Color32); 9] {
        [
            ("text", self.text),
            ("secondary", self.secondary),
            ("faint", self.faint),
            ("sits", self.sits),
            ("high", self.high),
            ("low", self.low),
            ("caution", self.caution),
            ("alarm", self.alarm),
            ("action", self.action),
        ]
    }

    /// What text stands on, by name.
    pub fn grounds(&self) -> [(&'static str, Color32); 3] {
        [("ground", self.ground), ("panel", self.panel), ("raised", self.raised)]
    }
}

/// Contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance").
pub fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |color: Color32| {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_of_black_on_white_is_21() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
    }

    /// WCAG 2.2, 1.4.3 (AA): 4.5 to 1 for text.
    #[test]
    fn every_text_role_can_be_read_on_every_ground() {
        for wear in Wear::ALL {
            let palette = Palette::of(wear);
            for (role, color) in palette.text_roles() {
                for (ground, behind) in palette.grounds() {
                    let ratio = contrast(color, behind);
                    assert!(ratio >= 4.5, "{wear:?}: {role} on {ground} is {ratio:.2} to 1, below 4.5");
                }
            }
        }
    }

    #[test]
    fn text_on_a_filled_button_can_be_read() {
        for wear in Wear::ALL {
            let palette = Palette::of(wear);
            for (role, fill) in palette.text_roles().into_iter().filter(|(role, _)| *role != "secondary") {
                let ratio = contrast(palette.on_fill, fill);
                assert!(ratio >= 4.5, "{wear:?}: text on a {role} fill is {ratio:.2} to 1, below 4.5");
            }
        }
    }

    /// WCAG 2.2, 1.4.11 (AA): 3 to 1 for the parts of a control and of a mark.
    #[test]
    fn outlines_can_be_seen() {
        for wear in Wear::ALL {
            let palette = Palette::of(wear);
            for (ground, behind) in palette.grounds() {
                let ratio = contrast(palette.outline, behind);
                assert!(ratio >= 3.0, "{wear:?}: outline on {ground} is {ratio:.2} to 1, below 3");
            }
        }
    }
}
