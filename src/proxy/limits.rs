//! Every bound of the data plane that no attribute of a load balancer sets.

use std::time::Duration;

/// How often deadlines are looked at. A deadline is never early and at most one tick late; ten
/// looks a second cost an idle worker less than a thousandth of a core.
pub const TICK: Duration = Duration::from_millis(100);

/// Bytes of a request or response head: the bound ELB's successor publishes for all headers.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Fields of a head. Also the size of the array a head is parsed into.
pub const HEAD_FIELDS: usize = 100;

/// Bytes of a method; Elastic Load Balancing answers 405 to longer ones.
pub const METHOD_BYTES: usize = 127;

/// Empty lines tolerated before a request line (RFC 9112 §2.2 asks for at least one).
pub const EMPTY_LINES: usize = 4;

/// Bytes of one chunk-size line, extensions included. Real extensions are a few bytes; unbounded
/// ones are a way to keep a proxy busy without a body.
pub const CHUNK_LINE_BYTES: usize = 256;

/// Bytes of all trailer fields together.
pub const TRAILER_BYTES: usize = 16 * 1024;

/// Interim (1xx) answers to one request; an instance that sends more is not answering.
pub const INTERIM_ANSWERS: u8 = 16;

/// Instances that may fail one request, by not accepting its connection in time or by closing it
/// without an answer, before it is given up: a request that kills instances must not meet them all.
/// Those that refuse a connection outright cost nothing and are not counted: each is asked once.
pub const ATTEMPTS: usize = 3;

/// How long an instance that could not be connected to is asked only if there is no other. Shorter
/// than the shortest interval of checks (5 s), which say then what is the matter; long enough that
/// one request in thousands pays for the knowledge.
pub const AVOIDED_TIME: Duration = Duration::from_secs(2);

/// Requests, and TCP connections, of one servo that wait for an instance; beyond, 503 at once.
/// Source: SurgeQueueLength, Elastic Load Balancing metrics.
pub const SURGE_QUEUE: usize = 1024;

/// Connections in use to one instance by one listener, over all workers; beyond, requests wait in the
/// surge queue. Elastic Load Balancing publishes no figure: it queues when the instance does not
/// accept. Above what a thread-per-connection server carries, below the descriptors of a process.
pub const INSTANCE_CONNECTIONS: usize = 8192;

/// Bytes of an ordinary buffer: a 16 KiB body with its head arrives in one read.
pub const BUFFER_BYTES: usize = 32 * 1024;

/// Bytes of a buffer lent while a transfer is large: fewer system calls per byte.
pub const LARGE_BUFFER_BYTES: usize = 256 * 1024;

/// Bytes that the system may hold for a client of HTTP and has not sent yet, counted to the next full
/// segment (64 KiB). Its own bound is megabytes for each client that reads slowly, and the answers of
/// all wait behind one another's there. What is on its way is not counted: a distant client is sent as
/// much as its path carries. From 8 to 64 KiB the requests per second do not differ, and p99 is least
/// with 8 and 16 (`benches/README.md`).
pub const UNSENT_BYTES: u32 = 16 * 1024;

/// How long the system keeps a connection to itself whose client is to speak first and does not: a
/// worker is woken once, by the request, instead of twice. The shortest that Linux knows.
pub const DEFERRED_TIME: Duration = Duration::from_secs(1);

/// Free bytes kept before a head, into which it may grow when it is patched.
pub const HEADROOM_BYTES: usize = 768;

/// Ordinary buffers a worker keeps for reuse (8 MiB).
pub const SPARE_BUFFERS: usize = 256;
/// Futures of exchanges kept for exchanges to come, about a kilobyte each.
pub const SPARE_CARRIERS: usize = 256;

/// Large buffers a worker keeps for reuse (8 MiB).
pub const SPARE_LARGE_BUFFERS: usize = 32;

/// Reads in a row that fill their buffer before a TCP stream is taken for bulk and spliced: the first
/// one fills an ordinary buffer, the others a large one.
pub const BULK_READS: u8 = 3;

/// Bytes of a pipe that bulk is spliced through. What the system allows one user without privileges
/// (64 MiB by default) is enough for 256 of them.
pub const PIPE_BYTES: usize = 256 * 1024;

/// Bytes below which a pipe is of no use. Beyond its bound for a user, the system grants one or two
/// pages, and a buffer is cheaper.
pub const LEAST_PIPE_BYTES: usize = 64 * 1024;

/// Pipes a worker lends at the same time, and those it keeps for reuse; each is two descriptors.
pub const PIPES: usize = 256;
pub const SPARE_PIPES: usize = 16;

/// Idle connections kept to one instance by one worker for one listener.
pub const POOLED_CONNECTIONS: usize = 256;

/// How long a connection to an instance is not used after an answer whose body is left out, such as one
/// to HEAD. Some instances send it all the same, in a write of its own that would be taken for the next
/// answer: microseconds after the head, or when that is acknowledged, which may take 40 ms. The reactor
/// hears of it meanwhile.
pub const DOUBTFUL_TIME: Duration = Duration::from_millis(100);

/// Bytes of a request's body that a client must send in two idle timeouts while it is waited for and
/// nobody has answered it yet; less is silence with a trick, and holds a connection to an instance.
/// With the ordinary timeout of 60 s this is 9 bytes a second: below every link and every stream of
/// events. Answers have no such bound: an instance is not a stranger and may send an event an hour,
/// and a client that does not read is silent, since a window opens by segments and not by bytes.
pub const SLOW_BODY_BYTES: u32 = 1024;
pub const SLOW_BODY_TIMEOUTS: u32 = 2;

/// Longest an idle connection to an instance is kept, if the idle timeout is not shorter.
pub const POOLED_TIME: Duration = Duration::from_secs(60);

/// Open client connections of one servo, over all listeners and workers; beyond, HTTP is answered 503
/// and TCP is closed, at once. HAProxy's `maxconn` in Eucalyptus' servo is 100,000 for the whole process.
pub const CONNECTIONS: usize = 50_000;

/// How long, and for how many bytes, a refused client is read after the answer was sent, so that
/// the reset caused by unread bytes does not destroy the answer on its way.
pub const LINGER_TIME: Duration = Duration::from_secs(2);
pub const LINGER_BYTES: usize = 1024 * 1024;

/// Bytes read of a client that is one too many, for the same reason but without waiting: an ordinary
/// request.
pub const TURNED_AWAY_BYTES: usize = 8 * 1024;

/// Longest wait at a worker's end for what was cut there: each task needs one turn to reset its
/// connections.
pub const CUT_TIME: Duration = Duration::from_millis(500);

/// Longest TLS handshake with a client. A handshake is two exchanges of a few kilobytes; ten seconds
/// serve the slowest network and are what a client that says nothing costs.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The same while more than half of [`HANDSHAKES`] are under way.
pub const PRESSED_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(2);

/// TLS handshakes under way in one worker; further clients are closed at once. Each holds a session
/// of some kilobytes and may hold a buffer of 32 KiB (64 MiB in all).
pub const HANDSHAKES: usize = 2048;

/// Pause of accepting after an error such as an exhausted table of file descriptors.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Pause before a worker, or one of its lasting tasks, that panicked is started anew: a fault that
/// comes back at once must not keep a core busy.
pub const RESTART_PAUSE: Duration = Duration::from_millis(100);

/// By how many connections a worker may be ahead of another, or by which part of what that one has if
/// it is more, before it hands on what it accepts: a few busy ones must be shared evenly, and handing on
/// wakes another core.
pub const UNEVEN_CONNECTIONS: usize = 2;
pub const UNEVEN_PART: usize = 4;

/// Connections a worker accepts in a row before those it has get a turn: a queue that never empties
/// must not keep it from serving.
pub const ACCEPT_BATCH: usize = 32;

/// Connections on their way to a worker at a time: one that does not run is not given more.
pub const HANDED_CONNECTIONS: usize = 256;

/// Stack of a worker thread; tasks live on the heap, so little is needed.
pub const WORKER_STACK_BYTES: usize = 1024 * 1024;

/// Shortest time between two lines of the log about requests that are not as the standard says, of
/// one listener and worker: whoever floods the listener does not flood the log.
pub const DEVIATION_PAUSE: Duration = Duration::from_secs(1);
