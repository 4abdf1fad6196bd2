//! What is made from the tables and committed: manual pages and completions.
//!
//! Renew them with `UPDATE=1 cargo test --test it generated`.

use eulb::cli::commands::COMMANDS;
use eulb::cli::generate;
use eulb::wire::release::Release;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, below: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, below, found);
        } else {
            let relative = path.strip_prefix(below).unwrap().to_owned();
            found.insert(relative, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Renews what is committed, if asked to, once and before any test looks at it.
fn renew() {
    static RENEWED: Once = Once::new();
    RENEWED.call_once(|| {
        if std::env::var_os("UPDATE").is_some() {
            ["man", "completions"].into_iter().for_each(write);
        }
    });
}

fn write(kind: &str) {
    let folder = root().join(kind);
    let _ = fs::remove_dir_all(&folder);
    for (path, text) in generate::pages(kind).unwrap() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn compare(kind: &str) {
    renew();
    let folder = root().join(kind);
    let made: BTreeMap<PathBuf, String> = generate::pages(kind).unwrap().into_iter().collect();
    let mut committed = BTreeMap::new();
    files(&folder, &folder, &mut committed);
    let mut stale: Vec<&PathBuf> = made
        .iter()
        .filter(|(path, text)| committed.get(*path) != Some(*text))
        .map(|(path, _)| path)
        .collect();
    stale.extend(committed.keys().filter(|path| !made.contains_key(*path)));
    assert!(
        stale.is_empty(),
        "{kind}/ is stale: {stale:?}; renew it with UPDATE=1 cargo test --test it generated"
    );
}

#[test]
fn manual_pages_are_those_of_the_tables() {
    compare("man");
}

#[test]
fn completions_are_those_of_the_tables() {
    compare("completions");
}

#[test]
fn manual_pages_are_clean() {
    renew();
    let pages: Vec<PathBuf> = generate::pages("man")
        .unwrap()
        .into_iter()
        .map(|(path, _)| root().join("man").join(path))
        .collect();
    match Command::new("mandoc").arg("-Tlint").args(&pages).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.is_empty(), "{said}");
        }
        Err(error) => eprintln!("SKIPPED: mandoc cannot be run: {error}"),
    }
}

#[test]
fn every_command_has_a_page_and_completions_that_carry_its_mark() {
    renew();
    for row in COMMANDS {
        let mark = row.mark(Release::default());
        let page = fs::read_to_string(root().join(format!("man/{}.1", row.name))).unwrap();
        if let Some(mark) = mark {
            let line = format!("\\fB{mark}\\fR");
            assert!(page.lines().any(|shown| shown == line), "{}", row.name);
        }
        for section in [
            "SYNOPSIS",
            "AVAILABILITY",
            "OUTPUT",
            "EXIT STATUS",
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
            "SEE ALSO",
        ] {
            assert!(page.contains(section), "{} lacks {section}", row.name);
        }
        assert!(row.examples.iter().all(|line| line.starts_with(row.name)));
        for file in [
            format!("bash/{}", row.name),
            format!("zsh/_{}", row.name),
            format!("fish/{}.fish", row.name),
        ] {
            let script = fs::read_to_string(root().join("completions").join(&file)).unwrap();
            assert!(script.contains("--access-key-id") || script.contains("-l access-key-id"));
            assert_eq!(
                mark.is_some(),
                script.contains(&format!("# {}: NA", row.name)),
                "{file}"
            );
            assert!(mark.is_none_or(|mark| script.contains(mark)), "{file}");
        }
    }
}
