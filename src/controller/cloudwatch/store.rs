//! Where metrics are kept: minute by minute, for two weeks, within bounds.
//!
//! In memory, and in a file for each day from which they come back after a start. A minute that was
//! under way when the machine lost its power may be missing; nothing depends on it.

use crate::model::account::AccountId;
use crate::model::traffic::Histogram;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Take, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a minute is kept. Source: CloudWatch kept two weeks in the days of Eucalyptus 3.3.0.
pub const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);
const KEPT_MINUTES: i64 = 14 * 24 * 60;

/// Minutes of all series together: the traffic metrics of seven load balancers for two weeks, or of
/// thousands for hours. About 150 MB at most; beyond, the oldest tenth is forgotten.
const POINTS: usize = 1_000_000;

/// Different series: names are the caller's, so that they need a bound of their own.
const SERIES: usize = 50_000;

/// Lines of files that are taken back at a time.
const LINES_AT_ONCE: usize = 1000;

/// Bytes of one day's file; beyond, the day's remaining minutes are in memory only.
const LARGEST_FILE: u64 = 128 << 20;
/// Bytes of a line that is read back: a minute with its latencies.
const LONGEST_LINE: u64 = 64 << 10;
/// What the names of the files begin with; the day follows, `20131125`.
const FILE: &str = "eulb.metrics.";

/// What a metric goes by: names and values, in the order of the names.
pub type Dimensions = Vec<(Arc<str>, Arc<str>)>;

/// Names a series. The unit is part of it: values of different units are never added up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesKey {
    pub account: AccountId,
    pub namespace: Arc<str>,
    pub metric: Arc<str>,
    pub dimensions: Dimensions,
    pub unit: Arc<str>,
}

/// What was reported for some time: never a single value, so that any two can be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    #[serde(rename = "c")]
    pub count: f64,
    #[serde(rename = "s")]
    pub sum: f64,
    #[serde(rename = "l")]
    pub minimum: f64,
    #[serde(rename = "h")]
    pub maximum: f64,
    /// How the values are spread, where that is known.
    #[serde(rename = "d", default, skip_serializing_if = "is_empty")]
    pub spread: Histogram,
}

fn is_empty(histogram: &Histogram) -> bool {
    *histogram == Histogram::default()
}

impl Point {
    /// One value.
    pub fn of(value: f64) -> Point {
        Point::set(1.0, value, value, value)
    }

    /// Several values, of which only these are known.
    pub fn set(count: f64, sum: f64, minimum: f64, maximum: f64) -> Point {
        Point {
            count,
            sum,
            minimum,
            maximum,
            spread: Histogram::default(),
        }
    }

    /// Takes more values in.
    pub fn add(&mut self, other: &Point) {
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        self.spread += &other.spread;
    }

    pub fn average(&self) -> f64 {
        if self.count == 0.0 {
            0.0
        } else {
            self.sum / self.count
        }
    }

    /// The value that this share (0 to 1) of all did not exceed, if the spread is known.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        match self.spread.quantile(share) {
            Some(latency) => Some(latency.as_secs_f64().clamp(self.minimum, self.maximum)),
            None => (self.minimum == self.maximum).then_some(self.minimum),
        }
    }
}

/// One line of a file.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    key: SeriesKey,
    /// The minute, since the epoch.
    minute: i64,
    #[serde(flatten)]
    point: Point,
}

/// All metrics.
#[derive(Default)]
pub struct Metrics {
    series: BTreeMap<SeriesKey, BTreeMap<i64, Point>>,
    points: usize,
    /// The newest minute that was put.
    newest: i64,
    files: Option<Files>,
}

struct Files {
    directory: PathBuf,
    day: i64,
    file: File,
    written: u64,
}

const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// `eulb.metrics.20131125`
fn path_of(directory: &Path, day: i64) -> PathBuf {
    let date = time::OffsetDateTime::from_unix_timestamp(day * MINUTES_OF_A_DAY * 60)
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
        .date();
    directory.join(format!(
        "{FILE}{:04}{:02}{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    ))
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}

/// What files had of metrics when they were opened, to be taken back piece by piece.
pub struct Backlog {
    files: Vec<Take<BufReader<File>>>,
    /// The minute after which points are kept.
    after: i64,
}

impl Backlog {
    /// Bytes that are still to be read.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(Take::limit).sum()
    }

    /// Reads on; nothing when everything has been read.
    fn next_lines(&mut self) -> Option<Vec<Line>> {
        let file = self.files.last_mut()?;
        let mut lines = Vec::with_capacity(LINES_AT_ONCE);
        let mut text = Vec::new();
        for _ in 0..LINES_AT_ONCE {
            text.clear();
            let read = file
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut text);
            if !read.is_ok_and(|count| count > 0) {
                self.files.pop();
                break;
            }
            // A line that was cut by the end of a process is passed over.
            let line = serde_json::from_slice::<Line>(&text).ok();
            lines.extend(line.filter(|line| line.minute > self.after));
        }
        Some(lines)
    }
}

impl Metrics {
    /// Keeps metrics in files as well, and removes those that are too old; returns those that are
    /// there, for [`take_back`](Metrics::take_back). `now` is in minutes since the epoch.
    ///
    /// # Errors
    ///
    /// The directory cannot be read or written.
    pub fn keep_in(&mut self, directory: &Path, now: i64) -> io::Result<Backlog> {
        let today = now.div_euclid(MINUTES_OF_A_DAY);
        remove_before(directory, today)?;
        let mut files = Vec::new();
        for day in today - KEPT_MINUTES / MINUTES_OF_A_DAY..=today {
            match File::open(path_of(directory, day)) {
                // What is put from now on is in memory already.
                Ok(file) => {
                    let length = file.metadata()?.len();
                    files.push(BufReader::new(file).take(length));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let file = open(&path_of(directory, today))?;
        self.files = Some(Files {
            directory: directory.to_owned(),
            day: today,
            written: file.metadata()?.len(),
            file,
        });
        Ok(Backlog {
            files,
            after: now - KEPT_MINUTES,
        })
    }

    /// Takes back what files had, beside what has been put since; whoever asks meanwhile waits for
    /// one piece at most.
    pub fn take_back(metrics: &Mutex<Metrics>, mut backlog: Backlog) {
        while let Some(lines) = backlog.next_lines() {
            let mut metrics = metrics.lock().unwrap_or_else(PoisonError::into_inner);
            for Line { key, minute, point } in lines {
                metrics.place(key, minute, &point);
            }
        }
    }

    /// Takes points of one minute; says how many found no room, because there are too many series.
    ///
    /// # Errors
    ///
    /// They cannot be written to the day's file; they are in memory all the same.
    pub fn put(
        &mut self,
        minute: i64,
        now: i64,
        points: Vec<(SeriesKey, Point)>,
    ) -> io::Result<usize> {
        let mut text = Vec::new();
        let mut refused = 0;
        for (key, point) in points {
            if self.series.len() >= SERIES && !self.series.contains_key(&key) {
                refused += 1;
                continue;
            }
            self.place(key.clone(), minute, &point);
            if self.files.is_some() {
                let line = Line { key, minute, point };
                serde_json::to_writer(&mut text, &line)?;
                text.push(b'\n');
            }
        }
        if now > self.newest {
            self.newest = now;
            self.forget_before(now - KEPT_MINUTES);
        }
        self.bound();
        self.write(&text, now.div_euclid(MINUTES_OF_A_DAY))?;
        Ok(refused)
    }

    fn place(&mut self, key: SeriesKey, minute: i64, point: &Point) {
        let series = self.series.entry(key).or_default();
        match series.get_mut(&minute) {
            Some(known) => known.add(point),
            None => {
                series.insert(minute, point.clone());
                self.points += 1;
            }
        }
    }

    fn write(&mut self, text: &[u8], today: i64) -> io::Result<()> {
        let Some(files) = &mut self.files else {
            return Ok(());
        };
        if files.day != today {
            remove_before(&files.directory, today)?;
            files.file = open(&path_of(&files.directory, today))?;
            files.written = files.file.metadata()?.len();
            files.day = today;
        }
        if text.is_empty() || files.written + text.len() as u64 > LARGEST_FILE {
            return Ok(());
        }
        files.file.write_all(text)?;
        files.written += text.len() as u64;
        Ok(())
    }

    fn forget_before(&mut self, minute: i64) {
        let mut left = 0;
        self.series.retain(|_, points| {
            if points
                .first_key_value()
                .is_some_and(|(first, _)| *first < minute)
            {
                *points = points.split_off(&minute);
            }
            left += points.len();
            !points.is_empty()
        });
        self.points = left;
    }

    fn bound(&mut self) {
        while self.points > POINTS {
            let firsts = self.series.values().filter_map(|of| of.first_key_value());
            let Some(oldest) = firsts.map(|(minute, _)| *minute).min() else {
                return;
            };
            self.forget_before(oldest + ((self.newest - oldest) / 10).max(1));
        }
    }

    /// The series of an account, of a namespace if one is named.
    pub fn series<'m>(
        &'m self,
        account: &'m AccountId,
        namespace: Option<&'m str>,
    ) -> impl Iterator<Item = (&'m SeriesKey, &'m BTreeMap<i64, Point>)> {
        let first = SeriesKey {
            account: account.clone(),
            namespace: namespace.unwrap_or_default().into(),
            metric: "".into(),
            dimensions: Vec::new(),
            unit: "".into(),
        };
        self.series.range(first..).take_while(move |(key, _)| {
            key.account == *account && namespace.is_none_or(|wanted| &*key.namespace == wanted)
        })
    }
}

/// Removes the files of days whose every minute is too old.
fn remove_before(directory: &Path, today: i64) -> io::Result<()> {
    let first = path_of(directory, today - KEPT_MINUTES / MINUTES_OF_A_DAY);
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Names of days are in the order of the days.
        if name.starts_with(FILE) && path < first {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(metric: &str, balancer: &str) -> SeriesKey {
        SeriesKey {
            account: AccountId::new("000000000001"),
            namespace: "AWS/ELB".into(),
            metric: metric.into(),
            dimensions: vec![("LoadBalancerName".into(), balancer.into())],
            unit: "Count".into(),
        }
    }

    /// `metric minute sum`
    fn told(metrics: &Metrics) -> Vec<String> {
        let account = AccountId::new("000000000001");
        let of = |(key, points): (&SeriesKey, &BTreeMap<i64, Point>)| -> Vec<String> {
            let points = points.iter();
            points
                .map(|(minute, point)| format!("{} {minute} {}", key.metric, point.sum))
                .collect()
        };
        metrics.series(&account, None).flat_map(of).collect()
    }

    const NOW: i64 = 22_809_600;

    #[test]
    fn metrics_come_back_after_a_start_but_for_a_torn_line_and_what_is_too_old() {
        let folder = tempfile::tempdir().unwrap();
        let mut metrics = Metrics::default();
        assert_eq!(metrics.keep_in(folder.path(), NOW).unwrap().bytes(), 0);
        let put = |metrics: &mut Metrics, minute, now, value| {
            let points = vec![(key("RequestCount", "web"), Point::of(value))];
            assert_eq!(metrics.put(minute, now, points).unwrap(), 0);
        };
        put(&mut metrics, NOW, NOW, 1.0);
        put(&mut metrics, NOW, NOW, 2.0);
        put(&mut metrics, NOW + 1, NOW + 1, 4.0);
        let expected = [
            format!("RequestCount {NOW} 3"),
            format!("RequestCount {} 4", NOW + 1),
        ];
        assert_eq!(told(&metrics), expected);
        drop(metrics);
        let today = path_of(folder.path(), NOW.div_euclid(MINUTES_OF_A_DAY));
        let mut file = OpenOptions::new().append(true).open(&today).unwrap();
        file.write_all(b"{\"account\":").unwrap();

        let mut metrics = Metrics::default();
        let backlog = metrics.keep_in(folder.path(), NOW + 2).unwrap();
        let metrics = Mutex::new(metrics);
        Metrics::take_back(&metrics, backlog);
        let mut metrics = metrics.into_inner().unwrap();
        assert_eq!(told(&metrics), expected);
        // Two weeks later the minute leaves memory, and a day after that its file the disk.
        put(
            &mut metrics,
            NOW + KEPT_MINUTES + 1,
            NOW + KEPT_MINUTES + 1,
            8.0,
        );
        assert_eq!(told(&metrics).len(), 2);
        let later = NOW + KEPT_MINUTES + MINUTES_OF_A_DAY;
        put(&mut metrics, later, later, 8.0);
        assert!(!today.exists());
    }

    #[test]
    fn points_add_up() {
        let mut point = Point::of(3.0);
        point.add(&Point::set(2.0, 5.0, 1.0, 4.0));
        assert_eq!(point, Point::set(3.0, 8.0, 1.0, 4.0));
        assert_eq!(point.quantile(0.5), None);
        assert_eq!(Point::of(3.0).quantile(0.99), Some(3.0));
        let mut spread = Histogram::default();
        spread.add(
            crate::model::traffic::bucket_of(Duration::from_millis(2)),
            9,
        );
        point.spread = spread;
        point.minimum = 0.001;
        assert!((point.quantile(0.5).unwrap() - 0.002).abs() < 0.0001);
    }

    #[test]
    fn a_namespace_is_found_among_its_neighbours() {
        let mut metrics = Metrics::default();
        let mut other = key("RequestCount", "web");
        other.namespace = "AWS/EC2".into();
        let mut stranger = key("RequestCount", "web");
        stranger.account = AccountId::new("000000000002");
        let points = [other, key("Latency", "b"), key("Latency", "a"), stranger];
        let points = points.map(|key| (key, Point::of(1.0))).into();
        metrics.put(NOW, NOW, points).unwrap();
        let account = AccountId::new("000000000001");
        let found = |namespace| metrics.series(&account, namespace).count();
        assert_eq!((found(None), found(Some("AWS/ELB"))), (3, 2));
        assert_eq!((found(Some("AWS/EC2")), found(Some("AWS"))), (1, 0));
    }
}
