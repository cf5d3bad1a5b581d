//! `jakone demo`: a small invented city with a history, then live traffic, on the loopback address only.

mod clock;
mod credentials;
mod history;
mod messages;
mod traffic;
mod users;

use std::sync::Arc;

use anyhow::Context as _;
use base::{CivilDate, Clock, Micros, SystemClock};
use sandbox::city::City;

use super::serve::{listen, serve, tasks};
use crate::cli::{DemoArguments, TimeOfDay};
use crate::data_directory::{DataDirectory, Start};
use crate::product::Product;

use credentials::Demo;

/// What a new demonstration is made of.
#[derive(Debug, Clone, Copy)]
struct Plan {
    seed: u64,
    residents: usize,
    /// First day of the history.
    from: CivilDate,
    /// City time minus the machine's time.
    offset: Micros,
}

impl Plan {
    fn of(arguments: &DemoArguments) -> Self {
        let now = SystemClock::new(0).now();
        let today = now.jakarta_date();
        let days = i32::try_from(arguments.days).unwrap_or(i32::MAX);
        let from = arguments.from.unwrap_or_else(|| today.plus_days(-days));
        let midnight = from.plus_days(days).midnight();
        let begins = match arguments.at {
            TimeOfDay::Now => midnight.plus(now.jakarta_time().0),
            TimeOfDay::At(time) => midnight.plus(time.0),
        };
        Self { seed: arguments.seed, residents: arguments.residents, from, offset: begins.since(now) }
    }
}

/// Runs until a stop is asked for. A second start goes on with the same city.
///
/// # Errors
/// What stands in the way of starting, or made it stop.
pub fn run(arguments: &DemoArguments) -> anyhow::Result<()> {
    let directory = DataDirectory::open_or_create(&arguments.data)?;
    tasks()?.block_on(async {
        let listener = listen(arguments.port).await?;
        let (demo, mut product, city) = match Demo::read(directory.root())? {
            Some(demo) if demo.finished => {
                let clock = Arc::new(directory.clock()?);
                let product = Product::open(&directory, Start::with_clock(clock)).await?;
                product.caught_up().await?;
                let mut city = City::generate(demo.seed, demo.residents, demo.from)?;
                // Cards that were lost meanwhile have been replaced.
                city.cards_until(product.clock().now());
                (demo, product, city)
            }
            found => {
                if found.is_some() {
                    history::clear_unfinished(&directory)?;
                }
                fill(&directory, Plan::of(arguments)).await?
            }
        };
        product.demonstrate(users::samples(&demo)?);
        let address = listener.local_addr().context("the listener has no address")?;
        let _gateway = messages::start(&mut product, &city, address).await?;
        let traffic = traffic::start(&product, &demo, city, address, arguments.rate).await?;
        let served = serve(product, listener).await;
        if let Some(traffic) = traffic {
            traffic.await.context("the traffic's task panicked")?;
        }
        served
    })
}

/// Founds the city and lives its history, under a clock that moves with it.
async fn fill(directory: &DataDirectory, plan: Plan) -> anyhow::Result<(Demo, Product, City)> {
    if directory.has_journal() {
        return Err(history::foreign(directory));
    }
    directory.keep_clock_offset(plan.offset)?;
    let mut demo = Demo::begin(plan.seed, plan.residents, plan.from);
    demo.write(directory.root())?;
    let mut city = City::generate(plan.seed, plan.residents, plan.from)?;
    let product = history::live(directory, &mut demo, &mut city, plan.offset).await?;
    demo.finished = true;
    demo.write(directory.root())?;
    Ok((demo, product, city))
}
