//! The embedded DNS server: the cloud's own names, nothing else.
//!
//! Authoritative for one domain. A load balancer's name has the addresses of all its servos in service,
//! in rotation; `loadbalancing.DOMAIN` has the address of the endpoint. Names outside the domain are
//! refused, and nothing is ever asked of another server.
//!
//! Source: Eucalyptus 3.3.0, "multi A record" of a load balancer; RFC 1035, RFC 2308 (negative
//! answers), RFC 7766 (TCP), RFC 6891 (EDNS).

use hickory_proto::op::{Edns, Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, NS, SOA};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Bytes of a UDP answer to a client that says nothing about its size. Source: RFC 1035, 4.2.1.
const UDP_PLAIN: usize = 512;
/// Bytes of a UDP answer at most, whatever the client says: loopback needs no fragments.
const UDP_LARGEST: usize = 4096;
/// Seconds a TCP client may be silent. Source: RFC 7766, 6.2.3, "of the order of a few seconds".
const TCP_IDLE: Duration = Duration::from_secs(10);
/// Before the next try when no connection could be accepted: descriptors come back as others close.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// TCP clients at a time; the rest waits in the listener's queue.
const TCP_CLIENTS: usize = 64;
/// Seconds a negative answer may be kept: a load balancer that is created is found soon after.
const NEGATIVE_TTL: u32 = 5;

/// What the domain knows of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The name exists, with these addresses (none while no servo is in service).
    Addresses {
        addresses: Vec<IpAddr>,
        ttl_seconds: u32,
    },
    /// There is no such name.
    Unknown,
}

/// Answers what a name below the domain stands for.
pub trait Names: Send + Sync {
    /// `name` is in small letters, without the domain and without a final dot: `web-000000000001.lb`.
    fn find(&self, name: &str) -> Found;
}

/// How a question came, which says how long its answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

/// A domain and who knows its names.
pub struct Domain {
    apex: Name,
    names: Arc<dyn Names>,
    /// Where the next answer begins in the list of addresses.
    turn: AtomicUsize,
}

impl Domain {
    /// # Errors
    ///
    /// The text is not a domain name.
    pub fn new(apex: &str, names: Arc<dyn Names>) -> Result<Domain, hickory_proto::ProtoError> {
        let mut apex = Name::from_ascii(apex)?;
        apex.set_fqdn(true);
        Ok(Domain {
            apex: apex.to_lowercase(),
            names,
            turn: AtomicUsize::new(0),
        })
    }

    /// Returns the answer to a message, or nothing for what is no question at all (another server's
    /// answer, or too short to have an id): two servers must never talk to each other for ever.
    ///
    /// An answer longer than the transport allows is cut to its head and marked truncated.
    pub fn answer(&self, bytes: &[u8], transport: Transport) -> Option<Vec<u8>> {
        let id = u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?);
        if bytes.get(2)? & 0x80 != 0 {
            return None;
        }
        let Ok(asked) = Message::from_vec(bytes) else {
            return Message::error_msg(id, OpCode::Query, ResponseCode::FormErr)
                .to_vec()
                .ok();
        };
        let largest = match (transport, asked.edns.as_ref()) {
            (Transport::Tcp, _) => usize::from(u16::MAX),
            (Transport::Udp, None) => UDP_PLAIN,
            (Transport::Udp, Some(edns)) => {
                usize::from(edns.max_payload()).clamp(UDP_PLAIN, UDP_LARGEST)
            }
        };
        let answer = self.reply(&asked);
        let encoded = answer.to_vec().ok()?;
        if encoded.len() <= largest {
            return Some(encoded);
        }
        answer.truncate().to_vec().ok()
    }

    fn reply(&self, asked: &Message) -> Message {
        let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
        answer.metadata.message_type = MessageType::Response;
        answer.metadata.recursion_desired = asked.metadata.recursion_desired;
        answer.queries.clone_from(&asked.queries);
        if asked.edns.is_some() {
            let mut edns = Edns::new();
            edns.set_max_payload(u16::try_from(UDP_LARGEST).unwrap_or(u16::MAX));
            answer.edns = Some(edns);
        }
        let refuse = |mut answer: Message, code| {
            answer.metadata.response_code = code;
            answer
        };
        if asked.metadata.op_code != OpCode::Query {
            return refuse(answer, ResponseCode::NotImp);
        }
        let [question] = asked.queries.as_slice() else {
            return refuse(answer, ResponseCode::FormErr);
        };
        let name = question.name().to_lowercase();
        if asked.edns.as_ref().is_some_and(|edns| edns.version() > 0) {
            return refuse(answer, ResponseCode::BADVERS);
        }
        // The zone is not handed out whole.
        let transfer = matches!(question.query_type(), RecordType::AXFR | RecordType::IXFR);
        let ours = question.query_class() == DNSClass::IN && self.apex.zone_of(&name);
        if transfer || !ours {
            return refuse(answer, ResponseCode::Refused);
        }
        answer.metadata.authoritative = true;
        let wanted = question.query_type();
        let owner = question.name().clone();
        if name == self.apex {
            if matches!(wanted, RecordType::SOA | RecordType::ANY) {
                answer.add_answer(self.soa());
            }
            if matches!(wanted, RecordType::NS | RecordType::ANY) {
                let server = RData::NS(NS(self.server_name()));
                answer.add_answer(Record::from_rdata(owner, NEGATIVE_TTL, server));
            }
        } else {
            match self.names.find(&self.below_apex(&name)) {
                Found::Unknown => answer.metadata.response_code = ResponseCode::NXDomain,
                Found::Addresses {
                    addresses,
                    ttl_seconds,
                } => {
                    let mut records: Vec<Record> = addresses
                        .into_iter()
                        .filter_map(|address| match address {
                            IpAddr::V4(v4) if matches!(wanted, RecordType::A | RecordType::ANY) => {
                                Some(RData::A(A(v4)))
                            }
                            IpAddr::V6(v6)
                                if matches!(wanted, RecordType::AAAA | RecordType::ANY) =>
                            {
                                Some(RData::AAAA(AAAA(v6)))
                            }
                            _ => None,
                        })
                        .map(|data| Record::from_rdata(owner.clone(), ttl_seconds, data))
                        .collect();
                    if !records.is_empty() {
                        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % records.len();
                        records.rotate_left(turn);
                    }
                    answer.add_answers(records);
                }
            }
        }
        if answer.answers.is_empty() {
            answer.add_authority(self.soa());
        }
        answer
    }

    /// The labels of a name in front of the domain's.
    fn below_apex(&self, name: &Name) -> String {
        let count = usize::from(name.num_labels()) - usize::from(self.apex.num_labels());
        let labels: Vec<_> = name
            .iter()
            .take(count)
            .map(String::from_utf8_lossy)
            .collect();
        labels.join(".")
    }

    fn server_name(&self) -> Name {
        Name::from_ascii("loadbalancing")
            .and_then(|host| host.append_domain(&self.apex))
            .unwrap_or_else(|_| self.apex.clone())
    }

    fn soa(&self) -> Record {
        let soa = SOA::new(
            self.server_name(),
            self.server_name(),
            1,
            3600,
            600,
            86400,
            NEGATIVE_TTL,
        );
        Record::from_rdata(self.apex.clone(), NEGATIVE_TTL, RData::SOA(soa))
    }
}

/// Answers on both sockets until told to stop; waits for the TCP clients being answered.
pub async fn serve(domain: Arc<Domain>, udp: UdpSocket, tcp: TcpListener, stop: CancellationToken) {
    let clients = TaskTracker::new();
    let places = Arc::new(Semaphore::new(TCP_CLIENTS));
    let mut buffer = vec![0; UDP_LARGEST];
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            received = udp.recv_from(&mut buffer) => {
                // An error here is an earlier answer's destination that is gone; nothing to mend.
                if let Ok((length, from)) = received
                    && let Some(answer) = domain.answer(&buffer[..length], Transport::Udp)
                {
                    let _ = udp.send_to(&answer, from).await;
                }
            }
            accepted = accept(&tcp, &places) => {
                if let Some((stream, place)) = accepted {
                    let (domain, stop) = (domain.clone(), stop.clone());
                    clients.spawn(async move {
                        let _place = place;
                        tokio::select! {
                            () = stop.cancelled() => {}
                            _ = converse(&domain, stream) => {}
                        }
                    });
                }
            }
        }
    }
    clients.close();
    clients.wait().await;
}

async fn accept(
    tcp: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match tcp.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(target: "dns", "cannot accept a connection: {error}");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Answers the questions of one TCP client, each led by its length in two bytes.
async fn converse(domain: &Domain, mut stream: TcpStream) -> std::io::Result<()> {
    let mut question = Vec::new();
    loop {
        let Ok(length) = tokio::time::timeout(TCP_IDLE, stream.read_u16()).await else {
            return Ok(());
        };
        question.resize(usize::from(length?), 0);
        let Ok(read) = tokio::time::timeout(TCP_IDLE, stream.read_exact(&mut question)).await
        else {
            return Ok(());
        };
        read?;
        let Some(answer) = domain.answer(&question, Transport::Tcp) else {
            return Ok(());
        };
        let length = u16::try_from(answer.len()).unwrap_or_default();
        let framed = [&length.to_be_bytes()[..], &answer].concat();
        let Ok(written) = tokio::time::timeout(TCP_IDLE, stream.write_all(&framed)).await else {
            return Ok(());
        };
        written?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::Query;
    use proptest::prelude::*;

    struct Fixed;

    impl Names for Fixed {
        fn find(&self, name: &str) -> Found {
            let addresses = match name {
                "web-000000000001.lb" => (1..=3).map(|n| IpAddr::from([127, 101, 0, n])).collect(),
                "new-000000000001.lb" => Vec::new(),
                "big-000000000001.lb" => (0..60).map(|n| IpAddr::from([127, 101, 1, n])).collect(),
                "loadbalancing" => vec![IpAddr::from([127, 0, 0, 1])],
                _ => return Found::Unknown,
            };
            Found::Addresses {
                addresses,
                ttl_seconds: 60,
            }
        }
    }

    fn domain() -> Domain {
        Domain::new("localhost", Arc::new(Fixed)).unwrap()
    }

    fn ask(domain: &Domain, name: &str, wanted: RecordType) -> Message {
        let mut question = Message::query();
        question.metadata.id = 7;
        question.add_query(Query::query(Name::from_ascii(name).unwrap(), wanted));
        let answer = domain
            .answer(&question.to_vec().unwrap(), Transport::Udp)
            .unwrap();
        Message::from_vec(&answer).unwrap()
    }

    fn addresses(answer: &Message) -> Vec<String> {
        answer
            .answers
            .iter()
            .map(|record| record.data.to_string())
            .collect()
    }

    #[test]
    fn addresses_take_turns() {
        let domain = domain();
        let turns: Vec<_> = (0..4)
            .map(|_| {
                addresses(&ask(
                    &domain,
                    "Web-000000000001.LB.localhost.",
                    RecordType::A,
                ))
            })
            .collect();
        assert_eq!(turns[0], ["127.101.0.1", "127.101.0.2", "127.101.0.3"]);
        assert_eq!(turns[1], ["127.101.0.2", "127.101.0.3", "127.101.0.1"]);
        assert_eq!(turns[3], turns[0]);
    }

    #[test]
    fn every_question_has_its_answer() {
        use ResponseCode::{NXDomain, NoError, Refused};
        let domain = domain();
        // name, type, code, number of answers, whether a start of authority says how long "no" is true
        let cases = [
            (
                "web-000000000001.lb.localhost.",
                RecordType::A,
                NoError,
                3,
                false,
            ),
            (
                "web-000000000001.lb.localhost.",
                RecordType::AAAA,
                NoError,
                0,
                true,
            ),
            (
                "web-000000000001.lb.localhost.",
                RecordType::MX,
                NoError,
                0,
                true,
            ),
            (
                "new-000000000001.lb.localhost.",
                RecordType::A,
                NoError,
                0,
                true,
            ),
            (
                "none-000000000001.lb.localhost.",
                RecordType::A,
                NXDomain,
                0,
                true,
            ),
            ("loadbalancing.localhost.", RecordType::A, NoError, 1, false),
            ("localhost.", RecordType::SOA, NoError, 1, false),
            ("localhost.", RecordType::NS, NoError, 1, false),
            ("localhost.", RecordType::A, NoError, 0, true),
            ("example.com.", RecordType::A, Refused, 0, false),
            ("notlocalhost.", RecordType::A, Refused, 0, false),
            ("localhost.", RecordType::AXFR, Refused, 0, false),
        ];
        for (name, wanted, code, answers, authority) in cases {
            let answer = ask(&domain, name, wanted);
            let metadata = &answer.metadata;
            assert_eq!(metadata.response_code, code, "{name} {wanted}");
            assert_eq!(answer.answers.len(), answers, "{name} {wanted}");
            assert_eq!(!answer.authorities.is_empty(), authority, "{name} {wanted}");
            assert_eq!(metadata.authoritative, code != Refused, "{name}");
            assert!(!metadata.recursion_available);
            assert_eq!(metadata.id, 7);
        }
    }

    #[test]
    fn an_answer_too_long_for_its_client_is_marked_truncated() {
        let domain = domain();
        let plain = ask(&domain, "big-000000000001.lb.localhost.", RecordType::A);
        assert!(plain.metadata.truncation && plain.answers.is_empty());
        let mut question = Message::query();
        question.add_query(Query::query(
            Name::from_ascii("big-000000000001.lb.localhost.").unwrap(),
            RecordType::A,
        ));
        let whole = domain
            .answer(&question.to_vec().unwrap(), Transport::Tcp)
            .unwrap();
        assert_eq!(Message::from_vec(&whole).unwrap().answers.len(), 60);
        let mut edns = Edns::new();
        edns.set_max_payload(4096);
        question.set_edns(edns);
        let wide = domain
            .answer(&question.to_vec().unwrap(), Transport::Udp)
            .unwrap();
        assert!(wide.len() > UDP_PLAIN && !Message::from_vec(&wide).unwrap().metadata.truncation);
    }

    #[test]
    fn what_is_no_question_gets_no_answer() {
        let domain = domain();
        let mut answer = Message::response(9, OpCode::Query);
        answer.add_query(Query::query(
            Name::from_ascii("localhost.").unwrap(),
            RecordType::A,
        ));
        assert_eq!(
            domain.answer(&answer.to_vec().unwrap(), Transport::Udp),
            None
        );
        assert_eq!(domain.answer(&[], Transport::Udp), None);
        assert_eq!(domain.answer(&[1], Transport::Udp), None);
        let garbled = domain
            .answer(&[0, 5, 1, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0xff], Transport::Udp)
            .unwrap();
        assert_eq!(
            Message::from_vec(&garbled).unwrap().metadata.response_code,
            ResponseCode::FormErr
        );
    }

    #[tokio::test]
    async fn both_sockets_answer_until_told_to_stop() {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (udp_at, tcp_at) = (udp.local_addr().unwrap(), tcp.local_addr().unwrap());
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(Arc::new(domain()), udp, tcp, stop.clone()));
        let mut question = Message::query();
        question.add_query(Query::query(
            Name::from_ascii("big-000000000001.lb.localhost.").unwrap(),
            RecordType::A,
        ));
        let question = question.to_vec().unwrap();

        let client = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        client.send_to(&question, udp_at).await.unwrap();
        let mut buffer = vec![0; 4096];
        let (length, _) = client.recv_from(&mut buffer).await.unwrap();
        assert!(
            Message::from_vec(&buffer[..length])
                .unwrap()
                .metadata
                .truncation
        );

        let mut client = TcpStream::connect(tcp_at).await.unwrap();
        for _ in 0..2 {
            client
                .write_u16(u16::try_from(question.len()).unwrap())
                .await
                .unwrap();
            client.write_all(&question).await.unwrap();
            let length = client.read_u16().await.unwrap();
            let mut answer = vec![0; length.into()];
            client.read_exact(&mut answer).await.unwrap();
            assert_eq!(Message::from_vec(&answer).unwrap().answers.len(), 60);
        }
        stop.cancel();
        server.await.unwrap();
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = domain().answer(&bytes, Transport::Udp);
        }
    }
}
