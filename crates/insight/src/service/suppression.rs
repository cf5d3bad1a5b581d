//! Hiding small numbers so that nobody can work them out.
//!
//! A figure that stands for fewer people than the limit is hidden (primary). What is left must not give it away: the sums
//! at the edges and the other cells are equations, and a hidden cell that lies on no cycle of hidden cells could be
//! computed from them. So more cells are hidden (secondary), the smallest first, until every hidden cell lies on a cycle,
//! and until the hidden cells of a line stand for enough people together. A sum at the edge is a cell like any other.

/// A figure with the people behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figure {
    /// What is shown.
    pub value: i64,
    /// At least so many different people are behind it.
    pub people: i64,
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
            *hidden |= figure.value > 0 && figure.people < people_min && !shown;
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
        self.places().filter(|_| !all).find(|place| self.is_hidden(*place) && !self.is_on_cycle(*place))
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

    /// Whether a hidden cell's row and column are joined by other hidden cells: then every change of it can be made good
    /// along the cycle and no sum tells.
    fn is_on_cycle(&self, place: usize) -> bool {
        let (start, goal) = (self.row_of(place), self.column_of(place));
        let mut rows = vec![false; self.rows + 1];
        let mut columns = vec![false; self.columns + 1];
        let mut waiting = vec![start];
        if let Some(seen) = rows.get_mut(start) {
            *seen = true;
        }
        while let Some(row) = waiting.pop() {
            let cells = self
                .places()
                .filter(|other| self.row_of(*other) == row && *other != place && self.is_hidden(*other));
            for column in cells.map(|other| self.column_of(other)) {
                if column == goal {
                    return true;
                }
                let Some(seen) = columns.get_mut(column).filter(|seen| !**seen) else { continue };
                *seen = true;
                for other in
                    self.places().filter(|other| self.column_of(*other) == column && self.is_hidden(*other))
                {
                    if let Some(seen) = rows.get_mut(self.row_of(other)).filter(|seen| !**seen) {
                        *seen = true;
                        waiting.push(self.row_of(other));
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
        let value = self.figures.get(place).map_or(0, |figure| figure.value);
        let is_sum = self.row_of(place) == self.rows || self.column_of(place) == self.columns;
        (!shown && value > 0).then_some((u8::from(is_sum), value))
    }

    /// The three cells that make the cheapest rectangle with a cell: a cycle it then lies on.
    fn rectangle(&self, place: usize) -> Option<Vec<usize>> {
        let (row, column) = (self.row_of(place), self.column_of(place));
        let width = self.columns + 1;
        let rows = (0..=self.rows).filter(|other| *other != row);
        let corners = rows.flat_map(|other_row| {
            let columns = (0..=self.columns).filter(|other| *other != column);
            columns.map(move |other| {
                [row * width + other, other_row * width + column, other_row * width + other]
            })
        });
        let priced = corners.filter_map(|corners| {
            let costs: Vec<(u8, i64)> = corners.iter().filter_map(|corner| self.cost(*corner)).collect();
            let sums: u8 = costs.iter().map(|cost| cost.0).sum();
            let values: i64 = costs.iter().map(|cost| cost.1).sum();
            (costs.len() == corners.len()).then_some(((sums, values), corners))
        });
        priced.min().map(|(_, corners)| corners.to_vec())
    }
}

/// The same for one line of figures beside its sum, which is shown.
#[must_use]
pub fn hide_in_line(figures: &[Figure], people_min: i64) -> Vec<bool> {
    let mut hidden: Vec<bool> =
        figures.iter().map(|figure| figure.value > 0 && figure.people < people_min).collect();
    loop {
        let of = |hidden: &[bool]| -> (usize, i64) {
            let chosen = figures.iter().zip(hidden).filter(|(_, hidden)| **hidden);
            chosen.fold((0, 0), |(count, people), (figure, _)| (count + 1, people + figure.people))
        };
        let (count, people) = of(&hidden);
        if count == 0 || (count > 1 && people >= people_min) {
            return hidden;
        }
        let left = figures
            .iter()
            .enumerate()
            .filter(|(index, figure)| figure.value > 0 && !hidden.get(*index).copied().unwrap_or(true));
        let Some(next) = left.min_by_key(|(_, figure)| figure.value).map(|(index, _)| index) else {
            return hidden;
        };
        if let Some(cell) = hidden.get_mut(next) {
            *cell = true;
        }
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
            assert!(matrix.is_on_cycle(place), "{place}");
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
                assert!(!matrix.is_hidden(place) || matrix.is_on_cycle(place), "{matrix:?}");
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
        assert_eq!(hide_in_line(&line, 20), [false, true, true, false, false]);
        assert_eq!(hide_in_line(&[figure(50), figure(0)], 20), [false, false]);
        assert_eq!(hide_in_line(&[figure(50), figure(3)], 20), [true, true]);
    }
}
