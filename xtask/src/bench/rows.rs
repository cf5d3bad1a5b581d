//! What is measured and what was hoped for: the performance budget, row by row, with the arithmetic that made the goal.

use anyhow::Context as _;
use serde_json::Value;

use super::Measured;

/// Rows that run in turns, so many times.
pub struct Group {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many times.
    pub turns: usize,
}

/// One run of the bench.
pub struct Row {
    /// Name of the run.
    pub key: &'static str,
    /// What it measures.
    pub what: &'static str,
    arguments: &'static str,
    /// What was hoped for.
    pub goals: Vec<Goal>,
    /// What paper said before.
    pub napkin: &'static str,
    /// Where a goal is not met: what stands in the way, and what would be needed.
    pub otherwise: &'static str,
}

/// One hope.
pub struct Goal {
    /// What it is of, with its unit.
    pub of: &'static str,
    /// Where the figure comes from.
    pub figure: Figure,
    /// What it should be.
    pub bound: Bound,
}

/// Where a figure comes from.
pub enum Figure {
    /// A figure of the same row.
    Own(&'static str),
    /// One of the same row by one of another row.
    ByOther(&'static str, (&'static str, &'static str)),
}

/// What a figure should be.
#[derive(Clone, Copy)]
pub enum Bound {
    /// This or more.
    Least(f64),
    /// This or less.
    Most(f64),
}

impl Bound {
    /// Whether a figure is as hoped for.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::Least(least) => value >= least,
            Self::Most(most) => value <= most,
        }
    }

    /// How much of the hope is reached: 1 or more where it is met.
    pub fn share(self, value: f64) -> f64 {
        match self {
            Self::Least(least) => value / least,
            Self::Most(most) => most / value,
        }
    }
}

impl Goal {
    /// The figure, if its runs are there.
    pub fn value(&self, row: &Row, measured: &Measured) -> Option<f64> {
        let figure = |key: &str, name: &str| measured.get(key)?.get(name)?.as_f64();
        match self.figure {
            Figure::Own(name) => figure(row.key, name),
            Figure::ByOther(name, (key, other)) => Some(figure(row.key, name)? / figure(key, other)?),
        }
    }
}

impl Row {
    /// The arguments; `HALF:KEY` stands for half of what another row came to.
    pub fn arguments(&self, measured: &Measured) -> anyhow::Result<Vec<String>> {
        let argument = |word: &str| {
            let Some(key) = word.strip_prefix("HALF:") else { return Ok(word.to_owned()) };
            let whole = measured.get(key).and_then(|row| row.get("throughput_per_s")).and_then(Value::as_u64);
            let whole = whole.or_else(|| {
                let float = measured.get(key)?.get("throughput_per_s")?.as_f64()?;
                format!("{float:.0}").parse().ok()
            });
            Ok((whole.with_context(|| format!("{key} was not measured"))? / 2).to_string())
        };
        self.arguments.split_whitespace().map(argument).collect()
    }
}

const fn goal(of: &'static str, name: &'static str, bound: Bound) -> Goal {
    Goal { of, figure: Figure::Own(name), bound }
}

const fn beside(
    of: &'static str,
    name: &'static str,
    other: (&'static str, &'static str),
    bound: Bound,
) -> Goal {
    Goal { of, figure: Figure::ByOther(name, other), bound }
}

/// Every row, in groups that run in turns.
pub fn groups() -> Vec<Group> {
    use Bound::{Least, Most};
    const PER_S: &str = "throughput_per_s";
    let once = |rows: Vec<Row>| Group { rows, turns: 1 };
    vec![
        once(vec![
            Row {
                key: "transfers",
                what: "Transfers between 1 M purses, batches of 8 192, segment files",
                arguments: "transfers --accounts 1000000",
                goals: vec![
                    goal("transfers/s", PER_S, Least(1.4e6)),
                    goal("of deciding alone", "ratio", Least(0.4)),
                    goal("ms, p50 of a batch at full load", "p50_ms", Most(12.0)),
                ],
                napkin: "Deciding: four cache misses of 80 ns for two random accounts and the id, half hidden by reading ahead, 0.2 µs; \
                    events and value part 0.15 µs. Sealing: SHA-256 of 150 bytes in two blocks and a Merkle node, 0.3 µs, on the other core. \
                    The slower thread sets the pace: 2.5 M/s at best; a flush of 0.15 ms per 8 000 is nothing. Two batches on their way at \
                    1.4 M/s: 2 × 8 192 / 1.4 M = 12 ms.",
                otherwise: "The two threads and the caller share two cores with the machine's neighbours, so what counts is the processor \
                    time per transfer (cpu_us_per_op below): the pace is one core by the thread that takes longer. Nothing in \
                    the profile is above 8 %: encoding, id window, account misses, SHA-256. It would take smaller records (the command is \
                    written with its events, about 150 bytes) and a hash over the batch instead of a tree over leaves, which receipts need.",
            },
            Row {
                key: "transfers_10m",
                what: "The same with 10 M purses",
                arguments: "transfers --accounts 10000000",
                goals: vec![
                    goal("transfers/s", PER_S, Least(1.0e6)),
                    beside("of the figure with 1 M", PER_S, ("transfers", PER_S), Least(0.7)),
                ],
                napkin: "Accounts of 40 bytes: 400 MB instead of 40, so every access misses every cache and most miss the TLB: 0.1 µs more.",
                otherwise: "As above; the ratio to 1 M shows what the larger table alone costs.",
            },
            Row {
                key: "transfers_half",
                what: "Latency of a batch of 8 192 at half of full load",
                arguments: "transfers --accounts 1000000 --count 900000 --rate HALF:transfers",
                goals: vec![goal("ms, p50 of a batch", "p50_ms", Most(6.0))],
                napkin: "One batch at a time: 8 192 × 0.35 µs to decide, then 8 192 × 0.3 µs to seal, then one flush: 6 ms.",
                otherwise: "A batch of 8 192 is decided, then sealed: the two do not overlap for one batch. Smaller batches answer sooner \
                    (see the plot) at little cost.",
            },
            Row {
                key: "single",
                what: "One transfer on its way at a time",
                arguments: "transfers --accounts 10000 --in-flight 1 --count 3000",
                goals: vec![goal("raw flushes, p50", "flush_ratio", Most(1.5))],
                napkin: "Two hand-overs between threads, 10 µs each, around one flush of 150 µs: 1.15.",
                otherwise: "What is above one flush is the waking of two threads on a machine whose cores are busy or asleep; \
                    `serve --writer-priority` shortens one of them.",
            },
        ]),
        Group {
            turns: 3,
            rows: vec![
                Row {
                    key: "transfers_postgres",
                    what: "The same transfers, journal on PostgreSQL",
                    arguments: "transfers --accounts 1000000 --count 900000 --backend postgres",
                    goals: vec![
                        goal("transfers/s", PER_S, Least(0.4e6)),
                        beside(
                            "times PostgreSQL's own batched transfers",
                            PER_S,
                            ("peer_postgres", PER_S),
                            Least(8.0),
                        ),
                    ],
                    napkin: "An entry of 0.75 MB per 5 000 transfers: 0.4 ms for two flushes and a round trip, 1 ms per MB over the socket and \
                        into the row: 0.8 M/s, less what the server takes of the second core.",
                    otherwise: "The server's backend and its WAL writer share the two cores with engine and sealing.",
                },
                Row {
                    key: "peer_postgres",
                    what: "Peer: PostgreSQL by itself, transfers in set-based batches of 8 192",
                    arguments: "peer --accounts 1000000 --backend postgres",
                    goals: vec![],
                    napkin: "Two index look-ups, two new row versions with their index entries and WAL, one insert: 20 µs a transfer.",
                    otherwise: "",
                },
                Row {
                    key: "peer_sqlite",
                    what: "Peer: SQLite by itself, the same",
                    arguments: "peer --accounts 1000000 --backend embedded",
                    goals: vec![],
                    napkin: "Two B-tree look-ups and a page each into the WAL, one insert: 8 µs a transfer, one flush per batch.",
                    otherwise: "",
                },
            ],
        },
        once(vec![
            Row {
                key: "transfers_jetstream",
                what: "The same transfers, journal on three JetStream nodes of this machine",
                arguments: "transfers --accounts 1000000 --count 600000 --backend jetstream",
                goals: vec![],
                napkin: "Three copies of 0.75 MB and two flushes behind one another on one disk: 5 ms per entry; no goal, because three \
                    nodes on one machine are no topology.",
                otherwise: "",
            },
            Row {
                key: "taps",
                what: "Taps with the city's content, four benefits a holder, 200 k holders, in process, durable",
                arguments: "taps",
                goals: vec![
                    goal("taps/s", PER_S, Least(0.5e6)),
                    goal("of deciding alone", "ratio", Least(0.4)),
                ],
                napkin: "A tap reads the holder's day and rates it anew: 7 taps of 0.2 µs, four benefits of 0.1 µs, two transfers, a movement \
                    leaf of its own with a cipher: 2 µs.",
                otherwise: "Deciding sets the pace: the day of a holder has 7.5 taps here and each tap rates all of them. The profile is flat. \
                    It would take a rating that goes on from the day so far where no cap or package can change it, \
                    and smaller rows of holders and media.",
            },
            Row {
                key: "client",
                what: "Transfers in batches over a loopback socket, from our own client",
                arguments: "client --accounts 1000000",
                goals: vec![
                    goal("transfers/s", PER_S, Least(0.8e6)),
                    goal("of handing over in process", "ratio", Least(0.5)),
                ],
                napkin: "45 bytes a transfer, encoded, copied twice through the kernel and decoded: 0.3 µs on threads that share the cores.",
                otherwise: "Four busy threads on two cores: what the client and the door compute is missing to engine and sealing.",
            },
            Row {
                key: "http_upload",
                what: "Terminals' uploads over HTTP, 1 000 signed taps each, tables kept up meanwhile, terminals on the same cores",
                arguments: "http",
                goals: vec![goal("taps/s", PER_S, Least(0.2e6))],
                napkin: "Per tap 250 bytes of JSON read and 150 written, one SHA-256 of the chain: 2.5 µs; the decision 3.8 µs; the tables of \
                    two projections 30 µs, on what is left of the cores.",
                otherwise: "Each tap is also written into the tables of two projections on the same two cores, 30 k/s at full use of one: they \
                    fall behind during an upload and take the processor time. It would take a third core, or projections that \
                    wait while terminals deliver.",
            },
            Row {
                key: "http_single",
                what: "Single taps over HTTP, 64 connections, terminals on the same cores",
                arguments: "http --batch 1",
                goals: vec![goal("taps/s", PER_S, Least(20e3)), goal("ms, p99", "p99_ms", Most(10.0))],
                napkin: "A request is parsed, routed, authorised and answered in 30 µs, its client takes 15 µs, the tables 30 µs: 75 µs on two \
                    cores, 26 k/s.",
                otherwise: "Terminals, HTTP, policies, engine and the tables of two projections share two cores.",
            },
            Row {
                key: "recipients",
                what: "Aid for 1 M holders on the whole product, while gates ask",
                arguments: "recipients",
                goals: vec![
                    goal("s of the engine", "engine_cpu_s", Most(1.0)),
                    goal("s until in the tables", "projected_s", Most(40.0)),
                    beside(
                        "of PostgreSQL's set-based time",
                        "credited_s",
                        ("peer_postgres", "aid_s"),
                        Most(0.2),
                    ),
                    goal("times the quiet p99 of an ask", "ask_ratio", Most(2.0)),
                ],
                napkin: "Two linked transfers a recipient, one side of each always the same account: 0.7 µs. Four rows a recipient into the tables \
                    at 10 µs: 40 s.",
                otherwise: "A recipient is one command with two linked transfers and its own record, so that a receipt can be had for each; \
                    PostgreSQL's set-based run writes two rows and knows nothing of limits or ids. Gates wait for the entry being written, \
                    which bulk makes longer: smaller entries while bulk runs would shorten it.",
            },
        ]),
        once(vec![
            Row {
                key: "replay",
                what: "Cold replay of a day of taps, hashes checked on the second core",
                arguments: "replay",
                goals: vec![goal("events/s", "events_per_s", Least(2e6))],
                napkin: "Decoding 300 bytes a record 0.3 µs, opening the movement 0.3 µs, applying four events 0.4 µs; hashes on the other core.",
                otherwise: "Opening a tap's movement with AES-GCM and decoding it are on the same thread as applying.",
            },
            Row {
                key: "restart",
                what: "Restart with 1 M holders and a tail of 1 M taps",
                arguments: "restart",
                goals: vec![goal("s to the end of the journal", "restart_s", Most(10.0))],
                napkin: "A snapshot of 400 MB read, checked and decoded: 3 s; the files walked over at 1 GB/s: 1 s; 1 M records: 1.5 s.",
                otherwise: "Reading the snapshot and walking over the files are behind one another.",
            },
            Row {
                key: "memory",
                what: "Memory of 10 M holders, each with medium, purse and two entitlements",
                arguments: "memory",
                goals: vec![goal("bytes per holder", "bytes_per_holder", Most(400.0))],
                napkin: "Holder 100, medium 60, account 60, two entitlements 80, tables of their keys 60: 360 bytes.",
                otherwise: "Tables of keys grow by doubling: at 10 M they are a little more than half full.",
            },
            Row {
                key: "project_sqlite",
                what: "Taps into the tables of both projections, SQLite; behind at 2 000 taps/s",
                arguments: "project",
                goals: vec![
                    goal("taps/s", PER_S, Least(30e3)),
                    goal("ms behind at 2 000 taps/s", "lag_max_ms", Most(1000.0)),
                ],
                napkin: "Four rows a tap at 5 µs, written set-based, each projection on a core of its own: 40 k/s.",
                otherwise: "Both projections write the same file one after the other, and SQLite has one writer.",
            },
            Row {
                key: "project_postgres",
                what: "The same, tables on PostgreSQL",
                arguments: "project --backend postgres",
                goals: vec![
                    goal("taps/s", PER_S, Least(20e3)),
                    goal("ms behind at 2 000 taps/s", "lag_max_ms", Most(1000.0)),
                ],
                napkin: "Four rows a tap at 10 µs over the socket, the server on the other core: 25 k/s.",
                otherwise: "Client and server share two cores with the engine.",
            },
        ]),
        once(BATCHES.map(sweep).into()),
    ]
}

/// Batches of the plot, with the keys of their rows.
pub const BATCHES: [(&str, &str); 6] = [
    ("batch_512", "transfers --accounts 1000000 --count 300000 --batch 512"),
    ("batch_1024", "transfers --accounts 1000000 --count 300000 --batch 1024"),
    ("batch_2048", "transfers --accounts 1000000 --count 600000 --batch 2048"),
    ("batch_4096", "transfers --accounts 1000000 --count 900000 --batch 4096"),
    ("batch_8192", "transfers --accounts 1000000 --count 900000 --batch 8192"),
    ("batch_16384", "transfers --accounts 1000000 --count 1800000 --batch 16384"),
];

const fn sweep((key, arguments): (&'static str, &'static str)) -> Row {
    Row { key, what: "", arguments, goals: Vec::new(), napkin: "", otherwise: "" }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows() -> Vec<Row> {
        groups().into_iter().flat_map(|group| group.rows).collect()
    }

    #[test]
    fn keys_are_unique_and_every_goal_names_a_row_that_runs_before() {
        let keys: Vec<&str> = rows().iter().map(|row| row.key).collect();
        let unique: std::collections::BTreeSet<&&str> = keys.iter().collect();
        assert_eq!(unique.len(), keys.len());
        for row in rows() {
            for goal in &row.goals {
                if let Figure::ByOther(_, (other, _)) = goal.figure {
                    assert!(keys.contains(&other), "{other} of {}", row.key);
                }
            }
        }
    }

    #[test]
    fn a_goal_is_met_on_its_own_side() {
        assert!(Bound::Least(2.0).is_met(2.0) && !Bound::Least(2.0).is_met(1.9));
        assert!(Bound::Most(2.0).is_met(2.0) && !Bound::Most(2.0).is_met(2.1));
        assert_eq!((Bound::Least(4.0).share(2.0), Bound::Most(2.0).share(4.0)), (0.5, 0.5));
    }

    #[test]
    fn half_of_a_row_is_half_of_what_it_came_to() {
        let rows = rows();
        let half = rows.iter().find(|row| row.key == "transfers_half").unwrap();
        let measured = Measured::from([("transfers".to_owned(), json!({"throughput_per_s": 700_001.0}))]);
        assert_eq!(half.arguments(&measured).unwrap().last().map(String::as_str), Some("350000"));
        assert!(half.arguments(&Measured::new()).is_err());
    }
}
