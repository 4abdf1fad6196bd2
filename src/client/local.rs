//! Calling the local cloud's administration: JSON over the Unix socket in its data directory.
//!
//! Whoever may open the socket (mode 0600) is the administrator, so nothing is signed. The routes and
//! their shapes are in [`crate::wire::local`].

use crate::wire::local;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::UnixStream;

/// Bytes of an answer: the state of 100,000 load balancers is about 200 MB.
const MAXIMUM_ANSWER: usize = 1 << 30;

/// Longest wait for an answer, unless [`LocalClient::with_timeout`] says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why the local cloud gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// Nobody listens on the socket, or there is none.
    #[error("no local cloud is running at {} (start one with 'eulb local start')", .0.display())]
    NotRunning(PathBuf),
    #[error("cannot connect to the local cloud at {}: {source}", path.display())]
    Connect { path: PathBuf, source: io::Error },
    /// The cloud refused, in one line of its own.
    #[error("{message}")]
    Refused { status: u16, message: String },
    /// Not sent: the cloud would not read it.
    #[error("{route} takes 1 MiB, and the request has {bytes} bytes: make it smaller")]
    TooLarge { route: String, bytes: usize },
    #[error("the local cloud did not answer {route} within {} s", timeout.as_secs())]
    Timeout { route: String, timeout: Duration },
    #[error("the local cloud broke off while answering {route}: {reason}")]
    Broken { route: String, reason: String },
    #[error("cannot understand the local cloud's answer to {route}: {reason}")]
    Answer { route: String, reason: String },
}

/// A caller of one local cloud. Every call is a connection of its own.
#[derive(Clone, Debug)]
pub struct LocalClient {
    socket: PathBuf,
    timeout: Duration,
}

impl LocalClient {
    /// A client of the cloud that listens on this socket; nothing is opened yet.
    pub fn at(socket: impl Into<PathBuf>) -> LocalClient {
        LocalClient {
            socket: socket.into(),
            timeout: TIMEOUT,
        }
    }

    /// The same client with another patience.
    pub fn with_timeout(mut self, timeout: Duration) -> LocalClient {
        self.timeout = timeout;
        self
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Asks: `get::<Status>("/_eulb/status")`.
    ///
    /// # Errors
    ///
    /// No cloud is running there, it refuses, breaks off, is silent, or speaks another version.
    pub async fn get<T: DeserializeOwned>(&self, route: &str) -> Result<T, LocalError> {
        self.call(Method::GET, route, Bytes::new()).await
    }

    /// Changes: `post::<_, Instances>("/_eulb/instances/run", &run)`.
    ///
    /// # Errors
    ///
    /// As of [`LocalClient::get`].
    pub async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        route: &str,
        body: &B,
    ) -> Result<T, LocalError> {
        let body = serde_json::to_vec(body).map_err(|error| LocalError::Answer {
            route: route.to_owned(),
            reason: error.to_string(),
        })?;
        if body.len() > local::MAXIMUM_BODY {
            return Err(LocalError::TooLarge {
                route: route.to_owned(),
                bytes: body.len(),
            });
        }
        self.call(Method::POST, route, body.into()).await
    }

    /// Asks for an answer as it is: `get_bytes("/_eulb/admin/export")`.
    ///
    /// # Errors
    ///
    /// As of [`LocalClient::get`].
    pub async fn get_bytes(&self, route: &str) -> Result<Bytes, LocalError> {
        self.whole(Method::GET, route, Bytes::new()).await
    }

    /// Changes with a body that is JSON already.
    ///
    /// # Errors
    ///
    /// As of [`LocalClient::get`].
    pub async fn post_bytes<T: DeserializeOwned>(
        &self,
        route: &str,
        body: Bytes,
    ) -> Result<T, LocalError> {
        self.call(Method::POST, route, body).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        route: &str,
        body: Bytes,
    ) -> Result<T, LocalError> {
        let body = self.whole(method, route, body).await?;
        serde_json::from_slice(&body).map_err(|error| LocalError::Answer {
            route: route.to_owned(),
            reason: error.to_string(),
        })
    }

    /// The body of an answer that is no refusal.
    async fn whole(&self, method: Method, route: &str, body: Bytes) -> Result<Bytes, LocalError> {
        let answer = tokio::time::timeout(self.timeout, self.exchange(method, route, body));
        let (status, body) = answer.await.map_err(|_| LocalError::Timeout {
            route: route.to_owned(),
            timeout: self.timeout,
        })??;
        if !status.is_success() {
            // A refusal has a line of its own; anything else is at least quoted.
            let message = match serde_json::from_slice::<local::Error>(&body) {
                Ok(refusal) => refusal.error,
                Err(_) => format!("{route}: {status}"),
            };
            return Err(LocalError::Refused {
                status: status.as_u16(),
                message,
            });
        }
        Ok(body)
    }

    async fn exchange(
        &self,
        method: Method,
        route: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), LocalError> {
        let broken = |reason: String| LocalError::Broken {
            route: route.to_owned(),
            reason,
        };
        let stream =
            UnixStream::connect(&self.socket)
                .await
                .map_err(|source| match source.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                        LocalError::NotRunning(self.socket.clone())
                    }
                    _ => LocalError::Connect {
                        path: self.socket.clone(),
                        source,
                    },
                })?;
        let request = Request::builder()
            .method(method)
            .uri(route)
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| broken(error.to_string()))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(error.to_string()))?;
        let answer = async {
            let answer = sender.send_request(request).await?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), MAXIMUM_ANSWER);
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((
                status,
                body.collect().await?.to_bytes(),
            ))
        };
        // The connection must be driven for the answer to come; it ends with it.
        tokio::pin!(connection, answer);
        let answer = tokio::select! {
            answer = &mut answer => answer,
            ended = &mut connection => match ended {
                // Closed, but what had arrived by then is still to be had.
                Ok(()) => answer.await,
                Err(error) => Err(error.into()),
            },
        };
        answer.map_err(|error| broken(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::local::{Done, Health};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixListener;

    /// Answers one connection with these bytes and returns what it was asked.
    async fn answering(answer: &str) -> (tempfile::TempDir, tokio::task::JoinHandle<String>) {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
        let answer = answer.to_owned();
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        (folder, task)
    }

    #[tokio::test]
    async fn an_answer_is_read_and_a_refusal_keeps_its_line() {
        let body = r#"{"status":"ok","version":"0.1.0","release":"3.3.0"}"#;
        let (folder, asked) = answering(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
        let client = LocalClient::at(folder.path().join("socket"));
        let health: Health = client.get("/_eulb/health").await.unwrap();
        assert_eq!(health.release, "3.3.0");
        assert!(
            asked
                .await
                .unwrap()
                .starts_with("GET /_eulb/health HTTP/1.1\r\n")
        );

        let body = r#"{"error":"no such instance: i-1"}"#;
        let (folder, _) = answering(&format!("HTTP/1.0 404 Not Found\r\n\r\n{body}")).await;
        let client = LocalClient::at(folder.path().join("socket"));
        let refused = client
            .post::<_, Done>("/_eulb/reset", &Done {})
            .await
            .unwrap_err();
        assert_eq!(refused.to_string(), "no such instance: i-1");
    }

    #[tokio::test]
    async fn what_goes_wrong_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let client = LocalClient::at(folder.path().join("none"));
        let absent = client.get::<Done>("/_eulb/status").await.unwrap_err();
        assert!(
            absent
                .to_string()
                .starts_with("no local cloud is running at "),
            "{absent}"
        );

        let (folder, _task) = answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}").await;
        let client = LocalClient::at(folder.path().join("socket"));
        let cut = client.get::<Done>("/_eulb/status").await.unwrap_err();
        assert!(matches!(cut, LocalError::Broken { .. }), "{cut}");

        let (folder, _task) = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]").await;
        let client = LocalClient::at(folder.path().join("socket"));
        let other = client.get::<Health>("/_eulb/health").await.unwrap_err();
        assert!(matches!(other, LocalError::Answer { .. }), "{other}");

        let large = "x".repeat(local::MAXIMUM_BODY);
        let refused = client.post::<_, Done>("/_eulb/x", &large).await;
        assert_eq!(
            refused.unwrap_err().to_string(),
            "/_eulb/x takes 1 MiB, and the request has 1048578 bytes: make it smaller"
        );

        let listener = UnixListener::bind(folder.path().join("mute")).unwrap();
        let client =
            LocalClient::at(folder.path().join("mute")).with_timeout(Duration::from_millis(20));
        let silent = client.get::<Done>("/_eulb/status").await.unwrap_err();
        assert!(matches!(silent, LocalError::Timeout { .. }), "{silent}");
        drop(listener);
    }
}
