//! The forms of the kernel against the meaning of each step, and so against each other.

use super::*;

use crate::random::Random;

const COLUMNS: u32 = 12;

/// Codes of all sizes that a column may hold: below 16 in the first columns, below 32 in the next, then any.
fn columns(people: usize, random: &mut Random) -> Columns {
    let mut columns = Columns::new(people, COLUMNS as usize);
    for column in 0..COLUMNS {
        let end = [16, 32, 256][column as usize / 4];
        // Somebody without a value in a sum has the code for it, and everybody else 0.
        let code = |random: &mut Random| match column {
            7 => {
                if random.once_in(5) {
                    MISSING_SUM
                } else {
                    0
                }
            }
            _ => random.below(end) as u8,
        };
        (0..people).for_each(|person| columns.set(column, person, code(random)));
    }
    columns
}

/// Entries from nothing to the largest, more often at the edges.
fn table(random: &mut Random) -> Table16 {
    std::array::from_fn(|_| match random.below(6) {
        0 => 0,
        1 => 255,
        2 => 254,
        _ => random.below(60) as u8,
    })
}

fn sum_of(op: &Op, columns: &Columns, person: usize) -> u32 {
    let wide = |low: &Table16, high: &Table16, code: u8| match code {
        0..16 => low[usize::from(code)],
        _ => high[usize::from(code) - 16],
    };
    let counted = |terms: &[Term], tables: &[Table16]| {
        let entry = |term: &Term| tables[term.table as usize][usize::from(columns.get(term.column, person) & 15)];
        terms.iter().map(|term| u32::from(entry(term))).sum::<u32>().min(255) as u8
    };
    u32::from(match op {
        Op::Lookup { column, table } => table[usize::from(columns.get(*column, person))],
        Op::WideLookup { column, low, high } => wide(low, high, columns.get(*column, person)),
        Op::Compare { column, code, same, other, missing } => match columns.get(*column, person) {
            255 => *missing,
            found if found == *code => *same,
            _ => *other,
        },
        Op::Sum { terms, tables, missing, low, high } => {
            let count = counted(terms, tables).min(MOST_SUM);
            let count = missing.map_or(count, |column| count.max(columns.get(column, person)));
            wide(low, high, count)
        }
        Op::ShortSum { terms, tables, missing, table } => {
            let count = counted(terms, tables);
            let lacks = missing.is_some_and(|column| columns.get(column, person) == MISSING_SUM);
            table[usize::from(if lacks { MOST_SHORT_SUM + 1 } else { count })]
        }
        Op::Check => 0,
    })
}

/// Up to eight terms over columns of small codes, whose tables keep the sum as low as a short one has to be.
fn terms(random: &mut Random, most: u8) -> (Vec<Term>, Vec<Table16>) {
    let count = random.below(8);
    let each = usize::from(most) / count.max(1);
    let tables = (0..4).map(|_| std::array::from_fn(|_| random.below(each.min(200) + 1) as u8)).collect();
    let term = |random: &mut Random| Term { column: random.below(4) as u32, table: random.below(4) as u32 };
    ((0..count).map(|_| term(random)).collect(), tables)
}

#[test]
fn all_forms_add_up_the_same_at_every_edge() {
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let people = 1 + random.below(3_000);
        let columns = columns(people, &mut random);
        let long = [terms(&mut random, 255), terms(&mut random, 40)];
        let short = terms(&mut random, MOST_SHORT_SUM);
        let mut ops = Vec::new();
        for _ in 0..random.below(9) {
            let missing = random.once_in(2).then_some(7);
            ops.push(match random.below(6) {
                0 => Op::Lookup { column: random.below(4) as u32, table: table(&mut random) },
                1 => Op::WideLookup {
                    column: 4 + random.below(3) as u32,
                    low: table(&mut random),
                    high: table(&mut random),
                },
                2 => Op::Compare {
                    column: 8 + random.below(4) as u32,
                    code: random.below(255) as u8,
                    same: random.below(256) as u8,
                    other: random.below(40) as u8,
                    missing: random.below(256) as u8,
                },
                3 => {
                    let (terms, tables) = random.pick(&long);
                    Op::Sum { terms, tables, missing, low: table(&mut random), high: table(&mut random) }
                }
                4 => Op::ShortSum { terms: &short.0, tables: &short.1, missing, table: table(&mut random) },
                _ => Op::Check,
            });
        }
        let limit = [0, 1, 100, 200, 253, 254][random.below(6)];
        let start: Vec<[u8; TILE]> = (0..columns.tiles())
            .map(|_| std::array::from_fn(|_| if random.once_in(9) { 255 } else { random.below(50) as u8 }))
            .collect();
        let tiles: Vec<u32> = (0..columns.tiles() as u32).filter(|_| !random.once_in(4)).collect();
        let mut expected = Vec::new();
        for position in tiles.iter().flat_map(|&tile| tile * TILE as u32..(tile + 1) * TILE as u32) {
            let person = position as usize;
            let first = u32::from(start[person / TILE][person % TILE]);
            let sum = ops.iter().map(|op| sum_of(op, &columns, person)).sum::<u32>() + first;
            if sum <= u32::from(limit) {
                expected.push(Hit { position, sum: sum as u8 });
            }
        }
        let steps = Steps::over(&columns, ops.iter().copied());
        for &kernel in Kernel::known() {
            let mut hits = Vec::new();
            kernel.scan(Program { steps: &steps, skip: 0, start: &start, limit }, &columns, &tiles, &mut hits);
            assert_eq!(hits, expected, "seed {seed}, {kernel:?}");
        }
    }
}

#[test]
#[should_panic(expected = "a column that there is not")]
fn steps_over_columns_that_there_are_not_are_refused() {
    let columns = Columns::new(10, 2);
    Steps::over(&columns, [Op::Lookup { column: 2, table: [0; 16] }]);
}

#[test]
#[should_panic(expected = "a tile that there is not")]
fn tiles_that_there_are_not_are_refused() {
    let columns = Columns::new(10, 2);
    let steps = Steps::over(&columns, []);
    let program = Program { steps: &steps, skip: 0, start: &[[0; TILE]], limit: 1 };
    Kernel::Portable.scan(program, &columns, &[1], &mut Vec::new());
}
