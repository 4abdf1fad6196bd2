//! Which file a line belongs to: one object for each servo and interval, named as in the bucket.

use crate::model::plane::BalancerLabel;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use time::OffsetDateTime;

/// Where the lines of one servo go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// The directory that stands for the bucket.
    pub bucket: PathBuf,
    /// Leads the names of all objects; may be empty.
    pub prefix: String,
    pub region: String,
    pub balancer: BalancerLabel,
    /// The servo's own address.
    pub address: IpAddr,
    /// How long lines go into one object, in real time.
    pub interval: Duration,
}

impl Destination {
    /// When the interval ends in which a moment is. Intervals begin with the epoch, so that those of
    /// 5 and 60 minutes end at full ones.
    pub fn interval_end(&self, at: OffsetDateTime) -> OffsetDateTime {
        let interval = i128::try_from(self.interval.as_nanos().max(1)).unwrap_or(i128::MAX);
        let end = (at.unix_timestamp_nanos().div_euclid(interval) + 1).saturating_mul(interval);
        OffsetDateTime::from_unix_timestamp_nanos(end).unwrap_or(at)
    }

    /// The folder below which all objects of the destination are, by day.
    pub fn folder(&self) -> PathBuf {
        let mut path = self.bucket.clone();
        path.extend(
            self.prefix
                .split('/')
                .filter(|part| !part.is_empty() && *part != "." && *part != ".."),
        );
        let account = &*self.balancer.account;
        path.extend(["AWSLogs", account, "elasticloadbalancing", &self.region]);
        path
    }

    /// The object for the interval that ends then.
    ///
    /// `[prefix/]AWSLogs/ACCT/elasticloadbalancing/REGION/yyyy/mm/dd/ACCT_elasticloadbalancing_REGION_NAME_yyyymmddThhmmZ_IP_RANDOM.log`
    pub fn object(&self, end: OffsetDateTime, random: &str) -> PathBuf {
        let (year, month, day) = end.to_calendar_date();
        let (month, account, region) = (u8::from(month), &self.balancer.account, &self.region);
        let mut path = self.folder();
        path.push(format!("{year:04}/{month:02}/{day:02}"));
        path.push(format!(
            "{account}_elasticloadbalancing_{region}_{}_{year:04}{month:02}{day:02}T{:02}{:02}Z_{}_{random}.log",
            self.balancer.name,
            end.hour(),
            end.minute(),
            self.address,
        ));
        path
    }
}

/// Makes a directory for logs and writes a file there, to find out at the start what would otherwise
/// be lost lines later.
///
/// # Errors
///
/// The directory cannot be made, or nothing can be written in it.
pub fn prepare(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let probe = directory.join(format!(".eulb-{}", std::process::id()));
    std::fs::write(&probe, b"\n")?;
    std::fs::remove_file(&probe)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::sync::Arc;
    use time::macros::datetime;

    pub fn destination(bucket: &Path) -> Arc<Destination> {
        Arc::new(Destination {
            bucket: bucket.to_owned(),
            prefix: "logs/../web".to_owned(),
            region: "eucalyptus".to_owned(),
            balancer: BalancerLabel {
                account: "000000000001".into(),
                name: "web".into(),
            },
            address: IpAddr::from([127, 101, 0, 1]),
            interval: Duration::from_secs(300),
        })
    }

    #[test]
    fn objects_are_named_for_the_end_of_their_interval() {
        let destination = destination(Path::new("/b"));
        let cases = [
            (
                datetime!(2015-05-13 23:39:43 UTC),
                "2015/05/13",
                "20150513T2340Z",
            ),
            (
                datetime!(2015-05-13 23:40:00 UTC),
                "2015/05/13",
                "20150513T2345Z",
            ),
            (
                datetime!(2015-12-31 23:59:59 UTC),
                "2016/01/01",
                "20160101T0000Z",
            ),
        ];
        for (at, day, end) in cases {
            let object = destination.object(destination.interval_end(at), "0a1b2c3d");
            let expected = format!(
                "/b/logs/web/AWSLogs/000000000001/elasticloadbalancing/eucalyptus/{day}/000000000001_elasticloadbalancing_eucalyptus_web_{end}_127.101.0.1_0a1b2c3d.log"
            );
            assert_eq!(object.to_string_lossy(), expected);
        }
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_noticed() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(prepare(&file.join("logs")).is_err());
        let fresh = place.path().join("a/b");
        prepare(&fresh).unwrap();
        assert_eq!(std::fs::read_dir(fresh).unwrap().count(), 0);
    }
}
