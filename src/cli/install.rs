//! `eulb install`: the program, its links, manual pages and completions below a prefix, and all of it
//! away again.
//!
//! What was installed is written down in a manifest before anything is copied, so that an installation
//! that breaks off can be removed, too. Only what the manifest names is ever replaced or removed, and
//! of that only what is still as it was installed.

use super::commands::COMMANDS;
use super::exit::Failure;
use super::{generate, report};
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Component, Path, PathBuf};

/// Where the manifest is, below the prefix.
const MANIFEST: &str = "share/eulb/manifest";

/// The first line of a manifest.
const FIRST_LINE: &str = "eulb manifest 1";

/// Where the program is, below the prefix.
const PROGRAM: &str = "bin/eulb";

/// The options of `eulb install`.
pub fn describe() -> clap::Command {
    clap::Command::new("install")
        .about("Install the program, its links, manual pages and completions, or remove them")
        .long_about(
            "Install the program, its links, manual pages and completions, or remove them\n\n\
             Below the prefix: bin for the program and the links of the eulb commands, share/man \
             for the manual, and the folders in which bash, zsh and fish look for completions. \
             What was installed is written down in share/eulb/manifest; installing again replaces \
             it, --uninstall removes it. A file that somebody else put there, or has changed \
             since, is left alone: installing does nothing then, removing removes the rest.",
        )
        .arg(
            Arg::new("prefix")
                .long("prefix")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Directory to install below (default: ~/.local)"),
        )
        .arg(
            Arg::new("uninstall")
                .long("uninstall")
                .action(ArgAction::SetTrue)
                .help("Remove what was installed below the prefix"),
        )
}

/// Installs or removes.
///
/// # Errors
///
/// Something of somebody else's is in the way, or a file cannot be written or removed.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let prefix = match matches.get_one::<PathBuf>("prefix") {
        Some(prefix) => prefix.clone(),
        None => dirs::home_dir()
            .map(|home| home.join(".local"))
            .ok_or_else(|| Failure::new("there is no home directory: name one with --prefix"))?,
    };
    if matches.get_flag("uninstall") {
        return uninstall(&prefix);
    }
    let program = std::env::current_exe()
        .and_then(fs::read)
        .map_err(|error| Failure::new(format!("cannot read this program's own file: {error}")))?;
    let count = install(&prefix, things(program)?)?;
    report::print(&format!(
        "installed {count} files below {}\n",
        prefix.display()
    ))?;
    let bin = prefix.join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder == bin) {
        report::note(&format!(
            "eulb install: {} is not on your PATH",
            bin.display()
        ));
    }
    Ok(())
}

/// One thing to be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Thing {
    File { bytes: Vec<u8>, executable: bool },
    Link(PathBuf),
}

impl Thing {
    /// What the manifest says of it, by which it is known again.
    fn seal(&self) -> String {
        match self {
            Thing::File { bytes, .. } => seal_of(bytes),
            Thing::Link(target) => format!("link:{}", target.display()),
        }
    }
}

fn seal_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Everything that is installed, by its path below the prefix.
fn things(program: Vec<u8>) -> Result<BTreeMap<PathBuf, Thing>, Failure> {
    let mut things = BTreeMap::new();
    things.insert(
        PathBuf::from(PROGRAM),
        Thing::File {
            bytes: program,
            executable: true,
        },
    );
    for row in COMMANDS {
        let link = Path::new("bin").join(row.name);
        things.insert(link, Thing::Link(PathBuf::from("eulb")));
    }
    let mut add = |path: PathBuf, text: String| {
        let bytes = text.into_bytes();
        let executable = false;
        things.insert(path, Thing::File { bytes, executable });
    };
    for (path, text) in generate::pages("man")? {
        let section = path.extension().unwrap_or_default().to_string_lossy();
        let folder = format!("share/man/man{section}");
        add(Path::new(&folder).join(&path), text);
    }
    for (path, text) in generate::pages("completions")? {
        let folder = match path.parent().and_then(Path::to_str) {
            Some("bash") => "share/bash-completion/completions",
            Some("zsh") => "share/zsh/site-functions",
            _ => "share/fish/vendor_completions.d",
        };
        let name = path.file_name().unwrap_or_default();
        add(Path::new(folder).join(name), text);
    }
    Ok(things)
}

/// What was installed below a prefix: the seal of each path, and the folders that were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Manifest {
    seals: BTreeMap<PathBuf, String>,
    folders: BTreeSet<PathBuf>,
}

impl Manifest {
    fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        for folder in &self.folders {
            text.push_str(&format!("folder\t{}\n", folder.display()));
        }
        for (path, seal) in &self.seals {
            text.push_str(&format!("{seal}\t{}\n", path.display()));
        }
        text
    }

    /// Reads a manifest; a path that leaves the prefix is not one of ours.
    fn read(text: &str) -> Option<Manifest> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return None;
        }
        let mut manifest = Manifest::default();
        for line in lines {
            let (seal, path) = line.split_once('\t')?;
            let path = PathBuf::from(path);
            let inside = |part: Component| matches!(part, Component::Normal(_));
            if !path.components().all(inside) || path.as_os_str().is_empty() {
                return None;
            }
            match seal {
                "folder" => {
                    manifest.folders.insert(path);
                }
                seal => {
                    manifest.seals.insert(path, seal.to_owned());
                }
            }
        }
        Some(manifest)
    }

    fn load(prefix: &Path) -> Result<Option<Manifest>, Failure> {
        let path = prefix.join(MANIFEST);
        match fs::read_to_string(&path) {
            Ok(text) => Manifest::read(&text).map(Some).ok_or_else(|| {
                Failure::new(format!("{} is not a manifest of eulb", path.display()))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", &path, &error)),
        }
    }
}

/// The seal of what is there; nothing if nothing is.
fn found(path: &Path) -> io::Result<Option<String>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_symlink() => {
            let target = fs::read_link(path)?;
            Ok(Some(format!("link:{}", target.display())))
        }
        Ok(metadata) if metadata.is_file() => Ok(Some(seal_of(&fs::read(path)?))),
        Ok(_) => Ok(Some("something else".to_owned())),
    }
}

fn install(prefix: &Path, things: BTreeMap<PathBuf, Thing>) -> Result<usize, Failure> {
    let before = Manifest::load(prefix)?.unwrap_or_default();
    let mut manifest = Manifest {
        folders: before.folders.clone(),
        ..Manifest::default()
    };
    for (path, thing) in &things {
        let place = prefix.join(path);
        let there = found(&place).map_err(|error| cannot("look at", &place, &error))?;
        let own = |seal: &String| before.seals.get(path) == Some(seal) || *seal == thing.seal();
        if there.as_ref().is_some_and(|seal| !own(seal)) {
            return Err(Failure::new(format!(
                "{} is not what eulb installed; nothing was changed",
                place.display()
            )));
        }
        manifest.seals.insert(path.clone(), thing.seal());
    }
    for path in things
        .keys()
        .map(PathBuf::as_path)
        .chain([Path::new(MANIFEST)])
    {
        for folder in path
            .ancestors()
            .skip(1)
            .filter(|path| !path.as_os_str().is_empty())
        {
            if !prefix.join(folder).exists() {
                manifest.folders.insert(folder.to_owned());
            }
        }
    }
    // What an earlier version had and this one has not.
    let old = Manifest {
        seals: before
            .seals
            .into_iter()
            .filter(|(path, _)| !things.contains_key(path))
            .collect(),
        folders: BTreeSet::new(),
    };
    let text = manifest.text().into_bytes();
    write(
        &prefix.join(MANIFEST),
        &Thing::File {
            bytes: text,
            executable: false,
        },
    )?;
    for (path, thing) in &things {
        write(&prefix.join(path), thing)?;
    }
    remove(prefix, &old)?;
    Ok(things.len())
}

/// Puts a thing in its place at once, whatever is there: who reads it sees the old or the new one.
fn write(place: &Path, thing: &Thing) -> Result<(), Failure> {
    let failed = |error: io::Error| cannot("write", place, &error);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let draft = place.with_file_name(name);
    let drafted = match thing {
        Thing::Link(target) => symlink(target, &draft),
        Thing::File { bytes, executable } => fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(if *executable { 0o755 } else { 0o644 })
            .open(&draft)
            .and_then(|mut file| file.write_all(bytes)),
    };
    drafted
        .and_then(|()| fs::rename(&draft, place))
        .map_err(|error| {
            // It may not be there; the error that counts is the one before.
            let _ = fs::remove_file(&draft);
            failed(error)
        })
}

fn uninstall(prefix: &Path) -> Result<(), Failure> {
    let Some(manifest) = Manifest::load(prefix)? else {
        return Err(Failure::new(format!(
            "nothing of eulb is installed below {}: there is no {MANIFEST}",
            prefix.display()
        )));
    };
    let (removed, kept) = remove(prefix, &manifest)?;
    let place = prefix.join(MANIFEST);
    fs::remove_file(&place).map_err(|error| cannot("remove", &place, &error))?;
    for folder in manifest.folders.iter().rev() {
        // One that holds something of somebody else's stays.
        let _ = fs::remove_dir(prefix.join(folder));
    }
    for path in kept {
        report::note(&format!(
            "eulb install: {} has been changed since and stays",
            prefix.join(path).display()
        ));
    }
    report::print(&format!(
        "removed {removed} files below {}\n",
        prefix.display()
    ))
}

/// Removes what is still as the manifest says; returns how many, and what stays.
fn remove(prefix: &Path, manifest: &Manifest) -> Result<(usize, Vec<PathBuf>), Failure> {
    let mut removed = 0;
    let mut kept = Vec::new();
    for (path, seal) in &manifest.seals {
        let place = prefix.join(path);
        match found(&place).map_err(|error| cannot("look at", &place, &error))? {
            None => {}
            Some(there) if there == *seal => {
                fs::remove_file(&place).map_err(|error| cannot("remove", &place, &error))?;
                removed += 1;
            }
            Some(_) => kept.push(path.clone()),
        }
    }
    Ok((removed, kept))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            found.push(path.display().to_string());
            if path.is_dir() {
                found.extend(all(&path));
            }
        }
        found
    }

    #[test]
    fn what_is_installed_can_be_replaced_and_removed_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("new/prefix");
        let first = things(b"one".to_vec()).unwrap();
        assert_eq!(install(&prefix, first.clone()).unwrap(), first.len());
        assert_eq!(fs::read(prefix.join("bin/eulb-create-lb")).unwrap(), b"one");
        assert!(prefix.join("share/man/man7/eulb-usecases.7").exists());
        assert!(prefix.join("share/zsh/site-functions/_eulb").exists());

        // A version with one page less: the page goes, the program is replaced.
        let mut second = things(b"two".to_vec()).unwrap();
        second.remove(Path::new("share/man/man7/eulb-usecases.7"));
        install(&prefix, second).unwrap();
        assert_eq!(fs::read(prefix.join(PROGRAM)).unwrap(), b"two");
        assert!(!prefix.join("share/man/man7/eulb-usecases.7").exists());

        // Something that was changed since stays, and so does its folder; another's file, too.
        fs::write(prefix.join("share/man/man1/eulb.1"), "mine").unwrap();
        fs::write(prefix.join("bin/other"), "another's").unwrap();
        let refused = install(&prefix, things(b"three".to_vec()).unwrap()).unwrap_err();
        assert!(
            refused.to_string().contains("nothing was changed"),
            "{refused}"
        );
        assert_eq!(fs::read(prefix.join(PROGRAM)).unwrap(), b"two");
        uninstall(&prefix).unwrap();
        let mut left = all(&prefix);
        left.retain(|path| !Path::new(path).is_dir());
        left.sort();
        let expected = ["bin/other", "share/man/man1/eulb.1"];
        assert_eq!(
            left,
            expected.map(|path| prefix.join(path).display().to_string())
        );
        assert!(uninstall(&prefix).is_err());
    }

    #[test]
    fn an_installation_that_is_removed_leaves_the_directory_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("share")).unwrap();
        let before = all(folder.path());
        install(folder.path(), things(b"one".to_vec()).unwrap()).unwrap();
        uninstall(folder.path()).unwrap();
        assert_eq!(all(folder.path()), before);
    }

    #[test]
    fn a_manifest_cannot_lead_out_of_the_prefix() {
        for path in ["../x", "/etc/passwd", "a/../../x", ""] {
            let text = format!("{FIRST_LINE}\nabc\t{path}\n");
            assert_eq!(Manifest::read(&text), None, "{path}");
        }
        assert_eq!(Manifest::read("something else\n"), None);
        let manifest = Manifest {
            seals: [(PathBuf::from("bin/eulb"), "abc".to_owned())].into(),
            folders: [PathBuf::from("bin")].into(),
        };
        assert_eq!(Manifest::read(&manifest.text()), Some(manifest));
    }
}
