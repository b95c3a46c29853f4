//! Small symmetric matrices: the information of a model of at most a few dozen terms.

use std::ops::{Index, IndexMut};

/// A square matrix, rows one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    size: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// A matrix of zeros.
    #[must_use]
    pub fn zeros(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    /// The matrix whose upper triangle is `upper`, row by row, and whose lower one is its mirror.
    pub(crate) fn from_upper(size: usize, upper: &[f64]) -> Self {
        let mut matrix = Self::zeros(size);
        let mut cells = upper.iter();
        for row in 0..size {
            for column in row..size {
                let cell = cells.next().copied().unwrap_or_default();
                matrix[(row, column)] = cell;
                matrix[(column, row)] = cell;
            }
        }
        matrix
    }

    /// How many rows, and columns, it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// A row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..(row + 1) * self.size]
    }

    /// The diagonal.
    #[must_use]
    pub fn diagonal(&self) -> Vec<f64> {
        (0..self.size).map(|i| self[(i, i)]).collect()
    }

    /// The matrix times a vector.
    #[must_use]
    pub fn times(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.size).map(|row| dot(self.row(row), vector)).collect()
    }

    /// x' A x.
    #[must_use]
    pub fn form(&self, vector: &[f64]) -> f64 {
        dot(&self.times(vector), vector)
    }

    /// Adds x x' times a weight.
    pub(crate) fn add_square(&mut self, vector: &[f64], weight: f64) {
        for (row, left) in vector.iter().enumerate() {
            for (column, right) in vector.iter().enumerate() {
                self[(row, column)] += weight * left * right;
            }
        }
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        &self.cells[row * self.size + column]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        &mut self.cells[row * self.size + column]
    }
}

/// The sum of the products.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// A = L D L' of a symmetric positive definite A, with ones on the diagonal of L (Golub and Van Loan 2013, 4.1.2).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Factor {
    /// L below the diagonal, D on it.
    cells: Matrix,
}

impl Factor {
    /// Factors `matrix`.
    ///
    /// # Errors
    /// The rows that, up to the share `tolerance` of their diagonal, are combinations of earlier rows: the collinear
    /// terms of a model. A row of zeros, and one that holds what is no number, is among them.
    pub(crate) fn new(matrix: &Matrix, tolerance: f64) -> Result<Self, Vec<usize>> {
        let size = matrix.size();
        let mut cells = matrix.clone();
        let mut dependent = Vec::new();
        for j in 0..size {
            let pivot = cells[(j, j)];
            // Not `pivot <= ..`: what is no number is no pivot either.
            if !(pivot > tolerance * matrix[(j, j)] && pivot > 0.0 && pivot.is_finite()) {
                dependent.push(j);
                for i in j..size {
                    cells[(i, j)] = 0.0;
                }
                continue;
            }
            for i in j + 1..size {
                let share = cells[(i, j)] / pivot;
                for k in j + 1..=i {
                    let taken = share * cells[(k, j)];
                    cells[(i, k)] -= taken;
                }
            }
            for i in j + 1..size {
                cells[(i, j)] /= pivot;
            }
        }
        if dependent.is_empty() { Ok(Self { cells }) } else { Err(dependent) }
    }

    /// The x of A x = `right`.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let size = self.cells.size();
        let mut x = right.to_vec();
        for i in 0..size {
            x[i] -= dot(&self.cells.row(i)[..i], &x[..i]);
        }
        for i in (0..size).rev() {
            let above: f64 = (i + 1..size).map(|k| self.cells[(k, i)] * x[k]).sum();
            x[i] = x[i] / self.cells[(i, i)] - above;
        }
        x
    }

    /// x' A^-1 x.
    pub(crate) fn form(&self, x: &[f64]) -> f64 {
        dot(x, &self.solve(x))
    }

    /// A's inverse, symmetric to the last bit.
    pub(crate) fn inverse(&self) -> Matrix {
        let size = self.cells.size();
        let mut inverse = Matrix::zeros(size);
        for j in 0..size {
            let mut unit = vec![0.0; size];
            unit[j] = 1.0;
            let column = self.solve(&unit);
            for i in j..size {
                inverse[(i, j)] = column[i];
                inverse[(j, i)] = column[i];
            }
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Symmetric, with an inverse of whole numbers.
    fn known() -> Matrix {
        Matrix::from_upper(3, &[4.0, 2.0, 2.0, 5.0, 3.0, 6.0])
    }

    #[test]
    fn inverse_and_solution_are_those_of_the_matrix() {
        let factor = Factor::new(&known(), 1e-12).unwrap();
        let x = factor.solve(&known().times(&[1.0, -2.0, 3.0]));
        for (found, expected) in x.iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-14, "{found} for {expected}");
        }
        // The determinant is 64; the adjugate by hand.
        let inverse = factor.inverse();
        let adjugate = Matrix::from_upper(3, &[21.0, -6.0, -4.0, 20.0, -8.0, 16.0]);
        for i in 0..3 {
            for j in 0..3 {
                assert!((inverse[(i, j)] - adjugate[(i, j)] / 64.0).abs() < 1e-15, "{i} {j}");
            }
        }
    }

    #[test]
    fn names_the_rows_that_depend_on_earlier_ones() {
        // The second is twice the first, the third is free, the fourth the sum of the first and the third.
        let rows = [[1.0, 2.0, 0.5], [2.0, 4.0, 1.0], [0.3, 1.0, 2.0], [1.3, 3.0, 2.5]];
        let mut matrix = Matrix::zeros(4);
        for i in 0..4 {
            for j in 0..4 {
                matrix[(i, j)] = dot(&rows[i], &rows[j]);
            }
        }
        assert_eq!(Factor::new(&matrix, 1e-12), Err(vec![1, 3]));
        assert_eq!(Factor::new(&Matrix::zeros(2), 1e-12), Err(vec![0, 1]));
        let mut broken = known();
        broken[(1, 1)] = f64::NAN;
        assert!(Factor::new(&broken, 1e-12).is_err());
    }
}
