//! The access log: ELB's line for each request or TCP session, in files laid out like the bucket.
//!
//! A connection notes what it learns of an exchange in an [`Entry`], if its listener logs at all. At the
//! exchange's end the line goes into the worker's [`Book`], which hands what it has gathered to the
//! [`Sink`], whose thread alone touches the disk. The queue between them is bounded; what does not
//! fit is dropped, counted and reported, so that a slow disk never slows a request.
//!
//! | file | |
//! |---|---|
//! | [`entry`] | what is noted while an exchange is under way |
//! | [`mod@line`] | the line: which fields, how they are written |
//! | [`object`] | which file a line belongs to |
//! | [`sink`] | the thread that writes files |
//!
//! Source: "Access logs for your Classic Load Balancer", Elastic Load Balancing user guide;
//! Eucalyptus servo 1.2.0 to 1.4.0 for the shorter line.

pub mod entry;
pub mod line;
pub mod object;
pub mod sink;

pub use entry::Entry;
pub use object::{Destination, prepare};
pub use sink::{Ending, Sink};

use crate::model::plane::LogForm;
use line::Record;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// Bytes of lines for one destination that are handed over without waiting for more.
const BUFFER_BYTES: usize = 16 * 1024;

/// Longest time a line waits for others: whoever follows the file sees it about at once, and a quiet
/// listener wakes the writing thread once a second.
const GATHERING_TIME: Duration = Duration::from_secs(1);

/// Where a listener's lines go, and how they look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logging {
    pub destination: Arc<Destination>,
    pub form: LogForm,
}

/// The lines of one worker that are not on their way to the disk yet.
pub struct Book {
    sink: Sink,
    /// By the address of the destination: a comparison of names for every line would cost more than
    /// the line.
    gathered: RefCell<HashMap<usize, Gathered>>,
}

struct Gathered {
    destination: Arc<Destination>,
    text: String,
}

impl Book {
    /// An empty book.
    pub fn new(sink: Sink) -> Rc<Book> {
        Rc::new(Book {
            sink,
            gathered: RefCell::default(),
        })
    }

    /// Adds a line. Called within the worker's runtime, whose timer hands over what is gathered.
    pub fn write(self: &Rc<Self>, logging: &Logging, record: &Record<'_>) {
        let mut gathered = self.gathered.borrow_mut();
        if gathered.is_empty() {
            let book = Rc::clone(self);
            tokio::task::spawn_local(async move {
                tokio::time::sleep(GATHERING_TIME).await;
                book.hand_over();
            });
        }
        let key = Arc::as_ptr(&logging.destination).addr();
        let lines = gathered.entry(key).or_insert_with(|| Gathered {
            destination: Arc::clone(&logging.destination),
            text: String::new(),
        });
        record.write(logging.form, &mut lines.text);
        if lines.text.len() >= BUFFER_BYTES {
            let text = std::mem::take(&mut lines.text);
            self.sink
                .take(&lines.destination, text, OffsetDateTime::now_utc());
        }
    }

    /// Hands over everything that is gathered, as does the end of the book.
    pub fn hand_over(&self) {
        for (_, lines) in self.gathered.borrow_mut().drain() {
            if !lines.text.is_empty() {
                self.sink
                    .take(&lines.destination, lines.text, OffsetDateTime::now_utc());
            }
        }
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        self.hand_over();
    }
}
