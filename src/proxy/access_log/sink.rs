//! The thread that writes files. Nobody waits for it, and it waits for nothing but the disk.
//!
//! An object in the making is `NAME.log.partial`, under a lock; at the end of its interval it is
//! renamed. What an earlier process could not rename, because it was killed, is found when the
//! destination is first written to. A line is on disk whole or not at all.

use super::object::Destination;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::oneshot;

/// Buffers that may wait for the disk. With buffers of some 16 KiB: 16 MiB.
const WAITING_BUFFERS: usize = 1024;

/// Longest wait for the disk at the end of the process. Lines it has not taken by then are lost.
const END_PATIENCE: Duration = Duration::from_secs(3);

/// Between the end of an interval and the end of its object: lines gathered within it, and not yet
/// handed over, belong to it.
const LATE_LINES: Duration = Duration::from_secs(2);

/// Lines on their way to the disk.
struct Lines {
    destination: Arc<Destination>,
    text: String,
    at: OffsetDateTime,
}

impl Lines {
    fn count(&self) -> u64 {
        self.text.bytes().filter(|byte| *byte == b'\n').count() as u64
    }
}

/// Takes buffers of lines and writes them, on a thread of its own.
#[derive(Clone)]
pub struct Sink {
    queue: SyncSender<Lines>,
    dropped: Arc<AtomicU64>,
}

/// Waits for the end of a sink's thread.
pub struct Ending(oneshot::Receiver<()>);

impl Sink {
    /// Starts the thread, which ends, its files complete, when the last clone of the sink is gone.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start() -> io::Result<(Sink, Ending)> {
        let (queue, lines) = sync_channel(WAITING_BUFFERS);
        let dropped: Arc<AtomicU64> = Arc::default();
        let (ended, ending) = oneshot::channel();
        let writer = Writer {
            open: HashMap::new(),
            failing: HashMap::new(),
            dropped: Arc::clone(&dropped),
            reported: 0,
        };
        std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || {
                writer.run(&lines);
                // Whoever waited may have lost patience.
                let _ = ended.send(());
            })?;
        Ok((Sink { queue, dropped }, Ending(ending)))
    }

    /// Hands lines over, or drops and counts them if the disk is behind.
    pub fn take(&self, destination: &Arc<Destination>, text: String, at: OffsetDateTime) {
        let lines = Lines {
            destination: Arc::clone(destination),
            text,
            at,
        };
        if let Err(TrySendError::Full(lines) | TrySendError::Disconnected(lines)) =
            self.queue.try_send(lines)
        {
            self.dropped.fetch_add(lines.count(), Ordering::Relaxed);
        }
    }

    /// Lines that are lost: the disk was behind, or could not be written.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl Ending {
    /// Returns when everything is on disk, or when the disk takes too long.
    pub async fn wait(self) {
        if tokio::time::timeout(END_PATIENCE, self.0).await.is_err() {
            tracing::error!(target: "access-log", "the disk does not take the last lines of the access log");
        }
    }
}

struct Writer {
    open: HashMap<Arc<Destination>, Open>,
    /// Destinations that cannot be written now, and how many lines that has cost.
    failing: HashMap<Arc<Destination>, u64>,
    dropped: Arc<AtomicU64>,
    /// How many of the dropped lines have been told.
    reported: u64,
}

/// An object in the making: it has its name once its interval has ended.
struct Open {
    file: File,
    /// Bytes of whole lines.
    length: u64,
    partial: PathBuf,
    object: PathBuf,
    end: OffsetDateTime,
}

impl Writer {
    fn run(mut self, queue: &Receiver<Lines>) {
        loop {
            let arrived = match self.open.values().map(|open| open.end).min() {
                None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(end) => {
                    let wait = end + LATE_LINES - OffsetDateTime::now_utc();
                    queue.recv_timeout(wait.try_into().unwrap_or(Duration::ZERO))
                }
            };
            match arrived {
                Ok(lines) => {
                    self.finish_ended(lines.at);
                    self.put(&lines);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.finish_ended(OffsetDateTime::now_utc() - LATE_LINES);
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.report_dropped();
        }
        self.open.into_values().for_each(finish);
    }

    fn finish_ended(&mut self, now: OffsetDateTime) {
        let ended = self.open.extract_if(|_, open| open.end <= now);
        ended.for_each(|(_, open)| finish(open));
    }

    /// Tells how many lines did not fit into the queue, once per time that the thread has caught up.
    fn report_dropped(&mut self) {
        let dropped = self.dropped.load(Ordering::Relaxed);
        if dropped > self.reported && self.failing.is_empty() {
            let lines = dropped - self.reported;
            tracing::warn!(target: "access-log", lines, "lines of the access log are lost: the disk is slower than the traffic");
        }
        self.reported = dropped;
    }

    fn put(&mut self, lines: &Lines) {
        let destination = &lines.destination;
        let (balancer, bucket) = (&*destination.balancer.name, destination.bucket.display());
        match self.append(lines) {
            Ok(()) => {
                if let Some(lost) = self.failing.remove(destination) {
                    tracing::warn!(target: "access-log", balancer, lines = lost, "the access log below {bucket} is written again; lines are lost");
                }
            }
            Err(error) => {
                if !self.failing.contains_key(destination) {
                    tracing::error!(target: "access-log", balancer, "cannot write the access log below {bucket}, its lines are lost: {error}");
                }
                let count = lines.count();
                *self.failing.entry(Arc::clone(destination)).or_default() += count;
                self.reported += count;
                self.dropped.fetch_add(count, Ordering::Relaxed);
            }
        }
    }

    fn append(&mut self, lines: &Lines) -> io::Result<()> {
        let open = match self.open.get_mut(&lines.destination) {
            Some(open) => open,
            None => {
                let opened = Open::create(&lines.destination, lines.at)?;
                self.open
                    .entry(Arc::clone(&lines.destination))
                    .or_insert(opened)
            }
        };
        if let Err(error) = open.file.write_all(lines.text.as_bytes()) {
            // The beginning of a line is worse than none. If even this fails, so will the next write.
            let _ = open.file.set_len(open.length);
            return Err(error);
        }
        open.length += lines.text.len() as u64;
        Ok(())
    }
}

impl Open {
    fn create(destination: &Destination, at: OffsetDateTime) -> io::Result<Open> {
        adopt(&destination.folder());
        let end = destination.interval_end(at);
        let object = destination.object(end, &random());
        let partial = object.with_extension(PARTIAL);
        fs::create_dir_all(object.parent().unwrap_or(Path::new(".")))?;
        let file = File::options().create(true).append(true).open(&partial)?;
        // Tells other processes, and those to come, that somebody is at work. Where a file system has
        // no locks, there is nothing to tell.
        let _ = file.try_lock();
        Ok(Open {
            file,
            length: 0,
            partial,
            object,
            end,
        })
    }
}

/// The extension of an object in the making.
const PARTIAL: &str = "log.partial";

/// Gives their names to objects that a killed process left in the making.
fn adopt(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            adopt(&path);
            continue;
        }
        let Some(object) = path.to_str().and_then(|path| path.strip_suffix(".partial")) else {
            continue;
        };
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok())
            && let Err(error) = fs::rename(&path, object)
        {
            tracing::warn!(target: "access-log", "cannot finish the access log {object}: {error}");
        }
    }
}

fn finish(open: Open) {
    let renamed = if open.length == 0 {
        fs::remove_file(&open.partial)
    } else {
        fs::rename(&open.partial, &open.object)
    };
    // The lock ends behind the renaming, or somebody could do it a second time.
    drop(open.file);
    if let Err(error) = renamed {
        tracing::error!(target: "access-log", "cannot finish the access log {}: {error}", open.object.display());
    }
}

/// Eight characters that keep two objects of one interval apart.
fn random() -> String {
    let mut bytes = [0; 4];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = std::process::id().to_be_bytes();
    }
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::object::tests::destination;
    use super::*;
    use time::macros::datetime;

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path))
            } else {
                found.push(path)
            }
        }
        found.sort();
        found
    }

    fn texts(folder: &Path) -> Vec<String> {
        let found = files(folder);
        assert!(
            found
                .iter()
                .all(|path| path.to_string_lossy().ends_with(".log")),
            "{found:?}"
        );
        found
            .iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn every_interval_has_an_object_of_its_own() {
        let bucket = tempfile::tempdir().unwrap();
        let destination = destination(bucket.path());
        let (sink, ending) = Sink::start().unwrap();
        for (minute, text) in [(1, "one\n"), (2, "two\n"), (7, "three\n")] {
            let at = datetime!(2015-05-13 10:00:00 UTC) + Duration::from_secs(60 * minute);
            sink.take(&destination, text.to_owned(), at);
        }
        drop(sink);
        ending.wait().await;
        assert_eq!(texts(bucket.path()), ["one\ntwo\n", "three\n"]);
    }

    #[test]
    fn what_the_disk_cannot_keep_up_with_is_dropped_and_counted() {
        let (queue, _held) = sync_channel(1);
        let sink = Sink {
            queue,
            dropped: Arc::default(),
        };
        let destination = destination(Path::new("/nowhere"));
        for _ in 0..3 {
            let at = datetime!(2015-05-13 10:00:00 UTC);
            sink.take(&destination, "a\nb\n".to_owned(), at);
        }
        assert_eq!(sink.dropped(), 4);
    }

    #[tokio::test]
    async fn lines_are_written_again_once_the_directory_can_be() {
        let place = tempfile::tempdir().unwrap();
        let bucket = place.path().join("bucket");
        fs::write(&bucket, "in the way").unwrap();
        let destination = destination(&bucket);
        let (sink, ending) = Sink::start().unwrap();
        let at = datetime!(2015-05-13 10:00:00 UTC);
        sink.take(&destination, "lost\nlost too\n".to_owned(), at);
        while sink.dropped() < 2 {
            tokio::task::yield_now().await;
        }
        fs::remove_file(&bucket).unwrap();
        sink.take(&destination, "kept\n".to_owned(), at);
        drop(sink);
        ending.wait().await;
        assert_eq!(texts(&bucket), ["kept\n"]);
    }

    #[test]
    fn an_object_goes_on_after_lines_that_could_not_be_written() {
        let bucket = tempfile::tempdir().unwrap();
        let destination = destination(bucket.path());
        let at = datetime!(2015-05-13 10:00:00 UTC);
        let mut writer = Writer {
            open: HashMap::new(),
            failing: HashMap::new(),
            dropped: Arc::default(),
            reported: 0,
        };
        let put = |text: &str, writer: &mut Writer| {
            writer.put(&Lines {
                destination: Arc::clone(&destination),
                text: text.to_owned(),
                at,
            });
        };
        put("one\n", &mut writer);
        // A file that can only be read stands in for a disk that is full.
        let open = writer.open.get_mut(&destination).unwrap();
        let partial = open.partial.clone();
        let writable = std::mem::replace(&mut open.file, File::open(&partial).unwrap());
        put("two\n", &mut writer);
        assert_eq!(writer.dropped.load(Ordering::Relaxed), 1);
        writer.open.get_mut(&destination).unwrap().file = writable;
        put("three\n", &mut writer);
        writer.open.drain().for_each(|(_, open)| finish(open));
        assert_eq!(texts(bucket.path()), ["one\nthree\n"]);
        assert!(writer.failing.is_empty());
    }

    #[tokio::test]
    async fn what_a_killed_process_left_gets_its_name() {
        let bucket = tempfile::tempdir().unwrap();
        let destination = destination(bucket.path());
        let at = datetime!(2015-05-13 10:00:00 UTC);
        let left = destination.object(destination.interval_end(at), "00000000");
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(left.with_extension(PARTIAL), "left\n").unwrap();
        let busy = destination.object(destination.interval_end(at), "11111111");
        fs::write(busy.with_extension(PARTIAL), "busy\n").unwrap();
        let other = File::open(busy.with_extension(PARTIAL)).unwrap();
        other.try_lock().unwrap();
        let (sink, ending) = Sink::start().unwrap();
        sink.take(
            &destination,
            "new\n".to_owned(),
            at + Duration::from_secs(600),
        );
        drop(sink);
        ending.wait().await;
        assert_eq!(fs::read_to_string(&left).unwrap(), "left\n");
        assert!(!busy.exists() && busy.with_extension(PARTIAL).exists());
        fs::remove_file(busy.with_extension(PARTIAL)).unwrap();
        assert_eq!(texts(bucket.path()), ["left\n", "new\n"]);
    }
}
