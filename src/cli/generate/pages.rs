//! Section 7 of the manual: pages that people write, as Markdown in `docs/manual`.
//!
//! A page is CommonMark with tables, so that it reads well where it is written; this makes it a manual
//! page. Its first heading is `NAME(7) - what it is`; headings of the second level are sections, those
//! of the third subsections. Blocks marked `console` are transcripts: `tests/it/transcripts.rs` runs
//! their commands and compares what they print.
//!
//! `eulb-releases(7)` is made from the release table in the same way.

use super::Page;
use super::man::{DATE, tidy};
use super::releases;
use crate::cli::exit::Failure;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::path::PathBuf;

/// The name of the manual of overviews.
const MANUAL_OF_OVERVIEWS: &str = "Elastic Load Balancing overviews";

/// The pages in the order of reading: name and Markdown.
pub const PAGES: &[(&str, &str)] = &[
    (
        "eulb-usecases",
        include_str!("../../../docs/manual/eulb-usecases.7.md"),
    ),
    (
        "eulb-components",
        include_str!("../../../docs/manual/eulb-components.7.md"),
    ),
    (
        "eulb-admin",
        include_str!("../../../docs/manual/eulb-admin.7.md"),
    ),
    (
        "eulb-debugging",
        include_str!("../../../docs/manual/eulb-debugging.7.md"),
    ),
    (
        "eulb-gotchas",
        include_str!("../../../docs/manual/eulb-gotchas.7.md"),
    ),
    (
        "eulb-differences",
        include_str!("../../../docs/manual/eulb-differences.7.md"),
    ),
];

/// The names of all pages of the section.
pub fn names() -> impl Iterator<Item = &'static str> {
    let written = PAGES.iter().map(|(name, _)| *name);
    written.chain([releases::NAME])
}

/// All pages of section 7.
///
/// # Errors
///
/// A page uses Markdown that a manual page has nothing for.
pub fn pages() -> Result<Vec<Page>, Failure> {
    let releases = releases::markdown();
    PAGES
        .iter()
        .copied()
        .chain([(releases::NAME, releases.as_str())])
        .map(|(name, text)| {
            let page = render(name, text)
                .map_err(|reason| Failure::new(format!("docs/manual/{name}.7.md: {reason}")))?;
            Ok((PathBuf::from(format!("{name}.7")), page))
        })
        .collect()
}

/// What is being collected: the inlines of a paragraph, a heading or a cell.
#[derive(Default)]
struct Writer {
    roff: Roff,
    line: Vec<Inline>,
    strong: u32,
    emphasis: u32,
    /// Lists that are open, with the next number of those that have numbers.
    lists: Vec<Option<u64>>,
    /// The first paragraph of an item stands in the line of its mark.
    after_mark: bool,
    code: Option<String>,
    table: Option<Table>,
}

/// A table becomes a list of terms: the first column is the term, the others follow by their heads.
#[derive(Default)]
struct Table {
    heads: Vec<Vec<Inline>>,
    cells: Vec<Vec<Inline>>,
    in_head: bool,
}

fn render(name: &str, text: &str) -> Result<String, String> {
    let mut writer = Writer::default();
    writer.roff.control(
        "TH",
        [
            name.to_uppercase().as_str(),
            "7",
            DATE,
            concat!("eulb ", env!("CARGO_PKG_VERSION")),
            MANUAL_OF_OVERVIEWS,
        ],
    );
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        writer.take(event)?;
    }
    // The library's first lines tell roff of apostrophes; the text has none that need it.
    Ok(tidy(&writer.roff.render()))
}

impl Writer {
    fn take(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(tag)?,
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.push(&text),
            },
            Event::Code(text) => self.line.push(bold(text.to_string())),
            Event::SoftBreak => self.line.push(roman(" ")),
            Event::HardBreak => self.line.push(Inline::LineBreak),
            other => return Err(format!("a manual page has nothing for {other:?}")),
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        self.line.push(match (self.strong, self.emphasis) {
            (0, 0) => roman(text),
            (0, _) => italic(text),
            _ => bold(text),
        });
    }

    fn start(&mut self, tag: Tag) -> Result<(), String> {
        match tag {
            Tag::Paragraph => {
                if !std::mem::take(&mut self.after_mark) {
                    self.roff.control(self.paragraph(), []);
                }
            }
            Tag::Heading { .. } | Tag::Link { .. } => {}
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::List(first) => {
                self.flush();
                if !self.lists.is_empty() {
                    self.roff.control("RS", ["4"]);
                }
                self.lists.push(first);
            }
            Tag::Item => {
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}.");
                        *number += 1;
                        self.roff.control("IP", [mark.as_str(), "4"]);
                    }
                    _ => {
                        self.roff.control("IP", ["\\(bu", "2"]);
                    }
                }
                self.after_mark = true;
            }
            Tag::Table(_) => self.table = Some(Table::default()),
            Tag::TableHead => {
                if let Some(table) = &mut self.table {
                    table.in_head = true;
                }
            }
            Tag::TableRow | Tag::TableCell => {}
            other => return Err(format!("a manual page has nothing for {other:?}")),
        }
        Ok(())
    }

    /// The macro that begins a paragraph here: within a list it must not leave the indentation.
    fn paragraph(&self) -> &'static str {
        if self.lists.is_empty() { "PP" } else { "IP" }
    }

    fn flush(&mut self) {
        if !self.line.is_empty() {
            let line = std::mem::take(&mut self.line);
            self.roff.text(line);
            self.after_mark = false;
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::Strong => self.strong -= 1,
            TagEnd::Emphasis => self.emphasis -= 1,
            TagEnd::CodeBlock => self.block(),
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.lists.pop();
                if !self.lists.is_empty() {
                    self.roff.control("RE", []);
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(table) = &mut self.table {
                    let row = match table.in_head {
                        true => &mut table.heads,
                        false => &mut table.cells,
                    };
                    row.push(cell);
                }
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.in_head = false;
                }
            }
            TagEnd::TableRow => self.row(),
            TagEnd::Table => self.table = None,
            _ => {}
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        let text: String = std::mem::take(&mut self.line)
            .iter()
            .map(|inline| match inline {
                Inline::Roman(text) | Inline::Italic(text) | Inline::Bold(text) => text.as_str(),
                Inline::LineBreak => " ",
            })
            .collect();
        match level {
            HeadingLevel::H1 => {
                self.roff.control("SH", ["NAME"]);
                self.roff.text([roman(text.replacen("(7)", "", 1))]);
            }
            HeadingLevel::H2 => {
                self.roff.control("SH", [text.to_uppercase().as_str()]);
            }
            _ => {
                self.roff.control("SS", [text.as_str()]);
            }
        }
    }

    /// Lines that stay as they are, set in.
    fn block(&mut self) {
        let code = self.code.take().unwrap_or_default();
        self.roff.control(self.paragraph(), []);
        self.roff.control("RS", ["2"]);
        self.roff.control("nf", []);
        for line in code.lines() {
            if line.is_empty() {
                self.roff.control("sp", []);
            } else {
                self.roff.text([roman(line)]);
            }
        }
        self.roff.control("fi", []);
        self.roff.control("RE", []);
    }

    fn row(&mut self) {
        let Some(table) = &mut self.table else { return };
        let mut cells = std::mem::take(&mut table.cells).into_iter();
        let several = table.heads.len() > 2;
        self.roff.control("TP", []);
        // A term is bold whatever is in it.
        let term = cells.next().unwrap_or_default();
        self.roff.text(
            term.into_iter()
                .map(|inline| match inline {
                    Inline::Roman(text) => bold(text),
                    other => other,
                })
                .collect::<Vec<_>>(),
        );
        let mut first = true;
        for (head, cell) in table.heads.iter().skip(1).zip(cells) {
            if cell.is_empty() {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.roff.control("br", []);
            }
            let mut line = Vec::new();
            if several {
                line.extend(head.iter().cloned());
                line.push(roman(": "));
            }
            line.extend(cell);
            self.roff.text(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn markdown_becomes_a_manual_page() {
        let text = "# eulb-x(7) - a page\n\n## What it is\n\nSome **bold**, *italic* and `code`.\n\n\
                    1. one\n2. two\n   more\n\n```console\n$ eulb --version\n.eulb 0.1.0\n```\n\n\
                    | A | B | C |\n|---|---|---|\n| `a` | b | c |\n\n### Detail\n\n- point\n";
        let page = render("eulb-x", text).unwrap();
        let body = page.split_once(".SH NAME").unwrap().1;
        expect![[r#"

            eulb\-x \- a page
            .SH "WHAT IT IS"
            Some \fBbold\fR, \fIitalic\fR and \fBcode\fR.
            .IP 1. 4
            one
            .IP 2. 4
            two more
            .PP
            .RS 2
            .nf
            $ eulb \-\-version
            \&.eulb 0.1.0
            .fi
            .RE
            .TP
            \fBa\fR
            B: b
            .br
            C: c
            .SS Detail
            .IP \(bu 2
            point
        "#]]
        .assert_eq(body);
        assert!(render("eulb-x", "<b>html</b>\n").is_err());
    }

    #[test]
    fn every_page_says_which_it_is() {
        for (name, text) in PAGES {
            let first = text.lines().next().unwrap_or_default();
            assert!(first.starts_with(&format!("# {name}(7) - ")), "{first}");
        }
    }
}
