//! Batches over a loopback socket, from a client of our own: frames of commands one way, frames of outcomes back.
//!
//! Owns both ends and the form between them: four bytes of length, big-endian, then for each command its id, time and body in
//! CBOR, or for each answer one byte, 1 for accepted. What `serve` offers to others is HTTP; this measures what a program beside
//! the engine could have without it. Trusts the other end, so it listens on the loopback address for as long as the bench runs.

use std::io::{BufReader, BufWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use base::{CommandId, PrincipalId, Timestamp};
use engine::{Answer, Body, Channel, Envelope, Step};
use runtime::{Busy, Class, Handle};
use tokio::sync::oneshot;

/// Bytes kept back on either side until a frame is whole.
const BUFFER_BYTES: usize = 1 << 20;
/// How long to wait when nothing is admitted.
const PAUSE: Duration = Duration::from_micros(200);
/// Batches decided ahead of the answers being written.
const AHEAD: usize = 64;

type Reply = oneshot::Receiver<Result<Vec<Answer>, Busy>>;

/// The client's end.
pub struct Connection {
    to: BufWriter<TcpStream>,
    from: BufReader<TcpStream>,
    frame: Vec<u8>,
}

/// The engine's end: two threads that live as long as the connection.
pub struct Door {
    reading: JoinHandle<anyhow::Result<()>>,
    answering: JoinHandle<anyhow::Result<()>>,
}

/// Opens a door to an engine and connects to it.
///
/// # Errors
/// When the system gives no socket.
pub fn connect(handle: Handle) -> anyhow::Result<(Connection, Door)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port on the loopback address")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (replies, to_answer) = mpsc::sync_channel(AHEAD);
    let from = BufReader::with_capacity(BUFFER_BYTES, server.try_clone()?);
    let reading = std::thread::Builder::new()
        .name("door".into())
        .spawn(move || read_batches(from, &handle, &replies))?;
    let to = BufWriter::with_capacity(BUFFER_BYTES, server);
    let answering =
        std::thread::Builder::new().name("answers".into()).spawn(move || write_answers(to, &to_answer))?;
    let connection = Connection {
        from: BufReader::with_capacity(BUFFER_BYTES, client.try_clone()?),
        to: BufWriter::with_capacity(BUFFER_BYTES, client),
        frame: Vec::new(),
    };
    Ok((connection, Door { reading, answering }))
}

impl Connection {
    /// Sends a batch.
    ///
    /// # Errors
    /// When the door is closed.
    pub fn send(&mut self, batch: &[Envelope]) -> anyhow::Result<()> {
        self.frame.clear();
        let mut encoder = minicbor::Encoder::new(&mut self.frame);
        for command in batch {
            encoder
                .bytes(&command.id.as_u128().to_be_bytes())?
                .i64(command.received_at.0)?
                .encode(&command.body)?;
        }
        write_frame(&mut self.to, &self.frame)
    }

    /// The outcome of the oldest batch: whether all of it was accepted.
    ///
    /// # Errors
    /// When the door is closed.
    pub fn receive(&mut self) -> anyhow::Result<bool> {
        let open = read_frame(&mut self.from, &mut self.frame)?;
        anyhow::ensure!(open, "the engine's end is closed");
        Ok(self.frame.iter().all(|outcome| *outcome == 1))
    }
}

impl Door {
    /// Waits until everything was answered; the client's end is closed by then.
    ///
    /// # Errors
    /// What went wrong on the engine's side.
    pub fn closed(self) -> anyhow::Result<()> {
        let panicked = |_| anyhow::anyhow!("a thread of the door panicked");
        self.reading.join().map_err(panicked)??;
        self.answering.join().map_err(panicked)?
    }
}

fn write_frame(to: &mut impl Write, frame: &[u8]) -> anyhow::Result<()> {
    to.write_all(&u32::try_from(frame.len())?.to_be_bytes())?;
    to.write_all(frame)?;
    Ok(to.flush()?)
}

/// False at the end of the stream.
fn read_frame(from: &mut impl Read, frame: &mut Vec<u8>) -> anyhow::Result<bool> {
    let mut length = [0u8; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
        read => read?,
    }
    frame.resize(usize::try_from(u32::from_be_bytes(length))?, 0);
    from.read_exact(frame)?;
    Ok(true)
}

fn read_batches(
    mut from: impl Read,
    handle: &Handle,
    replies: &mpsc::SyncSender<Reply>,
) -> anyhow::Result<()> {
    let mut frame = Vec::new();
    while read_frame(&mut from, &mut frame)? {
        let reply = loop {
            match handle.enqueue(Class::Upload, decode(&frame)?) {
                Err(Busy::Stopped) => anyhow::bail!("the engine stopped"),
                Err(_) => std::thread::sleep(PAUSE),
                Ok(reply) => break reply,
            }
        };
        replies.send(reply).context("nobody writes answers any more")?;
    }
    Ok(())
}

fn decode(frame: &[u8]) -> anyhow::Result<Vec<Envelope>> {
    let mut decoder = minicbor::Decoder::new(frame);
    let mut batch = Vec::new();
    while decoder.position() < frame.len() {
        let id = decoder.bytes()?.first_chunk::<16>().copied().context("an id has 16 bytes")?;
        let received_at = Timestamp(decoder.i64()?);
        batch.push(Envelope {
            schema: 1,
            id: CommandId::from_u128(u128::from_be_bytes(id)),
            principal: PrincipalId(1),
            channel: Channel::Device,
            on_behalf_of: None,
            received_at,
            body: decoder.decode::<Body>()?,
        });
    }
    Ok(batch)
}

fn write_answers(mut to: impl Write, replies: &mpsc::Receiver<Reply>) -> anyhow::Result<()> {
    let mut frame = Vec::new();
    for reply in replies {
        let answers = reply.blocking_recv().context("the engine stopped")??;
        frame.clear();
        frame.extend(answers.iter().map(|answer| u8::from(matches!(answer.step, Step::Decided(Ok(_))))));
        write_frame(&mut to, &frame)?;
    }
    Ok(())
}
