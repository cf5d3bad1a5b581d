//! A disk that is full: the product refuses at admission, stays up, and goes on when there is room.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{Clock as _, CommandId, SystemClock};
use engine::{Attest, Body, Channel, Envelope};
use journal::{Disk, DiskSpace, EmbeddedOptions, SpaceSource, Wanted};
use platform::access::{Action, OFFICE_PRINCIPAL, Role};
use runtime::{Busy, Class};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Product, system_permit};
use crate::data_directory::{DataDirectory, Start};

/// A disk with room for so many more segments.
struct SmallDisk(AtomicU64);

impl SpaceSource for SmallDisk {
    fn prepare(&self, disk: &dyn Disk, path: &Path, bytes: u64, wanted: &Wanted) -> io::Result<()> {
        let room = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        room.map_err(|_| io::Error::from(io::ErrorKind::StorageFull))?;
        DiskSpace.prepare(disk, path, bytes, wanted)
    }
}

fn id() -> CommandId {
    CommandId::generate(SystemClock::new(0).now()).unwrap()
}

/// A large command, whatever comes of it: what is refused is recorded too.
fn large() -> Envelope {
    let body = Body::Attest(Attest { first: 1, digests: vec![[7; 32].into(); 256] });
    let (channel, received_at) = (Channel::Office, SystemClock::new(0).now());
    Envelope {
        schema: 1,
        id: id(),
        principal: OFFICE_PRINCIPAL,
        channel,
        on_behalf_of: None,
        received_at,
        body,
    }
}

async fn asked(address: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head}Host: city\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn top_up(address: &str, token: &str, id: CommandId) -> String {
    let head = format!(
        "POST /api/v1/top-ups HTTP/1.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {id}\r\n"
    );
    asked(address, &head, r#"{"medium":0,"bank":"bank_a","amount":1}"#).await
}

/// Fills the journal until nothing is admitted any more.
async fn fill(product: &Product) {
    for _ in 0..2_000 {
        match product.engine().submit(Class::Office, vec![large()]).await {
            Ok(_) => {}
            Err(busy) => return assert_eq!(busy, Busy::JournalFull),
        }
    }
    panic!("the journal never became full");
}

async fn refuses_and_recovers(product: &Product, disk: &SmallDisk, address: &str) {
    let permit = system_permit(Action::ManageClients).unwrap();
    let (_, token) = product.clients().add(&permit, "Bank A", Role::Bank, None).await.unwrap();
    let token = token.reveal();
    let before = top_up(address, &token, id()).await;
    assert!(before.starts_with("HTTP/1.1 200"), "{before}");
    fill(product).await;
    let durable = product.engine().durable();
    let refused = id();
    let full = top_up(address, &token, refused).await;
    assert!(full.starts_with("HTTP/1.1 503") && full.contains("journal_full"), "{full}");
    assert!(full.to_ascii_lowercase().contains("\r\nretry-after: "), "{full}");
    assert_eq!(product.engine().durable(), durable, "nothing was decided");
    let health = asked(address, "GET /healthz HTTP/1.1\r\n", "").await;
    assert!(health.starts_with("HTTP/1.1 200"), "it stays up: {health}");
    assert!(asked(address, "GET /problems HTTP/1.1\r\n", "").await.starts_with("HTTP/1.1 200"));
    disk.0.store(8, Ordering::SeqCst);
    let taken = async {
        while !top_up(address, &token, refused).await.starts_with("HTTP/1.1 200") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), taken)
        .await
        .expect("room was made, and the same id is taken");
    assert!(product.engine().durable().seq > durable.seq);
}

#[test]
fn a_full_disk_is_refused_at_admission_and_room_helps() {
    let dir = tempfile::tempdir().unwrap();
    let directory = DataDirectory::open_or_create(dir.path()).unwrap();
    let disk = Arc::new(SmallDisk(AtomicU64::new(1)));
    let space = Arc::clone(&disk) as Arc<dyn SpaceSource>;
    let retry_pause = Duration::from_millis(20);
    let journal = EmbeddedOptions { space, retry_pause, ..EmbeddedOptions::small() };
    let clock = Arc::new(directory.clock().unwrap());
    let start = Start { journal, reserve: 16, ..Start::with_clock(clock) };
    let tasks = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    tasks.block_on(async {
        let product = Product::open(&directory, start).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = product.router().unwrap();
        let asking = async {
            refuses_and_recovers(&product, &disk, &address).await;
            product.stop.stop();
        };
        let (served, ()) = tokio::join!(product.serve(router, listener), asking);
        served.unwrap();
        product.close().await.unwrap();
    });
    let found = journal::verify(&directory.journal(), |_| Ok::<(), std::convert::Infallible>(()));
    assert!(found.unwrap().entries > 3);
}
