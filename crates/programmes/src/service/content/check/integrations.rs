//! Checks the fare for several modes together: modes of known services, distances between known places, each pair once.

use std::collections::BTreeMap;

use base::Code;
use engine::{IntegratedMode, StopDistance};

use super::super::Integration;
use super::super::error::Problem;
use super::super::rows::{IntegrationRow, LineRow};
use super::Checker;

/// Metres by pair of stops, the smaller code first.
type Pairs = BTreeMap<(Code, Code), u32>;

impl Checker<'_> {
    pub(super) fn integration(&mut self, row: &IntegrationRow) {
        let basis = self.basis(&row.basis());
        let names = self.names(&row.name_id, &row.name_en);
        let (code, version) = (row.code.value, row.version.value);
        self.once("integration", &row.version, "version", format!("{code} version {version}"));
        let since = self.content.integrations.iter().filter(|known| known.code == code);
        let since = since.map(|known| known.basis.valid_from).max();
        let newest = self.known.integrations.get(&code).copied().unwrap_or(0);
        if self.version(&row.version, code, newest, &row.valid_from, since) {
            self.known.integrations.insert(code, version);
        }
        let modes = self.modes(row);
        let window = self.minutes(&row.window_minutes, "window_minutes");
        let distances = self.distances(row);
        self.content.integrations.push(Integration {
            code,
            version,
            names,
            modes,
            modes_min: row.modes_min.value,
            boarding: row.boarding,
            per_kilometre: row.per_km,
            cap: row.cap,
            window,
            distances,
            apportionment: row.apportionment,
            basis,
        });
    }

    fn modes(&mut self, row: &IntegrationRow) -> Vec<IntegratedMode> {
        let mut modes: Vec<IntegratedMode> = Vec::new();
        let others = self.content.integrations.iter().filter(|known| known.code != row.code.value);
        let taken: Vec<Code> =
            others.flat_map(|known| &known.modes).flat_map(|mode| mode.services.clone()).collect();
        for one in &row.modes {
            let services = self.services(&one.services, "modes.services");
            for (service, at) in services.iter().zip(&one.services) {
                if taken.contains(service) || modes.iter().any(|known| known.services.contains(service)) {
                    let said = "the service belongs to another mode or integration already; keep one";
                    self.form(at, "modes.services", said);
                }
            }
            if services.is_empty() || modes.iter().any(|known| known.mode == one.mode.value) {
                self.form(&one.mode, "modes.mode", "a mode stands once and has a service; correct it");
            }
            modes.push(IntegratedMode { mode: one.mode.value, services });
        }
        let count = u64::try_from(row.modes.len()).unwrap_or(u64::MAX);
        self.range(&row.modes_min, "modes_min", row.modes_min.value.into(), (2, count));
        modes
    }

    fn distances(&mut self, row: &IntegrationRow) -> Vec<StopDistance> {
        let mut pairs = Pairs::new();
        for line in &row.lines {
            self.line(line, &mut pairs);
        }
        for pair in &row.distances {
            let from = self.place_of(&pair.from, "distances.from");
            let to = self.place_of(&pair.to, "distances.to");
            self.pair((from, to), pair.km.0, pair.from.referenced.line(), &mut pairs);
        }
        pairs.into_iter().map(|((from, to), metres)| StopDistance { from, to, metres }).collect()
    }

    /// Every pair of stops of a line is as far apart as their kilometres.
    fn line(&mut self, line: &LineRow, pairs: &mut Pairs) {
        let mut before: Vec<(Code, u32)> = Vec::new();
        for row in &line.stops {
            let stop = self.place_of(&row.stop, "lines.stops.stop");
            let metres = row.km.value.0;
            if before.last().is_some_and(|(_, last)| metres <= *last) {
                let said = "the stop lies no farther than the one before; write stops in order, with kilometres growing";
                self.form(&row.km, "lines.stops.km", said);
            }
            for (other, at) in &before {
                self.pair((*other, stop), metres.abs_diff(*at), row.stop.referenced.line(), pairs);
            }
            before.push((stop, metres));
        }
    }

    fn pair(&mut self, (one, other): (Code, Code), metres: u32, line: u64, pairs: &mut Pairs) {
        let key = (one.min(other), one.max(other));
        if one == other || pairs.insert(key, metres).is_some() {
            let said = format!(
                "{one} and {other} are one stop, or a pair that has its kilometres already; keep one"
            );
            self.wrong_at(line, "distances", Problem::Form { said });
        }
    }
}
