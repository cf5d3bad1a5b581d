//! What reaches the machines: commands, new and again, and reads.

use engine::Envelope;
use runtime::Class;

use super::{Phase, World};

impl World<'_> {
    /// Sends something new.
    pub(super) fn send(&mut self) {
        let now = self.progress.now();
        let (class, commands) = match self.phase {
            Phase::Business if self.weather.heavy && self.dice.permille(60) => {
                self.report.runs += 1;
                self.clients.run(now, &self.auditor.state)
            }
            Phase::Business => self.clients.next(now, &self.auditor.state),
            _ if self.oracle.open_count() > 0 => return self.retry(),
            Phase::Founding if self.oracle.len() == 0 => self.clients.opening(now),
            Phase::Founding => {
                self.phase = Phase::Funding;
                self.clients.funding(now, &self.auditor.state)
            }
            Phase::Funding => {
                self.phase = Phase::Business;
                return;
            }
        };
        for command in &commands {
            self.oracle.send(class, command);
        }
        self.enqueue(class, commands);
    }

    /// Sends again what was sent: what nobody answered, or anything, altered or under a new id at times.
    pub(super) fn retry(&mut self) {
        if self.phase != Phase::Business || self.dice.permille(600) {
            let open: Vec<_> = self.oracle.open().take(200).cloned().collect();
            let Some(class) = open.first().map(|sent| sent.class) else { return };
            let together = open.into_iter().filter(|sent| sent.class == class).map(|sent| sent.envelope);
            return self.enqueue(class, together.collect());
        }
        let place = self.dice.index(self.oracle.len());
        let Some(sent) = self.oracle.nth(place).cloned() else { return };
        let envelope = match self.dice.below(10) {
            0 => self.clients.altered(&sent.envelope),
            1 => self.clients.anew(self.progress.now(), &sent.envelope),
            _ => sent.envelope,
        };
        self.oracle.send(sent.class, &envelope);
        self.enqueue(sent.class, vec![envelope]);
    }

    /// One of the machines that lead as far as they know, if there is one that can be reached.
    pub(super) fn leading(&mut self) -> Option<usize> {
        let machines = 0..self.machines.len();
        let leading: Vec<usize> = machines.filter(|machine| self.runtime(*machine).is_some()).collect();
        leading.get(self.dice.index(leading.len())).copied()
    }

    pub(super) fn enqueue(&mut self, class: Class, commands: Vec<Envelope>) {
        let (count, seen) = (commands.len(), self.oracle.seen);
        let Some(machine) = self.leading() else { return };
        let Some(process) = self.process(machine) else { return };
        let Some(runtime) = process.runtime() else { return };
        let queued = runtime.handle().enqueue(class, commands.clone());
        let said = match &queued {
            Ok(_) => String::from("queued"),
            Err(busy) => busy.to_string(),
        };
        if let Ok(answers) = queued {
            process.waiting.push((seen, commands, answers));
        }
        self.say(|| format!("machine {machine}: {count} of class {} sent: {said}", class.name()));
    }

    pub(super) fn read(&mut self) {
        let seen = self.oracle.seen;
        let Some(process) = self.leading().and_then(|machine| self.process(machine)) else { return };
        if let Some(runtime) = process.runtime() {
            let handle = runtime.handle();
            let reading = async move { handle.read(|engine| engine.state.position).await };
            process.reading.push((seen, Box::pin(reading)));
        }
    }
}
