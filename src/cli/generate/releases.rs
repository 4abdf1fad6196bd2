//! `eulb-releases(7)`: what works from which release, made from the release table.

use crate::cli::commands::COMMANDS;
use crate::wire::release::{AVAILABILITY, Availability, Kind, Release};
use std::fmt::Write;

/// The name of the page.
pub const NAME: &str = "eulb-releases";

/// The page as Markdown.
pub fn markdown() -> String {
    let mut text = format!(
        "# {NAME}(7) - what works from which release\n\n\
         ## Description\n\n\
         The tools and the local cloud target a release: that of `--release`, of `EULB_RELEASE`, of \
         `eulb-release` in the region's section of the configuration, or 3.3.0. \
         There are {}. \
         3.3.0 stands for every 3.3.x, whose load balancing is the same; `4.4` means the newest 4.4.x; \
         `aws` is Amazon's own service, which comes after all of them.\n\n\
         What a release does not have is not sent: the command says so in one line and exits with 69. \
         \"From\" below is the first release in which something does what it says; several operations \
         were answered with an empty success before.\n",
        list(Release::ALL.iter().map(Release::to_string)),
    );
    let sections = [
        (Kind::Operation, "Operations", "Before"),
        (Kind::Option, "Options and their values", "Before"),
        (Kind::Behaviour, "Behaviour", "Before"),
    ];
    for (kind, title, before) in sections {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n## {title}\n\n| Name | From | {before} | Source |\n|---|---|---|---|\n"
        );
        for row in AVAILABILITY.iter().filter(|row| row.kind == kind) {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                cell(&named(row)),
                cell(&span(row)),
                cell(row.why),
                cell(row.source)
            );
        }
    }
    text.push_str("\n## Releases\n\n");
    for release in Release::ALL {
        let new: Vec<&str> = AVAILABILITY
            .iter()
            .filter(|row| row.from == release && row.kind != Kind::Behaviour)
            .map(|row| row.name)
            .collect();
        if !new.is_empty() {
            let _ = writeln!(text, "- **{}** brings {}.", release.title(), new.join(", "));
        }
    }
    text.push_str(
        "\n## See also\n\n**eulb**(1), **eulb-gotchas**(7), **eulb-differences**(7), **eulb-config**(5)\n",
    );
    text
}

/// The operation with the command that asks for it, or the row's own name.
fn named(row: &Availability) -> String {
    let command = COMMANDS.iter().find(|command| command.action == row.name);
    match command {
        Some(command) => format!("{} ({})", row.name, command.name),
        None => row.name.to_owned(),
    }
}

/// `4.0.1, not in 4.0.0, until aws`
fn span(row: &Availability) -> String {
    let mut text = row.from.to_string();
    if let Some(except) = row.except {
        let _ = write!(text, ", but not {except}");
    }
    if let Some(until) = row.until {
        let _ = write!(text, ", no more from {until} on");
    }
    text
}

fn list(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// What may stand in a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('*', "\\*")
        .replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_on_the_page() {
        let text = markdown();
        for row in AVAILABILITY {
            assert!(text.contains(&cell(row.name)), "{}", row.name);
        }
        assert!(
            text.contains("| AddTags (eulb-create-tags) | 4.1.0 |"),
            "{text}"
        );
    }
}
