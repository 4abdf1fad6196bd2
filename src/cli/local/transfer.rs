//! `eulb local export` and `import`: the state of a cloud as a document.

use super::super::exit::Failure;
use super::super::progress::Progress;
use super::super::report;
use super::{Place, ask};
use crate::daemon::offline;
use crate::wire::admin::Imported;
use clap::Args;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest wait for a cloud that writes or reads 100,000 load balancers, with room.
const PATIENCE: Duration = Duration::from_secs(300);

/// Bytes between two words about progress.
const STEP: usize = 4 << 20;

/// Write the state of the local cloud as JSON
///
/// Everything that is kept: accounts, users, groups, policies, load balancers, instances, properties.
/// Secret access keys and private keys of certificates are written only with --secrets.
/// The cloud may be running or not.
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    place: Place,
    /// File to write, for its owner only; standard output if absent
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write secret access keys and private keys, too
    #[arg(long)]
    secrets: bool,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

/// Read a state that eulb local export wrote
///
/// It takes the place of everything the cloud has, in one step or not at all.
/// Access keys that were written without their secrets get new ones.
/// The cloud may be running or not.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// File to read, - for standard input (required)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Delete the load balancers and instances that are there
    #[arg(long)]
    replace: bool,
}

impl Export {
    pub fn run(&self) -> Result<(), Failure> {
        let directory = self.place.directory()?;
        if let Some(file) = &self.file
            && file.exists()
            && !self.force
        {
            return Err(Failure::new(format!(
                "{} is there already; --force writes over it",
                file.display()
            )));
        }
        let mut progress = Progress::begin();
        let text = if directory.is_in_use() {
            progress.show("asking the cloud for its state");
            let client = self.place.client()?.with_timeout(PATIENCE);
            let route = format!("/_eulb/admin/export?secrets={}", self.secrets);
            ask(client.get_bytes(&route)).map(|text| text.to_vec())
        } else {
            progress.show("reading the state");
            offline::export(directory.path(), self.secrets)
                .map(String::into_bytes)
                .map_err(Failure::new)
        };
        progress.end();
        let text = text?;
        let Some(file) = &self.file else {
            return report::print(&String::from_utf8_lossy(&text));
        };
        write(file, &text)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", file.display())))
    }
}

/// Writes a file under another name first, so that it is whole or not there.
fn write(file: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut output = options.open(&part)?;
    let mut written = 0;
    let mut progress = Progress::begin();
    for chunk in text.chunks(STEP) {
        output.write_all(chunk)?;
        written += chunk.len();
        progress.show(&format!("written {}%", written * 100 / text.len()));
    }
    output.sync_all()?;
    progress.end();
    fs::rename(&part, file)
}

impl Import {
    pub fn run(&self) -> Result<(), Failure> {
        let mut text = Vec::new();
        let read = if self.file.as_os_str() == "-" {
            std::io::stdin().lock().read_to_end(&mut text)
        } else {
            fs::File::open(&self.file).and_then(|mut file| file.read_to_end(&mut text))
        };
        read.map_err(|error| {
            Failure::new(format!("cannot read {}: {error}", self.file.display()))
        })?;
        let directory = self.place.directory()?;
        let mut progress = Progress::begin();
        progress.show("the state is being read in");
        let imported = if directory.is_in_use() {
            let client = self.place.client()?.with_timeout(PATIENCE);
            let route = format!("/_eulb/admin/import?replace={}", self.replace);
            ask(client.post_bytes::<Imported>(&route, text.into()))
        } else {
            offline::import(directory.path(), &text, self.replace).map_err(Failure::new)
        };
        progress.end();
        let imported = imported?;
        let mut said = format!(
            "imported {} accounts, {} load balancers, {} instances\n",
            imported.accounts, imported.balancers, imported.instances
        );
        if imported.new_secrets > 0 {
            said.push_str(&format!(
                "{} access keys have new secrets: eval \"$(eulb local env{})\"\n",
                imported.new_secrets,
                self.place.option()
            ));
        }
        if imported.left_out > 0 {
            said.push_str(&format!(
                "{} server certificates were left out: the export has no private keys\n",
                imported.left_out
            ));
        }
        report::print(&said)
    }
}
