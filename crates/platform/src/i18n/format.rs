//! Numbers, money and dates as people read them: `1.234`, `99,8%`, `Rp1.234.567`, `22 November 2026`, `07.30 WIB`.

use base::{CivilDate, CivilTime, Rupiah, Timestamp};

use super::{Language, Texts};

/// Formatting in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format(pub Language);

impl Format {
    /// An amount: `Rp1.234.567`, `−Rp3.500`. The same in both languages, because that is how it is written here.
    #[must_use]
    pub fn rupiah(self, amount: Rupiah) -> String {
        amount.to_string()
    }

    /// A whole number in groups of three: `1.234`, in English `1,234`; negative with a true minus sign.
    #[must_use]
    pub fn number(self, number: i64) -> String {
        let sign = if number < 0 { "\u{2212}" } else { "" };
        format!("{sign}{}", self.grouped(number.unsigned_abs()))
    }

    /// A count or a journal position: as [`Format::number`], for values without sign.
    #[must_use]
    pub fn count(self, number: u64) -> String {
        self.grouped(number)
    }

    /// A share in tenths of a per cent: 998 is `99,8%`, in English `99.8%`; whole shares have no decimal.
    #[must_use]
    pub fn permille(self, tenths: i64) -> String {
        let (whole, tenth) = (self.number(tenths / 10), (tenths % 10).unsigned_abs());
        let (_, decimal) = self.separators();
        if tenth == 0 { format!("{whole}%") } else { format!("{whole}{decimal}{tenth}%") }
    }

    /// A date: `22 November 2026`.
    #[must_use]
    pub fn date(self, date: CivilDate) -> String {
        let date = date.to_jiff();
        format!("{} {} {}", date.day(), self.month(date.month()), date.year())
    }

    /// A date with its day of the week: `Selasa, 24 November 2026`.
    #[must_use]
    pub fn long_date(self, date: CivilDate) -> String {
        let weekday = Texts::platform().get(self.0, &format!("platform-weekday-{}", date.weekday()));
        format!("{weekday}, {}", self.date(date))
    }

    /// A time of day: `07.30 WIB`.
    #[must_use]
    pub fn time(self, time: CivilTime) -> String {
        format!("{:02}.{:02} WIB", time.hour(), time.minute())
    }

    /// A time of day as logs need it: `07.31.04 WIB`.
    #[must_use]
    pub fn time_seconds(self, time: CivilTime) -> String {
        format!("{} WIB", self.clock(time))
    }

    /// The same without the zone, for columns that name it in their head: `07.31.04`.
    #[must_use]
    pub fn clock(self, time: CivilTime) -> String {
        format!("{:02}.{:02}.{:02}", time.hour(), time.minute(), time.second())
    }

    /// A moment: `22 November 2026, 07.30 WIB`.
    #[must_use]
    pub fn moment(self, at: Timestamp) -> String {
        format!("{}, {}", self.date(at.jakarta_date()), self.time(at.jakarta_time()))
    }

    fn month(self, month: i8) -> String {
        Texts::platform().get(self.0, &format!("platform-month-{month}"))
    }

    const fn separators(self) -> (char, char) {
        match self.0 {
            Language::Indonesian => ('.', ','),
            Language::English => (',', '.'),
        }
    }

    fn grouped(self, number: u64) -> String {
        let digits = number.to_string();
        let (group, _) = self.separators();
        let mut text = String::with_capacity(digits.len() * 2);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Format = Format(Language::Indonesian);
    const EN: Format = Format(Language::English);

    #[test]
    fn numbers_follow_the_language_and_rupiah_does_not() {
        assert_eq!((ID.number(1_234), EN.number(1_234)), ("1.234".into(), "1,234".into()));
        assert_eq!(ID.number(-48_210_337), "−48.210.337");
        assert_eq!(ID.count(0), "0");
        assert_eq!((ID.permille(998), EN.permille(998)), ("99,8%".into(), "99.8%".into()));
        assert_eq!(ID.permille(420), "42%");
        assert_eq!(ID.rupiah(Rupiah(1_234_567)), EN.rupiah(Rupiah(1_234_567)));
        assert_eq!(ID.rupiah(Rupiah(-3_500)), "−Rp3.500");
    }

    #[test]
    fn dates_and_times_read_as_in_print() {
        let at = Timestamp::parse("2026-11-24T07:31:04+07:00").unwrap();
        assert_eq!(ID.date(at.jakarta_date()), "24 November 2026");
        assert_eq!(ID.long_date(at.jakarta_date()), "Selasa, 24 November 2026");
        assert_eq!(EN.long_date(at.jakarta_date()), "Tuesday, 24 November 2026");
        assert_eq!(ID.date(CivilDate::parse("2026-08-02").unwrap()), "2 Agustus 2026");
        assert_eq!(ID.time(at.jakarta_time()), "07.31 WIB");
        assert_eq!(ID.time_seconds(at.jakarta_time()), "07.31.04 WIB");
        assert_eq!(EN.moment(at), "24 November 2026, 07.31 WIB");
    }
}
