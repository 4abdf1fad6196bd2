//! The HTTP server: limits, doors and framing. What a request means is decided elsewhere.
//!
//! There are two doors. The public port takes the Query API, signed, and administration signed by the
//! cloud administrator. The Unix socket, which only its owner may open, takes administration unsigned.

use super::Shared;
use super::administration;
use super::operations::{self, Context};
use super::page;
use super::permission;
use super::prometheus;
use super::properties;
use super::seats::{Seat, Seats};
use crate::model::account::Caller;
use crate::wire::cloudwatch::{self, Protocol};
use crate::wire::fault::Fault;
use crate::wire::local::{self, MAXIMUM_BODY};
use crate::wire::query::Parameters;
use crate::wire::release::Feature;
use crate::wire::service::Service;
use crate::wire::sigv4;
use bytes::Bytes;
use flate2::read::GzDecoder;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::ext::ReasonPhrase;
use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, ORIGIN, USER_AGENT,
};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io::{self, Read as _};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The path of the Query API, as Eucalyptus has it. `/` does too.
pub const SERVICE_PATH: &str = "/services/LoadBalancing";

/// Bytes of a request line and its headers.
const MAXIMUM_HEAD: usize = 64 << 10;
/// Bytes of a state that is read in, from the Unix socket only: 100,000 load balancers are 200 MB.
const MAXIMUM_IMPORT: usize = 1 << 30;
/// Longest wait for a head: of a new connection, and of the next request on an idle one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait for a whole body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections at a time of the public port. Each costs a socket and some kilobytes.
const MAXIMUM_CONNECTIONS: usize = 1024;
/// Connections at a time of the Unix socket, whose places are its own: strangers who fill the public
/// port must not lock the administrator out. Whoever may open it has a few tools, not a crowd.
const MAXIMUM_LOCAL_CONNECTIONS: usize = 256;
/// Connections over the limit that are told so at a time; beyond that they are closed silently.
const MAXIMUM_REFUSALS: usize = 64;
/// How long a refused connection may take to read why.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(1);
/// How long running requests may take to finish after the end was asked for.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause after a failed accept: without it, a lack of file descriptors becomes a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The type of documents, of Eucalyptus and of Amazon. Sources: 3.3.0, the bindings; API reference.
const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=UTF-8");
const AMAZON_XML: HeaderValue = HeaderValue::from_static("text/xml");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=UTF-8");
/// Where Prometheus asks.
const METRICS: &str = "/metrics";
const FORM: &str = "application/x-www-form-urlencoded";
/// The header that names the operation in JSON 1.0, and the one that names the error's older code.
const TARGET: &str = "x-amz-target";
const QUERY_ERROR: &str = "x-amzn-query-error";
const REQUEST_ID: &str = "x-amzn-requestid";

/// What is said to a connection over the limit.
const BUSY: &[u8] = b"HTTP/1.1 503 ServiceUnavailable\r\nContent-Type: text/plain\r\n\
Content-Length: 30\r\nRetry-After: 1\r\nConnection: close\r\n\r\ntoo many connections; wait one";

/// Through which socket a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// From another machine.
    Public,
    /// The public port, from this machine.
    Loopback,
    /// The Unix socket: whoever may open it is the administrator.
    Local,
}

type Answer = Response<Full<Bytes>>;

/// Serves both sockets until the token is cancelled and what was running has finished.
pub async fn serve(
    shared: Arc<Shared>,
    public: TcpListener,
    local: Option<UnixListener>,
    shutdown: CancellationToken,
) {
    let server = Server {
        shared,
        tasks: TaskTracker::new(),
        shutdown,
        abort: CancellationToken::new(),
    };
    tokio::join!(
        server.accept(&public, Places::new(MAXIMUM_CONNECTIONS)),
        async {
            if let Some(local) = &local {
                let places = Places::new(MAXIMUM_LOCAL_CONNECTIONS);
                server.accept(local, places).await;
            }
        }
    );
    server.tasks.close();
    if tokio::time::timeout(DRAIN_TIMEOUT, server.tasks.wait())
        .await
        .is_err()
    {
        server.abort.cancel();
        server.tasks.wait().await;
    }
}

/// Something that connections come out of.
trait Listener: Sync {
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Through which door a connection came.
    fn door(stream: &Self::Stream) -> Door;

    fn next(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    fn door(stream: &TcpStream) -> Door {
        let peer = stream.peer_addr().map(|peer| peer.ip().to_canonical());
        match peer.is_ok_and(|ip| ip.is_loopback()) {
            true => Door::Loopback,
            false => Door::Public,
        }
    }

    async fn next(&self) -> io::Result<TcpStream> {
        let (stream, _) = self.accept().await?;
        // Answers are one write each; waiting to fill a packet would only delay them.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    fn door(_: &UnixStream) -> Door {
        Door::Local
    }

    async fn next(&self) -> io::Result<UnixStream> {
        Ok(self.accept().await?.0)
    }
}

/// The places of one socket.
struct Places {
    seats: Arc<Seats>,
    refusals: Arc<Semaphore>,
}

impl Places {
    fn new(most: usize) -> Places {
        Places {
            seats: Seats::new(most),
            refusals: Arc::new(Semaphore::new(MAXIMUM_REFUSALS)),
        }
    }
}

struct Server {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    /// No more connections, no more requests on those there are.
    shutdown: CancellationToken,
    /// Whatever still runs ends now.
    abort: CancellationToken,
}

impl Server {
    async fn accept<L: Listener>(&self, listener: &L, places: Places) {
        loop {
            let accepted = tokio::select! {
                () = self.shutdown.cancelled() => return,
                accepted = listener.next() => accepted,
            };
            match accepted {
                Ok(stream) => self.admit(&places, L::door(&stream), stream),
                Err(error) => {
                    tracing::warn!(target: "loadbalancing", %error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn admit<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        places: &Places,
        door: Door,
        stream: S,
    ) {
        let abort = self.abort.clone();
        if let Some(seat) = places.seats.take() {
            let shared = self.shared.clone();
            let shutdown = self.shutdown.clone();
            self.tasks.spawn(async move {
                let seat = Arc::new(seat);
                tokio::select! {
                    () = abort.cancelled() => {}
                    () = seat.sent_away() => {}
                    () = connection(shared, door, seat.clone(), stream, shutdown) => {}
                }
            });
        } else if let Ok(permit) = places.refusals.clone().try_acquire_owned() {
            self.tasks.spawn(async move {
                let _permit = permit;
                // Whether the client hears it or not, it is gone afterwards.
                let _ = tokio::time::timeout(REFUSAL_TIMEOUT, refuse(stream)).await;
            });
        }
    }
}

/// Says that there are too many connections, and reads what the client still sends: closing with
/// unread bytes would reset the connection before the answer arrives.
async fn refuse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> io::Result<()> {
    stream.write_all(BUSY).await?;
    stream.shutdown().await?;
    let mut unread = [0; 4096];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    shared: Arc<Shared>,
    door: Door,
    seat: Arc<Seat>,
    stream: S,
    shutdown: CancellationToken,
) {
    let service = service_fn(move |request| {
        let (shared, seat) = (shared.clone(), seat.clone());
        async move { Ok::<_, Infallible>(Box::pin(answer(&shared, door, &seat, request)).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(MAXIMUM_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = shutdown.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(target: "loadbalancing", %error, "a connection ended early");
    }
}

/// Why a body was not read: a status, its name as a code, and one line.
type Unread = (u16, &'static str, &'static str);

const TOO_LARGE: Unread = (413, "RequestEntityTooLarge", "the body is over 1 MiB");

async fn read_body(body: Incoming, most: usize) -> Result<Bytes, Unread> {
    let too_large = match most {
        MAXIMUM_IMPORT => (413, TOO_LARGE.1, "the state is over 1 GiB"),
        _ => TOO_LARGE,
    };
    if body.size_hint().lower() > most as u64 {
        return Err(too_large);
    }
    let limited = Limited::new(body, most);
    match tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await {
        Err(_) => Err((408, "RequestTimeout", "the body did not arrive in 30 s")),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large),
        Ok(Err(_)) => Err((400, "IncompleteBody", "the body broke off")),
    }
}

/// The answer to a request whose body was not read, in the form of whatever it was for.
fn unread(shared: &Shared, parts: &Parts, why: Unread, request_id: &str) -> Answer {
    let (status, code, line) = why;
    if parts.uri.path().starts_with(administration::PREFIX) {
        let line = format!("{}: {line}", parts.uri.path());
        return administration_refusal(status_of(status), line);
    }
    let Some(service) = service_of(parts, &[]) else {
        return plain(status_of(status), line);
    };
    let message = line.to_owned();
    let fault = Fault::Service {
        status,
        code,
        message,
    };
    match cloudwatch_protocol(parts) {
        Some((protocol, _)) => metrics_refusal(shared, protocol, &fault, request_id),
        None => refusal(shared, service, &fault, request_id),
    }
}

fn status_of(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn answer(shared: &Shared, door: Door, seat: &Seat, request: Request<Incoming>) -> Answer {
    let request_id: Arc<str> = uuid::Uuid::new_v4().to_string().into();
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let administrative = path.starts_with(administration::PREFIX);
    let mut answer = if parts.method != Method::GET && parts.method != Method::POST {
        plain(StatusCode::METHOD_NOT_ALLOWED, "use GET or POST")
    } else {
        let large = door == Door::Local && path == administration::IMPORT;
        let most = if large { MAXIMUM_IMPORT } else { MAXIMUM_BODY };
        let body = read_body(body, most).await;
        // While the body is awaited the connection waits like one without a request.
        let Some(_work) = seat.work() else {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "too many connections");
        };
        match body {
            Err(why) => unread(shared, &parts, why, &request_id),
            Ok(_) if door != Door::Local && page::is_here(path) && parts.method == Method::GET => {
                page::answer(shared, &parts)
            }
            Ok(_) if path == METRICS => scrape(shared, door, &parts),
            Ok(body) if administrative => {
                administrate(shared, door, &parts, &body, &request_id).await
            }
            Ok(body) => match service_of(&parts, &body) {
                Some(Service::CloudWatch) => metrics(shared, &parts, &body, &request_id).await,
                Some(service) => query(shared, service, &parts, &body, &request_id).await,
                None => plain(
                    StatusCode::NOT_FOUND,
                    "there is nothing here; the service is at /services/LoadBalancing",
                ),
            },
        }
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

/// Answers Prometheus, on this machine and to nobody else.
fn scrape(shared: &Shared, door: Door, parts: &Parts) -> Answer {
    if parts.method != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "use GET");
    }
    if door == Door::Public {
        return plain(StatusCode::FORBIDDEN, "metrics are for this machine only");
    }
    if let Err((status, line)) = made_by_no_page(parts) {
        return with_type(status, TEXT, format!("{line}\n"));
    }
    match prometheus::text(shared) {
        Ok(text) => with_type(
            StatusCode::OK,
            HeaderValue::from_static(prometheus::CONTENT_TYPE),
            text,
        ),
        Err(_) => plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "metrics cannot be written",
        ),
    }
}

fn with_type(status: StatusCode, kind: HeaderValue, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

fn plain(status: StatusCode, line: &'static str) -> Answer {
    with_type(status, TEXT, format!("{line}\n"))
}

/// The type of documents at the emulated release.
fn xml(shared: &Shared) -> HeaderValue {
    if shared.config.release.has(Feature::AmazonErrorCodes) {
        AMAZON_XML
    } else {
        XML
    }
}

/// The answer that shows a fault. Its reason phrase is the code: `400 400` at 3.3.0; Amazon's is that
/// of the status.
fn refusal(shared: &Shared, service: Service, fault: &Fault, request_id: &str) -> Answer {
    let shown = fault.shown_by(service, shared.config.release);
    let status = status_of(shown.status);
    let mut answer = with_type(status, xml(shared), shown.body(request_id));
    if shared.config.release.has(Feature::AmazonErrorCodes) {
        return answer;
    }
    if let Ok(reason) = ReasonPhrase::try_from(shown.code.as_bytes()) {
        answer.extensions_mut().insert(reason);
    }
    answer
}

/// Says who signed a request to a service.
fn authenticate(
    shared: &Shared,
    service: Service,
    parts: &Parts,
    body: &[u8],
) -> Result<Caller, Fault> {
    let headers: Vec<(&str, &[u8])> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let request = sigv4::Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &headers,
        body,
    };
    let snapshot = shared.registry.snapshot();
    let now = shared.config.clock.now();
    let release = shared.config.release;
    shared
        .authenticator
        .authenticate(&request, service, release, &snapshot.state, now)
}

// ---------------------------------------------------------------------------------------------
// The Query API

/// Which service a request is for: by its path, which libcloud makes of the version; at `/` by the scope
/// of its signature, and without one that is known here, load balancing, which says what is wrong.
fn service_of(parts: &Parts, body: &[u8]) -> Option<Service> {
    let path = parts.uri.path();
    if cloudwatch_protocol(parts).is_some() {
        return Some(Service::CloudWatch);
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    if !path.is_empty() {
        return Service::at(path).or_else(|| Service::of_version(path.strip_prefix('/')?));
    }
    let query = parts.uri.query().unwrap_or_default();
    let header = parts.headers.get(AUTHORIZATION);
    let scope = sigv4::scope_hint(header.map(HeaderValue::as_bytes), query);
    let signed = scope.as_deref().and_then(Service::signed);
    let by_version = || {
        let in_query = Parameters::read(query.as_bytes()).unwrap_or_default();
        let in_body = Parameters::read(body).unwrap_or_default();
        let version = in_query.get("Version").or_else(|| in_body.get("Version"))?;
        Service::of_version(version)
    };
    Some(signed.or_else(by_version).unwrap_or(Service::LoadBalancing))
}

async fn query(
    shared: &Shared,
    service: Service,
    parts: &Parts,
    body: &Bytes,
    request_id: &Arc<str>,
) -> Answer {
    if parts.method == Method::POST && !is_form(&parts.headers) {
        return absent_service(parts).unwrap_or_else(|| {
            plain(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body must be application/x-www-form-urlencoded",
            )
        });
    }
    match operate(shared, service, parts, body, request_id).await {
        Ok(body) => with_type(StatusCode::OK, xml(shared), body),
        Err(fault) => refusal(shared, service, &fault, request_id),
    }
}

/// The answer to a request in JSON that is signed for a service which is not here: in JSON, so that the
/// client tells its user.
fn absent_service(parts: &Parts) -> Option<Answer> {
    let kind = parts.headers.get(CONTENT_TYPE)?.as_bytes();
    let spoken =
        kind.starts_with(b"application/x-amz-json") || kind.starts_with(b"application/json");
    let header = parts.headers.get(AUTHORIZATION).filter(|_| spoken)?;
    let scope = sigv4::scope_hint(Some(header.as_bytes()), "")?;
    if Service::signed(&scope).is_some() {
        return None;
    }
    let here: Vec<_> = Service::ALL.iter().map(|one| one.title()).collect();
    let message = format!(
        "the service '{scope}' is not in this local cloud; there are {}",
        here.join(", ")
    );
    let body = serde_json::json!({"__type": "UnknownOperationException", "message": message});
    let kind = HeaderValue::from_static("application/x-amz-json-1.1");
    Some(with_type(StatusCode::NOT_FOUND, kind, body.to_string()))
}

/// Whether a body is a form; one without a type is taken for it.
fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|kind| {
        let kind = kind.as_bytes().split(|byte| *byte == b';').next();
        kind.is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(FORM.as_bytes()))
    })
}

// ---------------------------------------------------------------------------------------------
// CloudWatch

/// The protocol and the operation of a request to CloudWatch that is no form.
fn cloudwatch_protocol(parts: &Parts) -> Option<(Protocol, &str)> {
    if let Some(operation) = cloudwatch::operation_of_path(parts.uri.path()) {
        return Some((Protocol::Cbor, operation));
    }
    let target = parts.headers.get(TARGET)?.to_str().ok()?;
    let operation = target.strip_prefix(cloudwatch::TARGET)?.strip_prefix('.')?;
    Some((Protocol::Json, operation))
}

async fn metrics(shared: &Shared, parts: &Parts, body: &Bytes, request_id: &Arc<str>) -> Answer {
    let (protocol, operation) = match cloudwatch_protocol(parts) {
        Some((protocol, operation)) => (protocol, Some(operation.to_owned())),
        None => (Protocol::Query, None),
    };
    let told = measure(shared, (protocol, operation), parts, body, request_id);
    match told.await {
        Ok((operation, tree)) => {
            let text = cloudwatch::encode(protocol, &operation, &tree, request_id);
            spelt((protocol, xml(shared)), StatusCode::OK, text)
        }
        Err(fault) => metrics_refusal(shared, protocol, &fault, request_id),
    }
}

fn metrics_refusal(shared: &Shared, protocol: Protocol, fault: &Fault, request_id: &str) -> Answer {
    if protocol == Protocol::Query {
        return refusal(shared, Service::CloudWatch, fault, request_id);
    }
    let shown = fault.shown_by(Service::CloudWatch, shared.config.release);
    let text = cloudwatch::encode_refusal(protocol, shown.code, &shown.message);
    let mut answer = spelt((protocol, xml(shared)), status_of(shown.status), text);
    // What the code was in the protocol before, by which SDKs still name the error.
    let code = format!("{};{}", shown.code, shown.side.as_str());
    if let Ok(code) = HeaderValue::from_str(&code) {
        answer.headers_mut().insert(QUERY_ERROR, code);
    }
    answer
}

/// An answer in a protocol, whose documents have a type.
fn spelt((protocol, xml): (Protocol, HeaderValue), status: StatusCode, text: Vec<u8>) -> Answer {
    let kind = match protocol {
        Protocol::Query => xml,
        Protocol::Json => HeaderValue::from_static("application/x-amz-json-1.0"),
        Protocol::Cbor => HeaderValue::from_static("application/cbor"),
    };
    let mut answer = with_type(status, kind, text);
    if protocol == Protocol::Cbor {
        let name = HeaderValue::from_static("rpc-v2-cbor");
        answer.headers_mut().insert("smithy-protocol", name);
    }
    answer
}

/// A body without its compression, as SDKs send metrics from 10 KiB on. Source: requestCompression of
/// PutMetricData, service model of CloudWatch.
fn uncompressed(headers: &HeaderMap, sent: &Bytes) -> Result<Bytes, Fault> {
    let refuse = |(status, code, line): Unread| Fault::Service {
        status,
        code,
        message: line.to_owned(),
    };
    let encoding = headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
    match encoding.map(<[u8]>::trim_ascii) {
        None | Some(b"" | b"identity") => Ok(sent.clone()),
        Some(encoding) if encoding.eq_ignore_ascii_case(b"gzip") => {
            let mut body = Vec::new();
            let most = MAXIMUM_BODY as u64 + 1;
            match GzDecoder::new(&sent[..]).take(most).read_to_end(&mut body) {
                Ok(length) if length > MAXIMUM_BODY => Err(refuse(TOO_LARGE)),
                Ok(_) => Ok(body.into()),
                Err(_) => Err(refuse((400, "MalformedInput", "the body is no gzip"))),
            }
        }
        Some(_) => Err(refuse((
            415,
            "UnsupportedMediaType",
            "a body may be compressed by gzip, and by nothing else",
        ))),
    }
}

/// Answers an operation of CloudWatch: its name, and the tree of its answer.
async fn measure(
    shared: &Shared,
    (protocol, named): (Protocol, Option<String>),
    parts: &Parts,
    sent: &Bytes,
    request_id: &Arc<str>,
) -> Result<(String, serde_json::Value), Fault> {
    let body = &uncompressed(&parts.headers, sent)?;
    let unreadable = |cloudwatch::Unreadable(message)| Fault::Service {
        status: 400,
        code: "ValidationError",
        message,
    };
    let mut parameters = Parameters::default();
    if protocol == Protocol::Query {
        let query = parts.uri.query().unwrap_or_default();
        parameters = Parameters::read(query.as_bytes()).map_err(Fault::Form)?;
        if parts.method == Method::POST {
            parameters.add(body).map_err(Fault::Form)?;
        }
    }
    // What was signed is what was sent.
    let caller = authenticate(shared, Service::CloudWatch, parts, sent).inspect_err(|fault| {
        tracing::warn!(target: "auth", request = %request_id, service = "CloudWatch", ?fault, "not believed");
    })?;
    let operation = match named {
        Some(operation) => operation,
        None => operations::action(&parameters)?.to_owned(),
    };
    let context = Context {
        caller,
        config: shared.config.clone(),
        now: shared.config.clock.now(),
        request_id: request_id.clone(),
    };
    let snapshot = shared.registry.snapshot();
    permission::admit(
        Service::CloudWatch,
        &operation,
        &parameters,
        &context,
        &snapshot.state,
    )?;
    let tree = match protocol {
        Protocol::Query => cloudwatch::tree_of_parameters(&parameters),
        _ => cloudwatch::tree_of_body(protocol, body),
    };
    let tree = tree.map_err(unreadable)?;
    let answer = super::cloudwatch::answer(shared, &context.caller, &operation, tree);
    let account = &context.caller.account;
    match &answer {
        Ok(_) => {
            tracing::debug!(target: "cloudwatch", request = %request_id, %account, action = operation, "done");
        }
        Err((code, message)) => {
            tracing::warn!(target: "cloudwatch", request = %request_id, %account, action = operation, code, reason = message, "refused");
        }
    }
    let answer = answer.map_err(|(code, message)| Fault::Service {
        status: 400,
        code,
        message,
    });
    Ok((operation, answer?))
}

/// Logs under the name of a service. The name of an event's component is fixed where it is written.
macro_rules! told_by {
    ($service:expr, $level:ident, $($event:tt)*) => {
        match $service {
            Service::LoadBalancing => tracing::$level!(target: "loadbalancing", $($event)*),
            Service::Iam => tracing::$level!(target: "iam", $($event)*),
            Service::Tokens => tracing::$level!(target: "sts", $($event)*),
            Service::Compute => tracing::$level!(target: "ec2", $($event)*),
            Service::CloudWatch => tracing::$level!(target: "cloudwatch", $($event)*),
        }
    };
}

async fn operate(
    shared: &Shared,
    service: Service,
    parts: &Parts,
    body: &Bytes,
    request_id: &Arc<str>,
) -> Result<String, Fault> {
    let mut parameters =
        Parameters::read(parts.uri.query().unwrap_or_default().as_bytes()).map_err(Fault::Form)?;
    if parts.method == Method::POST {
        parameters.add(body).map_err(Fault::Form)?;
    }
    let action = parameters.get("Action").unwrap_or_default();
    let balancer = parameters.get("LoadBalancerName").unwrap_or_default();
    told_by!(
        service, debug, request = %request_id, action, balancer,
        agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default(),
        "received"
    );
    let caller = authenticate(shared, service, parts, body).inspect_err(|fault| {
        let code = fault.shown(shared.config.release).code;
        tracing::warn!(target: "auth", request = %request_id, action, code, ?fault, "not believed");
    })?;
    let account = caller.account.clone();
    tracing::debug!(
        target: "auth", request = %request_id, %account, user = &*caller.user,
        "the signature is right"
    );
    let answer = match operations::find_in(service, &parameters, shared.config.release) {
        Ok(operation) => {
            let context = Context {
                caller,
                config: shared.config.clone(),
                now: shared.config.clock.now(),
                request_id: request_id.clone(),
            };
            let release = context.config.release;
            let snapshot = shared.registry.snapshot();
            let state = &snapshot.state;
            let ready = match service {
                Service::LoadBalancing => {
                    properties::refuse_unready(operation.action, state, release)
                }
                _ => Ok(()),
            };
            let admitted = ready.and_then(|()| {
                permission::admit(service, operation.action, &parameters, &context, state)
            });
            match admitted {
                Ok(()) => operations::run(operation, &parameters, context, &shared.registry).await,
                Err(denied) => Err(denied),
            }
        }
        Err(fault) => Err(fault),
    };
    match &answer {
        Ok(_) => told_by!(
            service, info, request = %request_id, %account, action, balancer, "done"
        ),
        Err(fault) => {
            let message = fault.shown(shared.config.release).message;
            told_by!(
                service, warn, request = %request_id, %account, action, balancer,
                reason = message, "{}", operations::failure_text(action)
            );
        }
    }
    answer
}

// ---------------------------------------------------------------------------------------------
// Administration

async fn administrate(
    shared: &Shared,
    door: Door,
    parts: &Parts,
    body: &Bytes,
    request_id: &Arc<str>,
) -> Answer {
    let path = parts.uri.path();
    let admitted = if door == Door::Local || path == administration::HEALTH {
        Ok(())
    } else {
        admit_administrator(shared, parts, body)
    };
    let answer = match admitted {
        Ok(()) => {
            let query = parts.uri.query().unwrap_or_default();
            administration::answer(shared, &parts.method, path, query, body, request_id).await
        }
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(body) => {
            tracing::debug!(target: "loadbalancing", request = %request_id, path, "administration");
            with_type(StatusCode::OK, JSON, body)
        }
        Err((status, line)) => {
            tracing::warn!(target: "loadbalancing", request = %request_id, path, line, "refused");
            administration_refusal(status, line)
        }
    }
}

fn administration_refusal(status: StatusCode, line: String) -> Answer {
    let body = serde_json::to_string(&local::Error { error: line });
    with_type(status, JSON, body.unwrap_or_default())
}

/// Refuses what a page in a browser asks for: such a request has an origin, or a host name that was
/// pointed here.
fn made_by_no_page(parts: &Parts) -> Result<(), administration::Refusal> {
    let forbidden = |line: &str| (StatusCode::FORBIDDEN, line.to_owned());
    if parts.headers.contains_key(ORIGIN) {
        return Err(forbidden("administration is not for web pages"));
    }
    let host = parts.uri.host().or_else(|| {
        let host = parts.headers.get(HOST)?.to_str().ok()?;
        let port = host.rfind(':').filter(|at| !host[*at..].contains(']'));
        Some(&host[..port.unwrap_or(host.len())])
    });
    if !host.is_some_and(is_own_host) {
        return Err(forbidden(
            "administration takes an IP address or localhost as the host",
        ));
    }
    Ok(())
}

/// Whether a request through the public port is the administrator's own, and not one that a page in
/// a browser made: such a request has an origin, or a host name that was pointed here.
fn admit_administrator(
    shared: &Shared,
    parts: &Parts,
    body: &[u8],
) -> Result<(), administration::Refusal> {
    made_by_no_page(parts)?;
    let caller = authenticate(shared, Service::LoadBalancing, parts, body).map_err(|fault| {
        let shown = fault.shown(shared.config.release);
        let status = StatusCode::from_u16(shown.status).unwrap_or(StatusCode::FORBIDDEN);
        (status, shown.message)
    })?;
    if !caller.administrator {
        let line = "only the cloud administrator may do this";
        return Err((StatusCode::FORBIDDEN, line.to_owned()));
    }
    Ok(())
}

/// Whether a host is one that no foreign name server can have pointed here.
pub(super) fn is_own_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.to_ascii_lowercase();
    host.parse::<std::net::IpAddr>().is_ok() || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_others_control_are_foreign() {
        let cases = [
            ("127.0.0.1", true),
            ("[::1]", true),
            ("localhost", true),
            ("web.LOCALHOST", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("notlocalhost", false),
            ("", false),
        ];
        for (host, own) in cases {
            assert_eq!(is_own_host(host), own, "{host}");
        }
    }

    #[test]
    fn bodies_are_read_as_they_were_before_gzip_within_the_limit() {
        let gzip = |plain: &[u8]| {
            let mut packed = Vec::new();
            let level = flate2::Compression::best();
            let mut encoder = flate2::read::GzEncoder::new(plain, level);
            encoder.read_to_end(&mut packed).unwrap();
            Bytes::from(packed)
        };
        let told = |encoding: Option<&'static str>, sent: &Bytes| {
            let mut headers = HeaderMap::new();
            if let Some(encoding) = encoding {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            uncompressed(&headers, sent).map_err(|fault| match fault {
                Fault::Service { status, .. } => status,
                other => panic!("{other:?}"),
            })
        };
        let plain = Bytes::from_static(b"{}");
        let largest = vec![b'x'; MAXIMUM_BODY];
        for (encoding, sent, expected) in [
            (None, plain.clone(), Ok(plain.clone())),
            (Some("identity"), plain.clone(), Ok(plain.clone())),
            (Some("GZIP"), gzip(&plain), Ok(plain.clone())),
            (Some("gzip"), gzip(&largest), Ok(largest.into())),
            (Some("gzip"), gzip(&vec![b'x'; MAXIMUM_BODY + 1]), Err(413)),
            (Some("gzip"), plain.clone(), Err(400)),
            (Some("gzip"), gzip(&plain).slice(..12), Err(400)),
            (Some("br"), plain.clone(), Err(415)),
            (Some("gzip, gzip"), gzip(&gzip(&plain)), Err(415)),
        ] {
            assert_eq!(told(encoding, &sent), expected, "{encoding:?}");
        }
    }

    #[test]
    fn what_is_said_to_one_too_many_has_the_length_it_claims() {
        let text = std::str::from_utf8(BUSY).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.len(), 30);
    }
}
