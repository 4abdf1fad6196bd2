//! In-process web instances: the material of demonstrations and tests.
//!
//! [`serve`] keeps the web instances of the newest [`Desired`] listening, each on its own address, and
//! passes the snapshot on once they do, so that a servo that learns of an instance finds it answering.
//! What an instance answers is [`page`]'s. An instance that leaves the snapshot is switched off, not
//! drained: its sockets close, whoever was connected is cut off, as when a machine stops.

mod page;

use crate::model::instance::InstanceId;
use crate::model::plane::{Desired, Observation, Web};
use crate::socket;
use page::Page;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Connections of one instance at once; more wait in the kernel's queue.
const MAXIMUM_CONNECTIONS: usize = 2048;

/// Longest silence on a connection, between requests or amid a head. Long, because a servo may keep
/// a connection for as long as its idle timeout, at most an hour, and an instance that closes first
/// would look like a fault of the servo.
const HEAD_PATIENCE: Duration = Duration::from_secs(3_600);

/// Pause before an address that could not be bound is tried again.
const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// Pause after a failed `accept`: too many open files does not pass by itself within microseconds.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Runs web instances until `stop` is cancelled.
///
/// `reached` is sent each snapshot whose web instances are up, or reported as failed. Observations
/// are sent for each instance that starts or cannot.
pub async fn serve(
    mut desired: watch::Receiver<Arc<Desired>>,
    reached: watch::Sender<Arc<Desired>>,
    observations: mpsc::Sender<Observation>,
    stop: CancellationToken,
) {
    let mut running: BTreeMap<InstanceId, Running> = BTreeMap::new();
    loop {
        let snapshot = Arc::clone(&desired.borrow_and_update());
        let complete = reconcile(&mut running, &snapshot, &observations).await;
        reached.send_replace(snapshot);
        let retry = async {
            match complete {
                true => std::future::pending().await,
                false => tokio::time::sleep(RETRY_PAUSE).await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            changed = desired.changed() => if changed.is_err() {
                // The control plane is gone; what runs goes on until it is told to stop.
                stop.cancelled().await;
                break;
            },
            () = retry => {}
        }
    }
    for (_, instance) in running {
        instance.switch_off().await;
    }
}

/// Makes what runs what is desired; false if something could not be started.
async fn reconcile(
    running: &mut BTreeMap<InstanceId, Running>,
    desired: &Desired,
    observations: &mpsc::Sender<Observation>,
) -> bool {
    let leaving: Vec<InstanceId> = running
        .iter()
        .filter(|(id, instance)| match desired.web_instances.get(*id) {
            Some(web) => !instance.is_at(web),
            None => true,
        })
        .map(|(id, _)| id.clone())
        .collect();
    for id in leaving {
        if let Some(instance) = running.remove(&id) {
            tracing::info!(target: "instance", instance = %id, "switched off");
            instance.switch_off().await;
        }
    }
    let mut complete = true;
    for (id, web) in &desired.web_instances {
        if let Some(instance) = running.get_mut(id) {
            if !Arc::ptr_eq(&instance.web, web) {
                instance.page.behave(&web.settings);
                instance.web = Arc::clone(web);
            }
            continue;
        }
        let observation = match Running::start(web) {
            Ok(instance) => {
                tracing::info!(target: "instance", instance = %id, address = %web.reach.address, "running");
                running.insert(id.clone(), instance);
                Observation::WebServing {
                    instance: id.clone(),
                }
            }
            Err(reason) => {
                complete = false;
                tracing::warn!(target: "instance", instance = %id, "{reason}");
                Observation::WebFailed {
                    instance: id.clone(),
                    reason,
                }
            }
        };
        // An observer that is gone has no use for it.
        let _ = observations.send(observation).await;
    }
    complete
}

/// One instance that is switched on.
struct Running {
    web: Arc<Web>,
    page: Arc<Page>,
    /// A task per listening socket; a connection is a child of its listener's task.
    listeners: JoinSet<()>,
}

impl Running {
    /// Binds all ports of an instance, or none.
    fn start(web: &Arc<Web>) -> Result<Running, String> {
        let page = Arc::new(Page::new(&web.id, &web.settings));
        let mut bound = Vec::new();
        for address in addresses(web) {
            let listener = socket::listen(address)
                .map_err(|error| advice(&error))
                .and_then(|listener| {
                    TcpListener::from_std(listener).map_err(|error| error.to_string())
                })?;
            bound.push(listener);
        }
        let mut listeners = JoinSet::new();
        for listener in bound {
            listeners.spawn(answer(listener, Arc::clone(&page)));
        }
        Ok(Running {
            web: Arc::clone(web),
            page,
            listeners,
        })
    }

    /// Whether this is the instance, at the same addresses.
    fn is_at(&self, web: &Arc<Web>) -> bool {
        Arc::ptr_eq(&self.web, web)
            || (self.web.reach == web.reach && self.web.settings.ports == web.settings.ports)
    }

    /// Closes all sockets, and returns when they are closed.
    async fn switch_off(mut self) {
        self.listeners.shutdown().await;
    }
}

/// The socket addresses of an instance; two ports that are one locally are bound once.
fn addresses(web: &Web) -> Vec<SocketAddr> {
    let mut addresses: Vec<SocketAddr> = web
        .settings
        .ports
        .iter()
        .map(|port| web.reach.at(*port))
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn advice(error: &socket::BindError) -> String {
    match error.cause {
        socket::BindCause::NotAvailable => {
            format!("{error}: add it to the loopback interface")
        }
        socket::BindCause::Denied => {
            format!("{error}: start the local cloud with --port-offset 8000")
        }
        socket::BindCause::TooManyFiles => format!("{error}: raise the limit with 'ulimit -n'"),
        _ => error.to_string(),
    }
}

/// Serves one listening socket; dropping the future closes it and its connections.
async fn answer(listener: TcpListener, page: Arc<Page>) {
    let room = Arc::new(Semaphore::new(MAXIMUM_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // Reaps what has ended while nobody calls.
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, client)) => {
                let _ = stream.set_nodelay(true);
                let page = Arc::clone(&page);
                connections.spawn(async move {
                    let service =
                        hyper::service::service_fn(|request| page.answer(request, client));
                    let served = hyper::server::conn::http1::Builder::new()
                        .timer(hyper_util::rt::TokioTimer::new())
                        .header_read_timeout(HEAD_PATIENCE)
                        .serve_connection(hyper_util::rt::TokioIo::new(stream), service)
                        .await;
                    if let Err(error) = served {
                        tracing::debug!(target: "instance", %client, "connection ended: {error}");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(target: "instance", "cannot accept a connection: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::instance::{Reach, WebInstance};
    use crate::model::listener::Port;
    use std::collections::BTreeMap as Ports;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    /// A free loopback port, mapped from instance port 80.
    fn web(id: &str, local: u16, settings: WebInstance) -> (InstanceId, Arc<Web>) {
        let port = |number: u16| Port::new(number.into()).unwrap();
        let id = InstanceId::new(id);
        let web = Web {
            id: id.clone(),
            reach: Reach {
                address: "127.0.0.1".parse().unwrap(),
                ports: Ports::from([(port(80), port(local))]),
            },
            settings: WebInstance {
                ports: vec![port(80)],
                ..settings
            },
        };
        (id, Arc::new(web))
    }

    fn snapshot(revision: u64, webs: &[(InstanceId, Arc<Web>)]) -> Arc<Desired> {
        Arc::new(Desired {
            revision,
            web_instances: webs.iter().cloned().collect(),
            ..Desired::default()
        })
    }

    async fn get(port: u16, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }

    #[tokio::test]
    async fn instances_come_change_and_go_with_the_snapshot() {
        // A port that was free a moment ago; the test that holds it holds it for its instance.
        let probe = socket::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = probe.local_addr().unwrap().port();
        let taken = web("i-1", port, WebInstance::default());

        let (publish, desired) = watch::channel(snapshot(1, std::slice::from_ref(&taken)));
        let (reached, mut applied) = watch::channel(snapshot(0, &[]));
        let (observations, mut seen) = mpsc::channel(16);
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(desired, reached, observations, stop.clone()));

        // Taken: reported, and the snapshot is passed on all the same.
        let Some(Observation::WebFailed { instance, reason }) = seen.recv().await else {
            panic!("nothing was reported");
        };
        assert_eq!(instance, taken.0);
        assert_eq!(
            reason,
            format!("cannot listen on 127.0.0.1:{port}: the port is in use by another program")
        );
        drop(probe);
        publish.send_replace(snapshot(2, std::slice::from_ref(&taken)));
        applied.wait_for(|d| d.revision == 2).await.unwrap();
        let instance = taken.0.clone();
        assert_eq!(
            seen.recv().await,
            Some(Observation::WebServing { instance })
        );
        assert_eq!(get(port, "/health").await, Some((200, "ok\n".to_owned())));

        // It fails from the next request on, and its socket stays.
        let failing = WebInstance {
            failing: true,
            ..WebInstance::default()
        };
        let kept = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        publish.send_replace(snapshot(3, &[web("i-1", port, failing)]));
        applied.wait_for(|d| d.revision == 3).await.unwrap();
        assert_eq!(
            get(port, "/health").await,
            Some((500, "failing\n".to_owned()))
        );
        assert_eq!(get(port, "/").await.unwrap().0, 200);

        // Gone: refused, and whoever was connected is cut off.
        publish.send_replace(snapshot(4, &[]));
        applied.wait_for(|d| d.revision == 4).await.unwrap();
        assert_eq!(get(port, "/health").await, None);
        let mut kept = kept;
        assert!(matches!(kept.read(&mut [0; 1]).await, Ok(0) | Err(_)));

        stop.cancel();
        task.await.unwrap();
    }
}
