//! One hash over the whole state: equal digests mean equal decisions from here on.

use minicbor::Encode;
use minicbor::encode::Write;
use sha2::{Digest, Sha256};

use crate::{State, Unit};

struct HashWriter(Sha256);

impl Write for HashWriter {
    type Error = std::convert::Infallible;
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.update(bytes);
        Ok(())
    }
}

/// SHA-256 over every table in its order; hash tables are walked sorted or through their dense arrays.
#[must_use]
pub fn state_digest(state: &State) -> [u8; 32] {
    let mut out = HashWriter(Sha256::new());
    let mut add = |part: &dyn Fn(&mut HashWriter)| part(&mut out);
    add(&|w| put(w, &state.genesis));
    add(&|w| put(w, &state.parameters));
    add(&|w| put(w, (state.epoch, state.at, state.position, state.open_for_business)));
    add(&|w| put(w, state.ledger.accounts()));
    add(&|w| Unit::ALL.iter().for_each(|unit| put(w, state.ledger.totals(*unit))));
    add(&|w| put(w, state.ledger.pendings.next()));
    add(&|w| state.ledger.pendings.iter().for_each(|(number, pending)| put(w, (number, pending))));
    add(&|w| put(w, state.holders.all()));
    add(&|w| put(w, state.media.all()));
    add(&|w| put(w, state.places.organisations.all()));
    add(&|w| put(w, state.places.roles()));
    add(&|w| put(w, state.places.services.all()));
    add(&|w| put(w, state.places.all()));
    add(&|w| put(w, state.tariffs.all()));
    add(&|w| put(w, state.benefits.all()));
    add(&|w| put(w, state.places.merchant_types()));
    add(&|w| put(w, state.calendars.all()));
    add(&|w| put(w, state.tariffs.integrations()));
    add(&|w| put(w, state.benefits.pools.all()));
    add(&|w| state.journeys.days().for_each(|(date, day)| put(w, (date, day.parts()))));
    add(&|w| put(w, state.purchases.next()));
    add(&|w| state.purchases.iter().for_each(|(number, kept)| put(w, (number, kept))));
    add(&|w| put(w, state.purchases.closed_wallets()));
    add(&|w| put(w, &state.quotas));
    add(&|w| {
        state.devices.sorted().into_iter().for_each(|((device, epoch), seen)| put(w, (device, epoch, seen)))
    });
    // States from before the first line have the digests they always had.
    if state.attested.lines > 0 {
        add(&|w| put(w, &state.attested));
    }
    add(&|w| put(w, state.window.floor()));
    add(&|w| state.window.sorted().into_iter().for_each(|((who, id), decided)| put(w, (who, id, decided))));
    out.0.finalize().into()
}

fn put<T: Encode<()>>(writer: &mut HashWriter, part: T) {
    let Ok(()) = minicbor::encode(part, writer) else { unreachable!("a hash takes every byte") };
}
