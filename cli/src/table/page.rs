//! A page of text: aligned columns, sentences wrapped at 80 columns or fewer, colour where the terminal takes it.

use std::io::IsTerminal;

/// Columns of a page where nothing is known of the terminal, and the most that a sentence takes.
pub const WIDTH: usize = 80;
/// A sentence takes so many in any terminal.
const NARROWEST: usize = 20;

/// How the page is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    /// Columns. A narrower page than [`WIDTH`] wraps its sentences, and keeps its tables.
    pub width: usize,
}

impl Style {
    pub const PLAIN: Self = Self { colour: false, width: WIDTH };

    /// As wide as the terminal; with colour, unless the user asks for none (<https://no-color.org>).
    pub fn for_stdout() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        // The old console of Windows shows escapes as they are; the new one names itself.
        let takes_escapes = !cfg!(windows) || is_set("WT_SESSION") || is_set("TERM");
        let colour = std::io::stdout().is_terminal() && takes_escapes && !is_dumb && !is_set("NO_COLOR");
        let width = console::Term::stdout().size_checked().map_or(WIDTH, |(_, columns)| columns.into());
        Self { colour, width }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Plain,
    Sits,
    High,
    Low,
    Faint,
}

impl Colour {
    /// SGR parameters: green, yellow, cyan, dim.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Sits => Some("32"),
            Self::High => Some("33"),
            Self::Low => Some("36"),
            Self::Faint => Some("2"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    title: &'static str,
    pub(super) width: usize,
    align: Align,
}

impl Column {
    pub const fn new(title: &'static str, width: usize, align: Align) -> Self {
        Self { title, width, align }
    }
}

/// Text in the making.
pub struct Page {
    style: Style,
    text: String,
}

impl Page {
    pub fn new(style: Style) -> Self {
        Self { style, text: String::new() }
    }

    pub fn width(&self) -> usize {
        self.style.width
    }

    /// Columns that a sentence takes.
    fn measure(&self) -> usize {
        self.style.width.clamp(NARROWEST, WIDTH)
    }

    pub fn finish(self) -> String {
        self.text
    }

    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    pub fn line(&mut self, line: &str) {
        self.paragraph("", line);
    }

    pub fn strong(&mut self, line: &str) {
        let line = cut(&clean(line), self.measure());
        self.painted(&line, Some("1"));
        self.text.push('\n');
    }

    pub fn header(&mut self, columns: &[Column]) {
        let cells: Vec<_> = columns.iter().map(|column| fit(column.title, column)).collect();
        let line = cells.join(" ");
        self.painted(line.trim_end(), Colour::Faint.code());
        self.text.push('\n');
    }

    /// One line of a table; one of its cells may have a colour.
    pub fn row(&mut self, columns: &[Column], cells: &[String], coloured: Option<(usize, Colour)>) {
        let last = cells.iter().rposition(|cell| !cell.is_empty()).unwrap_or(0);
        for (k, (column, cell)) in columns.iter().zip(cells).enumerate().take(last + 1) {
            let cell = fit(&clean(cell), column);
            let code = coloured.filter(|(at, _)| *at == k).and_then(|(_, colour)| colour.code());
            self.painted(if k == last { cell.trim_end() } else { &cell }, code);
            self.text.push_str(if k == last { "\n" } else { " " });
        }
    }

    /// Sentences, wrapped, every line after the first a little deeper; nothing where there is nothing to say.
    pub fn paragraph(&mut self, indent: &str, sentences: &str) {
        self.wrapped(indent, &format!("{indent}  "), sentences);
    }

    /// A name, and from this column on what is said of it.
    pub fn fact(&mut self, name: &str, column: usize, sentences: &str) {
        let column = Column::new("", column, Align::Left);
        self.wrapped(&fit(name, &column), &fit("", &column), sentences);
    }

    fn wrapped(&mut self, first: &str, deeper: &str, sentences: &str) {
        let measure = self.measure();
        let mut line = first.to_owned();
        let mut is_first = true;
        for word in clean(sentences).split_whitespace() {
            if !is_first && width(&line) + 1 + width(word) > measure {
                self.text.push_str(&line);
                self.text.push('\n');
                line = format!("{deeper}{}", cut(word, measure.saturating_sub(width(deeper)).max(1)));
            } else {
                line.push_str(if is_first { "" } else { " " });
                line.push_str(&cut(word, measure.saturating_sub(width(deeper)).max(1)));
            }
            is_first = false;
        }
        if !is_first {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    fn painted(&mut self, text: &str, code: Option<&str>) {
        match code {
            Some(code) if self.style.colour => self.text.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m")),
            _ => self.text.push_str(text),
        }
    }
}

fn fit(text: &str, column: &Column) -> String {
    let text = cut(text, column.width);
    let space = " ".repeat(column.width - width(&text));
    match column.align {
        Align::Left => text + &space,
        Align::Right => space + &text,
    }
}

/// What is too long ends in an ellipsis.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if width(&short) + char_width(c) + 1 > columns {
            break;
        }
        short.push(c);
    }
    short + "…"
}

/// Names come from files and hosts: what would steer the terminal must not reach it.
fn clean(text: &str) -> String {
    let steers =
        |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Columns of a terminal that a character takes: none for marks on the one before, two for East Asian and emoji.
fn char_width(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_width() {
        let column = Column::new("track", 8, Align::Left);
        for name in ["kick", "a very long name", "日本語のトラック", "e\u{301}te\u{301}", "k\u{1b}[31mick"] {
            assert_eq!(width(&fit(&clean(name), &column)), 8, "{name:?}");
        }
        assert_eq!(fit("−9.5", &Column::new("level", 6, Align::Right)), "  −9.5");
        assert!(!clean("k\u{1b}[31mick\u{202e}").contains(['\u{1b}', '\u{202e}']));
    }

    #[test]
    fn sentences_wrap_and_words_too_long_are_cut() {
        let mut page = Page::new(Style::PLAIN);
        page.paragraph("  ", &format!("{} {}", "word ".repeat(40), "x".repeat(200)));
        let text = page.finish();
        assert!(text.lines().count() > 2);
        assert!(text.lines().all(|line| width(line) <= WIDTH && line.starts_with("  ")), "{text}");
    }

    #[test]
    fn colour_is_asked_for() {
        let row = |style| {
            let mut page = Page::new(style);
            page.row(&[Column::new("verdict", 8, Align::Left)], &["● sits".to_owned()], Some((0, Colour::Sits)));
            page.finish()
        };
        assert_eq!(row(Style::PLAIN), "● sits\n");
        assert_eq!(row(Style { colour: true, ..Style::PLAIN }), "\u{1b}[32m● sits\u{1b}[0m\n");
    }
}
