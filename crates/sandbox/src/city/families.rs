//! Who lives with whom, by age. Counts per group of age follow from the number of residents, so that every city has some
//! of everybody; only the grouping is chance.

use super::chance::Chance;

/// Groups of age: first and last age, and how many in a thousand residents who carry a card. Assumed; the share of people
/// of 60 and over lies between ten and twelve in a hundred, as published for the city.
const AGES: [(i64, i64, usize); 4] = [(4, 16, 160), (17, 24, 150), (25, 59, 580), (60, 84, 110)];

/// Places in [`AGES`].
const CHILDREN: usize = 0;
const YOUNG: usize = 1;
const ADULTS: usize = 2;
const OLD: usize = 3;

/// Sizes of households from 1 to 6, in a hundred.
const SIZES: [u64; 6] = [12, 18, 24, 25, 13, 8];

/// How many of each group are still to be housed.
struct Pools([u64; AGES.len()]);

impl Pools {
    fn of(count: usize) -> Self {
        let share = |(_, _, permille): (i64, i64, usize)| (count * permille + 500) / 1_000;
        let mut pools = AGES.map(|group| u64::try_from(share(group)).unwrap_or_default());
        let total = u64::try_from(count).unwrap_or_default();
        let others: u64 = pools.iter().sum::<u64>() - pools[ADULTS];
        // Rounding falls on the largest group.
        pools[ADULTS] = total.saturating_sub(others);
        Self(pools)
    }

    fn take(&mut self, group: usize) -> bool {
        let left = self.0.get_mut(group).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    }

    fn take_any(&mut self, chance: &mut Chance) -> Option<usize> {
        let group = chance.weighted(&self.0);
        self.take(group).then_some(group)
    }
}

/// Ages of the members of each household, the head's first; `count` people in all.
pub fn families(chance: &mut Chance, count: usize) -> Vec<Vec<i64>> {
    let mut pools = Pools::of(count);
    let mut families: Vec<Vec<i64>> = Vec::new();
    loop {
        // The old lead a household when no adult is left, and sometimes before.
        let heads = if chance.permille(120) { [OLD, ADULTS, YOUNG] } else { [ADULTS, OLD, YOUNG] };
        let Some(head) = heads.into_iter().find(|group| pools.take(*group)) else { break };
        let mut members = vec![age(chance, head)];
        for seat in 0..chance.weighted(&SIZES) {
            let partner = (seat == 0 && chance.permille(750) && pools.take(head)).then_some(head);
            let Some(group) = partner.or_else(|| pools.take_any(chance)) else { break };
            members.push(age(chance, group));
        }
        families.push(members);
    }
    // Children who are left over belong to somebody.
    while pools.take(CHILDREN) {
        let (child, index) = (age(chance, CHILDREN), chance.index(families.len()));
        if let Some(family) = families.get_mut(index) {
            family.push(child);
        }
    }
    families
}

fn age(chance: &mut Chance, group: usize) -> i64 {
    let (least, greatest, _) = AGES.get(group).copied().unwrap_or_default();
    chance.between(least, greatest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_housed_once_and_no_child_lives_alone() {
        for count in [20, 200, 1_234] {
            let families = families(&mut Chance::new(3, "families", 0), count);
            assert_eq!(families.iter().map(Vec::len).sum::<usize>(), count);
            assert!(families.iter().all(|family| family[0] >= 17));
            let old = families.iter().flatten().filter(|age| **age >= 60).count();
            assert!((100..=120).contains(&(old * 1_000 / count)), "{old} of {count}");
        }
    }
}
