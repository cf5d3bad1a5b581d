//! Hiding small numbers so that nobody can work them out.
//!
//! A figure that stands for fewer people than the limit is hidden (primary). What is left must not give it away: the sums
//! at the edges and the other cells are equations, and everybody knows that a hidden figure is not nothing. So more cells
//! are hidden (secondary), the smallest first, until every hidden cell could be another number, and until the hidden cells
//! of a line stand for enough people together. A sum at the edge is a cell like any other.

/// A figure with the people behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figure {
    /// What is shown.
    pub value: i64,
    /// At least so many different people are behind it.
    pub people: i64,
}

impl Figure {
    /// Whether it stands for somebody, but for fewer people than the limit; also where it is rounded to nothing.
    const fn is_small(self, people_min: i64) -> bool {
        self.people > 0 && self.people < people_min
    }
}

/// A table of figures with its sums.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    /// Row by row; the last of each row is its sum, the last row are the sums of the columns.
    figures: Vec<Figure>,
    hidden: Vec<bool>,
    /// Shown elsewhere, so that hiding them here would hide nothing.
    shown: Vec<bool>,
}

impl Matrix {
    /// A table of `rows` × `columns` figures; `sums` gives the sums of rows, of columns and of all, whose people are not
    /// the sum of the cells' people.
    #[must_use]
    pub fn new(rows: usize, columns: usize, figure: impl Fn(Option<usize>, Option<usize>) -> Figure) -> Self {
        let axis = |count: usize| (0..count).map(Some).chain([None]);
        let figures: Vec<Figure> = axis(rows)
            .flat_map(|row| axis(columns).map(move |column| (row, column)))
            .map(|(row, column)| figure(row, column))
            .collect();
        let cells = figures.len();
        Self { rows, columns, figures, hidden: vec![false; cells], shown: vec![false; cells] }
    }

    /// Place of a cell; none is the sum.
    fn place(&self, row: Option<usize>, column: Option<usize>) -> usize {
        row.unwrap_or(self.rows) * (self.columns + 1) + column.unwrap_or(self.columns)
    }

    /// The figure of a cell; none while it is hidden.
    #[must_use]
    pub fn get(&self, row: Option<usize>, column: Option<usize>) -> Option<i64> {
        let place = self.place(row, column);
        let hidden = self.hidden.get(place).copied().unwrap_or(true);
        self.figures.get(place).filter(|_| !hidden).map(|figure| figure.value)
    }

    /// Says that a figure is shown elsewhere, or hidden there.
    pub fn decided_elsewhere(&mut self, row: Option<usize>, column: Option<usize>, hidden: bool) {
        let place = self.place(row, column);
        if let (Some(is_hidden), Some(shown)) = (self.hidden.get_mut(place), self.shown.get_mut(place)) {
            *is_hidden |= hidden;
            *shown = !hidden;
        }
    }

    /// Hides what must be hidden.
    pub fn hide(&mut self, people_min: i64) {
        for ((hidden, shown), figure) in self.hidden.iter_mut().zip(&self.shown).zip(&self.figures) {
            *hidden |= figure.is_small(people_min) && !shown;
        }
        loop {
            let next = match self.exposed() {
                Some(place) => self.rectangle(place).unwrap_or_else(|| self.places().collect()),
                None => match self.short_line(people_min) {
                    Some(place) => vec![place],
                    None => return,
                },
            };
            for place in next {
                if let Some(hidden) = self.hidden.get_mut(place) {
                    *hidden = true;
                }
            }
        }
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        0..self.figures.len()
    }

    const fn row_of(&self, place: usize) -> usize {
        place / (self.columns + 1)
    }

    const fn column_of(&self, place: usize) -> usize {
        place % (self.columns + 1)
    }

    fn is_hidden(&self, place: usize) -> bool {
        self.hidden.get(place).copied().unwrap_or(false)
    }

    /// A hidden cell that could be worked out. Where all are hidden none can.
    fn exposed(&self) -> Option<usize> {
        let all = self.hidden.iter().all(|hidden| *hidden);
        self.places().filter(|_| !all).find(|place| self.is_hidden(*place) && !self.is_open(*place))
    }

    /// The smallest cell to hide in a line whose hidden cells stand for too few people together.
    fn short_line(&self, people_min: i64) -> Option<usize> {
        let rows = (0..=self.rows).map(|row| self.line(|place| self.row_of(place) == row));
        let columns = (0..=self.columns).map(|column| self.line(|place| self.column_of(place) == column));
        let short = |line: &Vec<usize>| {
            let hidden = line.iter().filter(|place| self.is_hidden(**place));
            let people: i64 =
                hidden.clone().filter_map(|place| self.figures.get(*place)).map(|figure| figure.people).sum();
            hidden.count() > 0 && people < people_min
        };
        let lines = rows.chain(columns).filter(short);
        let smallest = |line: Vec<usize>| {
            let free = line.into_iter().filter(|place| !self.is_hidden(*place));
            free.filter_map(|place| Some((self.cost(place)?, place))).min()
        };
        lines.filter_map(smallest).min().map(|(_, place)| place)
    }

    fn line(&self, of: impl Fn(usize) -> bool) -> Vec<usize> {
        self.places().filter(|place| of(*place)).collect()
    }

    /// Whether a hidden cell could be another number than it is, for all that somebody who sees the rest can tell.
    fn is_open(&self, place: usize) -> bool {
        self.moves(place, true) || self.moves(place, false)
    }

    /// What a hidden figure is at least, as everybody knows: one, because nothing is shown as nothing.
    fn least(&self) -> i64 {
        let mut hidden = self.places().filter(|place| self.is_unknown(*place));
        i64::from(hidden.all(|place| self.value(place) > 0))
    }

    fn value(&self, place: usize) -> i64 {
        self.figures.get(place).map_or(0, |figure| figure.value)
    }

    /// Hidden here, and not shown elsewhere.
    fn is_unknown(&self, place: usize) -> bool {
        self.is_hidden(place) && !self.shown.get(place).copied().unwrap_or(false)
    }

    /// Whether a cell could be one more (`up`) or one less. With sums of rows and of columns counted negatively every line of
    /// the table adds up to nothing, so such a sum goes down where a cell goes up.
    fn goes(&self, place: usize, up: bool, least: i64) -> bool {
        let is_sum = (self.row_of(place) == self.rows) != (self.column_of(place) == self.columns);
        up != is_sum || self.value(place) > least
    }

    /// Whether there is a cycle of hidden cells through a cell along which one more here is one less there, so that no
    /// line tells.
    fn moves(&self, place: usize, up: bool) -> bool {
        let least = self.least();
        if !self.goes(place, up, least) {
            return false;
        }
        let goes = |other: usize, up| other != place && self.is_unknown(other) && self.goes(other, up, least);
        let goal = self.row_of(place);
        let mut seen = vec![false; self.columns + 1];
        let mut waiting = vec![self.column_of(place)];
        while let Some(column) = waiting.pop() {
            let against = self.places().filter(|other| self.column_of(*other) == column && goes(*other, !up));
            for row in against.map(|other| self.row_of(other)) {
                if row == goal {
                    return true;
                }
                let along = self.places().filter(|other| self.row_of(*other) == row && goes(*other, up));
                for next in along.map(|other| self.column_of(other)) {
                    if let Some(seen) = seen.get_mut(next).filter(|seen| !**seen) {
                        *seen = true;
                        waiting.push(next);
                    }
                }
            }
        }
        false
    }

    /// What hiding a cell costs: a sum more than any cell, a large figure more than a small one, nothing where it is hidden.
    /// None where hiding it would protect nothing.
    fn cost(&self, place: usize) -> Option<(u8, i64)> {
        if self.is_hidden(place) {
            return Some((0, 0));
        }
        let shown = self.shown.get(place).copied().unwrap_or(true);
        let Figure { value, people } = self.figures.get(place).copied().unwrap_or_default();
        let is_sum = self.row_of(place) == self.rows || self.column_of(place) == self.columns;
        (!shown && people > 0).then_some((u8::from(is_sum), value))
    }

    /// The three cells that make the cheapest rectangle with a cell along which it can move.
    fn rectangle(&self, place: usize) -> Option<Vec<usize>> {
        let least = self.least();
        let (row, column) = (self.row_of(place), self.column_of(place));
        let width = self.columns + 1;
        let rows = (0..=self.rows).filter(|other| *other != row);
        let corners = rows.flat_map(|other_row| {
            let columns = (0..=self.columns).filter(|other| *other != column);
            columns.map(move |other| {
                [row * width + other, other_row * width + column, other_row * width + other]
            })
        });
        let turns = |[beside, below, opposite]: &[usize; 3], up: bool| {
            let against = self.goes(*beside, !up, least) && self.goes(*below, !up, least);
            against && self.goes(place, up, least) && self.goes(*opposite, up, least)
        };
        let corners = corners.filter(|corners| turns(corners, true) || turns(corners, false));
        let priced = corners.filter_map(|corners| {
            let costs: Vec<(u8, i64)> = corners.iter().filter_map(|corner| self.cost(*corner)).collect();
            let sums: u8 = costs.iter().map(|cost| cost.0).sum();
            let values: i64 = costs.iter().map(|cost| cost.1).sum();
            (costs.len() == corners.len()).then_some(((sums, values), corners))
        });
        priced.min().map(|(_, corners)| corners.to_vec())
    }
}

/// Which figures of a line are hidden beside its sum, which is shown: the small ones, and the next larger until at least two
/// are hidden that stand for enough people together.
///
/// None where the line has no such figures: then nothing of it may be shown, not even which figures are nothing, because
/// the sum would tell the rest.
#[must_use]
pub fn hide_in_line(figures: &[Figure], people_min: i64) -> Option<Vec<bool>> {
    let mut hidden: Vec<bool> = figures.iter().map(|figure| figure.is_small(people_min)).collect();
    loop {
        let chosen = figures.iter().zip(&hidden).filter(|(_, hidden)| **hidden);
        let (count, people) =
            chosen.fold((0, 0), |(count, people), (one, _)| (count + 1, people + one.people));
        if count == 0 || (count > 1 && people >= people_min) {
            return Some(hidden);
        }
        let left = figures.iter().zip(&mut hidden).filter(|(figure, hidden)| figure.people > 0 && !**hidden);
        let (_, next) = left.min_by_key(|(figure, _)| figure.value)?;
        *next = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix of values that are people too, with true sums.
    fn matrix(values: &[&[i64]]) -> Matrix {
        let columns = values[0].len();
        Matrix::new(values.len(), columns, |row, column| {
            let rows = values.iter().enumerate().filter(|(index, _)| row.is_none_or(|row| row == *index));
            let cells = rows.flat_map(|(_, line)| {
                line.iter().enumerate().filter(|(index, _)| column.is_none_or(|column| column == *index))
            });
            let value = cells.map(|(_, value)| value).sum();
            Figure { value, people: value }
        })
    }

    fn cells(matrix: &Matrix) -> Vec<(Option<usize>, Option<usize>)> {
        let axis = |count: usize| (0..count).map(Some).chain([None]);
        axis(matrix.rows).flat_map(|row| axis(matrix.columns).map(move |column| (row, column))).collect()
    }

    /// What somebody who sees the table can work out: every line whose single hidden cell follows from the others, again
    /// and again.
    fn worked_out(matrix: &Matrix) -> Vec<(usize, usize)> {
        let (rows, columns) = (matrix.rows + 1, matrix.columns + 1);
        let mut unknown: Vec<usize> = matrix.places().filter(|place| matrix.is_hidden(*place)).collect();
        let mut found = Vec::new();
        loop {
            let before = unknown.len();
            let lines = (0..rows)
                .map(|row| (0..columns).map(|column| row * columns + column).collect::<Vec<_>>())
                .chain((0..columns).map(|column| (0..rows).map(|row| row * columns + column).collect()));
            for line in lines {
                let hidden: Vec<usize> = line.into_iter().filter(|place| unknown.contains(place)).collect();
                if let [only] = hidden.as_slice() {
                    found.push((only / columns, only % columns));
                    unknown.retain(|place| place != only);
                }
            }
            if unknown.len() == before {
                return found;
            }
        }
    }

    #[test]
    fn a_small_cell_is_hidden_with_the_smallest_companions_that_protect_it() {
        let mut matrix = matrix(&[&[100, 30, 50], &[40, 5, 60], &[70, 80, 90]]);
        matrix.hide(20);
        assert_eq!(matrix.get(Some(1), Some(1)), None);
        assert_eq!(worked_out(&matrix), []);
        let hidden = matrix.hidden.iter().filter(|hidden| **hidden).count();
        assert_eq!(hidden, 4, "one rectangle: {matrix:?}");
        assert_eq!(matrix.get(None, None), Some(525), "the sum of everything stays");
        assert_eq!(matrix.get(Some(2), Some(2)), Some(90));
    }

    #[test]
    fn nothing_is_hidden_where_nothing_is_small_and_nothing_is_not_small() {
        let mut matrix = matrix(&[&[100, 0], &[40, 60]]);
        matrix.hide(20);
        assert!(cells(&matrix).into_iter().all(|(row, column)| matrix.get(row, column).is_some()));
    }

    #[test]
    fn two_rectangles_joined_by_one_cell_do_not_give_that_cell_away() {
        // The hidden cells are two cycles and a bridge between them; the bridge follows from the sums.
        let values: [&[i64]; 4] = [&[5, 6, 90, 91], &[7, 8, 92, 93], &[94, 9, 11, 12], &[95, 96, 13, 14]];
        let mut matrix = matrix(&values);
        matrix.hide(20);
        for place in matrix.places().filter(|place| matrix.is_hidden(*place)) {
            assert!(matrix.is_open(place), "{place}");
        }
    }

    #[test]
    fn hidden_cells_of_a_line_stand_for_enough_people_together() {
        let mut matrix = matrix(&[&[3, 4, 50, 60], &[5, 6, 70, 80], &[30, 31, 32, 33]]);
        matrix.hide(20);
        for row in 0..3 {
            let line =
                matrix.places().filter(|place| matrix.row_of(*place) == row && matrix.is_hidden(*place));
            let people: i64 = line.map(|place| matrix.figures[place].people).sum();
            assert!(people == 0 || people >= 20, "row {row}: {people}");
        }
        assert_eq!(worked_out(&matrix), []);
    }

    #[test]
    fn no_random_table_gives_a_hidden_cell_away() {
        let mut seed = 7u64;
        let mut random = |most: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((seed >> 33) % most).unwrap()
        };
        for _ in 0..300 {
            let values: Vec<Vec<i64>> = (0..5)
                .map(|_| (0..6).map(|_| if random(3) == 0 { random(20) } else { random(400) }).collect())
                .collect();
            let lines: Vec<&[i64]> = values.iter().map(Vec::as_slice).collect();
            let mut matrix = matrix(&lines);
            matrix.hide(20);
            for (row, column) in cells(&matrix) {
                let place = matrix.place(row, column);
                let figure = matrix.figures[place];
                assert!(figure.value == 0 || figure.people >= 20 || matrix.is_hidden(place));
                assert!(!matrix.is_hidden(place) || matrix.is_open(place), "{matrix:?}");
            }
            assert_eq!(worked_out(&matrix), [], "{matrix:?}");
        }
    }

    #[test]
    fn a_figure_shown_elsewhere_is_not_what_protects() {
        let mut matrix = matrix(&[&[100, 5], &[40, 60]]);
        for column in [Some(0), Some(1), None] {
            matrix.decided_elsewhere(None, column, false);
        }
        matrix.hide(20);
        assert!([Some(0), Some(1), None].iter().all(|column| matrix.get(None, *column).is_some()));
        assert_eq!(worked_out(&matrix), []);
    }

    #[test]
    fn one_line_hides_a_second_figure() {
        let figure = |value| Figure { value, people: value };
        let line: Vec<Figure> = [50, 5, 30, 0, 90].map(figure).to_vec();
        assert_eq!(hide_in_line(&line, 20).unwrap(), [false, true, true, false, false]);
        assert_eq!(hide_in_line(&[figure(50), figure(0)], 20).unwrap(), [false, false]);
        assert_eq!(hide_in_line(&[figure(50), figure(3)], 20).unwrap(), [true, true]);
    }

    #[test]
    fn a_line_whose_small_figure_nothing_protects_is_not_shown() {
        let figure = |value| Figure { value, people: value };
        assert_eq!(hide_in_line(&[figure(3)], 20), None, "it is the sum");
        assert_eq!(hide_in_line(&[figure(3), figure(0), figure(0)], 20), None, "so it is beside zeros");
        assert_eq!(hide_in_line(&[figure(3), figure(4)], 20), None, "all of it is small");
        let rounded = [Figure { value: 0, people: 2 }, figure(60), figure(30)];
        assert_eq!(
            hide_in_line(&rounded, 20).unwrap(),
            [true, false, true],
            "rounded to nothing, not nobody"
        );
    }

    #[test]
    fn no_hidden_figure_follows_from_what_a_random_table_shows() {
        let mut seed = 11u64;
        let mut random = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((seed >> 33) % u64::try_from(most).unwrap()).unwrap()
        };
        for round in 0..3_000 {
            let (rows, columns) = (2 + random(4), 1 + random(6));
            let mut value = || match random(4) {
                0 => 0,
                1 => 1 + random(3),
                2 => 1 + random(30),
                _ => random(400),
            };
            let values: Vec<Vec<i64>> =
                (0..rows).map(|_| (0..columns).map(|_| i64::try_from(value()).unwrap()).collect()).collect();
            let lines: Vec<&[i64]> = values.iter().map(Vec::as_slice).collect();
            let mut matrix = matrix(&lines);
            // Every other table is one whose sums of columns are shown or hidden as a line of their own.
            let sums: Vec<Figure> =
                (0..columns).map(|column| matrix.figures[matrix.place(None, Some(column))]).collect();
            if let Some(hidden) = hide_in_line(&sums, 20).filter(|_| round % 2 == 0) {
                for (column, hidden) in hidden.into_iter().enumerate() {
                    matrix.decided_elsewhere(None, Some(column), hidden);
                }
                matrix.decided_elsewhere(None, None, false);
            }
            matrix.hide(20);
            for place in matrix.places() {
                let (figure, is_hidden) = (matrix.figures[place], matrix.is_hidden(place));
                assert!(is_hidden || matrix.shown[place] || !figure.is_small(20), "{place} of {matrix:?}");
            }
            let all = matrix.hidden.iter().all(|hidden| *hidden);
            let told =
                matrix.places().find(|place| !all && matrix.is_hidden(*place) && !matrix.is_open(*place));
            assert_eq!(told, None, "{values:?} {:?}", matrix.hidden);
        }
    }

    /// Hidden cells that are the same in every table that looks like this one: tried one by one.
    fn the_same_in_all(matrix: &Matrix, most: i64) -> Vec<usize> {
        let unknown: Vec<usize> = matrix
            .places()
            .filter(|place| matrix.row_of(*place) < matrix.rows && matrix.column_of(*place) < matrix.columns)
            .filter(|place| matrix.is_hidden(*place))
            .collect();
        let mut found: Vec<std::collections::BTreeSet<i64>> =
            vec![std::collections::BTreeSet::new(); unknown.len()];
        let mut tried: Vec<i64> = vec![1; unknown.len()];
        loop {
            let value = |place: usize| {
                unknown
                    .iter()
                    .position(|one| *one == place)
                    .map_or(matrix.figures[place].value, |one| tried[one])
            };
            let sum = |row: Option<usize>, column: Option<usize>| -> i64 {
                let rows = row.map_or(0..matrix.rows, |row| row..row + 1);
                let columns = column.map_or(0..matrix.columns, |column| column..column + 1);
                rows.flat_map(|row| columns.clone().map(move |column| (row, column)))
                    .map(|(row, column)| value(matrix.place(Some(row), Some(column))))
                    .sum()
            };
            let sums = cells(matrix).into_iter().filter(|(row, column)| row.is_none() || column.is_none());
            let mut shown = sums.filter(|(row, column)| !matrix.is_hidden(matrix.place(*row, *column)));
            if shown.all(|(row, column)| sum(row, column) == matrix.figures[matrix.place(row, column)].value)
            {
                found.iter_mut().zip(&tried).for_each(|(found, tried)| found.extend([*tried]));
            }
            let Some(next) = tried.iter().position(|tried| *tried < most) else { break };
            tried[..next].fill(1);
            tried[next] += 1;
        }
        unknown.into_iter().zip(found).filter(|(_, found)| found.len() == 1).map(|(place, _)| place).collect()
    }

    #[test]
    fn trying_every_table_finds_no_hidden_figure_either() {
        let mut exposed = matrix(&[&[4, 1, 6], &[7, 8, 9]]);
        exposed.hidden[1] = true;
        assert_eq!(the_same_in_all(&exposed, 10), [1], "a lone hidden figure follows from its row");
        let mut seed = 5u64;
        for _ in 0..400 {
            let mut random = |most: u64| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                i64::try_from((seed >> 33) % most).unwrap()
            };
            let values: Vec<Vec<i64>> = (0..2).map(|_| (0..3).map(|_| random(6)).collect()).collect();
            let lines: Vec<&[i64]> = values.iter().map(Vec::as_slice).collect();
            let mut matrix = matrix(&lines);
            matrix.hide(3);
            if matrix.hidden.iter().any(|hidden| !*hidden) {
                assert_eq!(
                    the_same_in_all(&matrix, 6),
                    Vec::<usize>::new(),
                    "{values:?} {:?}",
                    matrix.hidden
                );
            }
        }
    }
}
