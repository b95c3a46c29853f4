//! Codes of many people in the order in which a scan reads them.

/// People who are taken or left together.
pub(crate) const TILE: usize = 128;

/// Tiles that lie together in memory.
pub(crate) const BLOCK: usize = 8;

/// Codes of many people, block after block; in a block, one column beside the other.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    tiles: usize,
    columns: usize,
    codes: Vec<[u8; TILE]>,
}

impl Columns {
    /// All codes are 0.
    pub fn new(people: usize, columns: usize) -> Self {
        let tiles = people.div_ceil(TILE);
        Self { tiles, columns, codes: vec![[0; TILE]; tiles.div_ceil(BLOCK) * BLOCK * columns] }
    }

    pub fn tiles(&self) -> usize {
        self.tiles
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.columns
    }

    pub fn set(&mut self, column: u32, person: usize, code: u8) {
        let at = self.first(person / TILE) + column as usize * BLOCK;
        self.codes[at][person % TILE] = code;
    }

    pub fn get(&self, column: u32, person: usize) -> u8 {
        self.codes[self.first(person / TILE) + column as usize * BLOCK][person % TILE]
    }

    /// Where the first column of a tile is; each next one is [`BLOCK`] further.
    #[inline(always)]
    pub fn first(&self, tile: usize) -> usize {
        tile / BLOCK * BLOCK * self.columns + tile % BLOCK
    }

    /// All codes, a tile after the other as [`first`](Self::first) says.
    pub fn codes(&self) -> &[[u8; TILE]] {
        &self.codes
    }
}
