//! What a bench was asked for, with every default, by subject.
//!
//! Owns the refusals: an option that a subject has no use for is refused and never passed over, and the count is the one that
//! was asked for.

use std::time::Duration;

use super::pump::Pace;
use crate::cli::{BenchArguments, BenchBackend, BenchOption, BenchSubject};
use crate::problem::Problem;

/// Commands per batch at most: in process and over a socket, and in a request over HTTP.
const BATCH_MAX: u32 = 32_768;
const REQUEST_MAX: u32 = 1_000;

/// A bench with every default filled in.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What is measured.
    pub subject: BenchSubject,
    /// On which journal.
    pub backend: BenchBackend,
    /// Purses or holders.
    pub accounts: u32,
    /// Commands over all rounds.
    pub count: u32,
    /// Rounds.
    pub rounds: u32,
    /// Commands per batch.
    pub batch: u32,
    /// Batches on their way at a time; connections, over HTTP.
    pub in_flight: u32,
    /// Commands offered per second; as many as are answered when absent.
    pub rate: Option<u32>,
    /// Seed.
    pub seed: u64,
}

impl Plan {
    /// The plan of what was asked for.
    ///
    /// # Errors
    /// A [`Problem`] when the subject cannot be run so.
    pub fn of(arguments: &BenchArguments) -> Result<Self, Problem> {
        let BenchArguments { subject, backend, .. } = *arguments;
        if !subject.runs_on(backend) {
            return Err(backend_unused(subject, backend));
        }
        if let Some(option) = given(arguments).find(|option| !subject.uses().contains(option)) {
            return Err(option_unused(subject, option));
        }
        if arguments.rate.is_some() && arguments.in_flight.is_some() {
            return Err(paced_twice());
        }
        let over_http = subject == BenchSubject::Http;
        let single = if over_http { arguments.batch == Some(1) } else { arguments.in_flight == Some(1) };
        let (accounts, count) = sizes(subject, single);
        let (batch, in_flight) = match (over_http, single) {
            (true, true) => (1, 64),
            (true, false) => (1_000, 8),
            (false, true) => (1, 1),
            (false, false) => (8_192, 2),
        };
        let accounts = arguments.accounts.unwrap_or(accounts);
        let count = match subject {
            // Every holder is measured.
            BenchSubject::Memory | BenchSubject::Recipients => accounts,
            _ => arguments.count.unwrap_or(count),
        };
        let rounds = if subject.uses().contains(&BenchOption::Rounds) { 3 } else { 1 };
        let rounds = arguments.rounds.unwrap_or_else(|| count.min(rounds));
        if rounds > count {
            return Err(count_too_small(count, rounds));
        }
        let batch = arguments.batch.unwrap_or(batch);
        let batch_max = if over_http { REQUEST_MAX } else { BATCH_MAX };
        if batch > batch_max {
            return Err(batch_too_large(subject, batch, batch_max));
        }
        let in_flight = arguments.in_flight.unwrap_or(in_flight);
        // A connection without a tap would be none.
        let in_flight = if over_http { in_flight.min(count / rounds.max(1)) } else { in_flight };
        let (rate, seed) = (arguments.rate, arguments.seed);
        Ok(Self { subject, backend, accounts, count, rounds, batch, in_flight, rate, seed })
    }

    /// Number of the first command of a round: rounds are as even as the count allows.
    pub fn first_of(&self, round: u32) -> u64 {
        u64::from(self.count) * u64::from(round) / u64::from(self.rounds)
    }

    /// How many commands a round has.
    pub fn size_of(&self, round: u32) -> u32 {
        u32::try_from(self.first_of(round + 1) - self.first_of(round)).unwrap_or(self.count)
    }

    /// How fast batches are sent.
    pub fn pace(&self) -> Pace {
        match self.rate {
            Some(rate) => Pace::Every(Duration::from_secs(1) * self.batch / rate),
            None => Pace::Full(usize::try_from(self.in_flight).unwrap_or(usize::MAX)),
        }
    }
}

/// Accounts and commands where nothing else is asked for.
const fn sizes(subject: BenchSubject, single: bool) -> (u32, u32) {
    match (subject, single) {
        (BenchSubject::Http, true) => (20_000, 120_000),
        (BenchSubject::Http, false) => (20_000, 900_000),
        (BenchSubject::Transfers | BenchSubject::Taps | BenchSubject::Client, true) => (10_000, 3_000),
        (BenchSubject::Transfers | BenchSubject::Client, false) => (1_000_000, 3_000_000),
        (BenchSubject::Taps, false) => (200_000, 1_500_000),
        (BenchSubject::Replay, _) => (200_000, 1_500_000),
        (BenchSubject::Restart, _) => (1_000_000, 1_000_000),
        (BenchSubject::Memory, _) => (10_000_000, 10_000_000),
        (BenchSubject::Project, _) => (20_000, 300_000),
        (BenchSubject::Recipients, _) => (1_000_000, 1_000_000),
        (BenchSubject::Peer, _) => (1_000_000, 300_000),
    }
}

/// The options that were given.
fn given(arguments: &BenchArguments) -> impl Iterator<Item = BenchOption> {
    let all = [
        (BenchOption::Count, arguments.count),
        (BenchOption::Batch, arguments.batch),
        (BenchOption::InFlight, arguments.in_flight),
        (BenchOption::Rate, arguments.rate),
        (BenchOption::Rounds, arguments.rounds),
    ];
    all.into_iter().filter_map(|(option, value)| value.map(|_| option))
}

fn backend_unused(subject: BenchSubject, backend: BenchBackend) -> Problem {
    let possible: Vec<&str> =
        BenchBackend::ALL.into_iter().filter(|one| subject.runs_on(*one)).map(BenchBackend::name).collect();
    let (subject, backend, possible) = (subject.name(), backend.name(), possible.join(", "));
    Problem::new(
        "bench_backend_unused",
        format!("The bench {subject} cannot be run on {backend}. Possible for --backend: {possible}."),
        format!(
            "Uji kinerja {subject} tidak dapat dijalankan di {backend}. Yang dapat dipilih untuk --backend: {possible}."
        ),
    )
}

fn option_unused(subject: BenchSubject, option: BenchOption) -> Problem {
    let used: Vec<&str> =
        std::iter::once("--accounts").chain(subject.uses().iter().map(|option| option.name())).collect();
    let (subject, option, used) = (subject.name(), option.name(), used.join(", "));
    Problem::new(
        "bench_option_unused",
        format!("The bench {subject} has no use for {option}. Leave it out; it can be given {used}."),
        format!("Uji kinerja {subject} tidak memakai {option}. Hilangkan; yang dapat diberikan: {used}."),
    )
}

fn paced_twice() -> Problem {
    Problem::new(
        "bench_option_unused",
        "At a --rate batches are sent when they are due, however many are on their way. Leave --in-flight or --rate out.",
        "Dengan --rate, kelompok perintah dikirim pada waktunya, berapa pun yang belum dijawab. Hilangkan --in-flight atau --rate.",
    )
}

fn count_too_small(count: u32, rounds: u32) -> Problem {
    Problem::new(
        "bench_count_too_small",
        format!(
            "{count} commands are too few for {rounds} rounds. Give a larger --count, or fewer --rounds."
        ),
        format!(
            "{count} perintah terlalu sedikit untuk {rounds} putaran. Beri --count yang lebih besar atau --rounds yang lebih kecil."
        ),
    )
}

fn batch_too_large(subject: BenchSubject, batch: u32, most: u32) -> Problem {
    let subject = subject.name();
    Problem::new(
        "bench_batch_too_large",
        format!(
            "The bench {subject} hands over {most} commands together at most, not {batch}. Give a smaller --batch."
        ),
        format!(
            "Uji kinerja {subject} menyerahkan paling banyak {most} perintah sekaligus, bukan {batch}. Beri --batch yang lebih kecil."
        ),
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Arguments, Command};

    fn plan(line: &str) -> Result<Plan, Problem> {
        let words = ["jakone", "bench"].into_iter().chain(line.split(' '));
        match Arguments::try_parse_from(words).unwrap().command {
            Command::Bench(arguments) => Plan::of(&arguments),
            _ => unreachable!("the line asks for a bench"),
        }
    }

    #[test]
    fn rounds_come_to_exactly_the_count_that_was_asked_for() {
        for (line, sizes) in [
            ("http --count 40 --batch 1", vec![13, 13, 14]),
            ("http --count 100 --batch 1", vec![33, 33, 34]),
            ("transfers --count 2", vec![1, 1]),
            ("replay --count 600 --rounds 2", vec![300, 300]),
            ("restart --count 7", vec![7]),
        ] {
            let plan = plan(line).unwrap();
            let rounds: Vec<u32> = (0..plan.rounds).map(|round| plan.size_of(round)).collect();
            assert_eq!(rounds, sizes, "{line}");
        }
    }

    #[test]
    fn over_http_every_connection_has_a_tap() {
        assert_eq!(plan("http --count 40 --batch 1").unwrap().in_flight, 13);
        assert_eq!(plan("http --batch 1").unwrap().in_flight, 64);
        assert_eq!(plan("http").unwrap().in_flight, 8);
    }

    #[test]
    fn what_a_subject_has_no_use_for_is_refused() {
        for (line, code) in [
            ("memory --count 5", "bench_option_unused"),
            ("memory --batch 5", "bench_option_unused"),
            ("recipients --count 5", "bench_option_unused"),
            ("recipients --rounds 2", "bench_option_unused"),
            ("restart --rounds 2", "bench_option_unused"),
            ("project --rate 5", "bench_option_unused"),
            ("http --rate 5", "bench_option_unused"),
            ("peer --in-flight 2", "bench_option_unused"),
            ("taps --rate 5 --in-flight 2", "bench_option_unused"),
            ("taps --count 2 --rounds 3", "bench_count_too_small"),
            ("http --batch 1001", "bench_batch_too_large"),
            ("transfers --batch 32769", "bench_batch_too_large"),
            ("memory --backend postgres", "bench_backend_unused"),
        ] {
            assert_eq!(plan(line).err().map(|problem| problem.code), Some(code), "{line}");
        }
    }

    #[test]
    fn a_refused_backend_says_which_are_possible() {
        let problem = plan("http --backend jetstream").err().unwrap();
        assert!(problem.to_string().ends_with("Possible for --backend: embedded, postgres."), "{problem}");
    }
}
