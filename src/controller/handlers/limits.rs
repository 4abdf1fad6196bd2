//! DescribeAccountLimits.

use crate::controller::operations::{Context, Read};
use crate::controller::state::State;
use crate::wire::attribute::{DescribeAccountLimits, DescribeAccountLimitsResponse, Limit};
use crate::wire::fault::Fault;

/// The limits of an account at Amazon, and how many of each it allows. They are told, not enforced:
/// a cloud for tests has to hold more than 20 load balancers. Source: AWS CLI reference, the
/// example of describe-account-limits.
const LIMITS: [(&str, u32); 3] = [
    ("classic-load-balancers", 20),
    ("classic-listeners", 100),
    ("classic-registered-instances", 1000),
];

/// Items on one page at most, and by default. Source: PageSize.
const PAGE_AT_MOST: i64 = 400;

impl Read for DescribeAccountLimits {
    fn answer(
        self,
        _context: &Context,
        _state: &State,
    ) -> Result<DescribeAccountLimitsResponse, Fault> {
        let invalid = |reason: &str| Fault::ValidationError {
            reason: reason.to_owned(),
        };
        let size = self.page_size.unwrap_or(PAGE_AT_MOST);
        let size = usize::try_from(size)
            .ok()
            .filter(|_| (1..=PAGE_AT_MOST).contains(&size))
            .ok_or_else(|| invalid("PageSize must be between 1 and 400"))?;
        // A marker is the last name of the page before.
        let from = match &self.marker {
            None => 0,
            Some(marker) => LIMITS
                .iter()
                .position(|(name, _)| name == marker)
                .map(|last| last + 1)
                .ok_or_else(|| invalid("Marker is not one that was given"))?,
        };
        let rest = &LIMITS[from..];
        let (page, more) = rest.split_at(size.min(rest.len()));
        let next_marker = page.last().filter(|_| !more.is_empty());
        Ok(DescribeAccountLimitsResponse {
            limits: Some(
                page.iter()
                    .map(|(name, most)| Limit {
                        name: Some((*name).to_owned()),
                        max: Some(most.to_string()),
                    })
                    .collect(),
            ),
            next_marker: next_marker.map(|(name, _)| (*name).to_owned()),
        })
    }
}
