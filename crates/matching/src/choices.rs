//! Whom people chose themselves, in little memory: every id once, and 4 bytes a choice.

use std::collections::HashMap;

/// The lists of one side, each by the position of its owner.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choices {
    ids: Vec<String>,
    codes: HashMap<String, u32>,
    /// The position across of each id; [`UNKNOWN`] where nobody has it.
    positions: Vec<u32>,
    /// Codes of ids.
    list: Vec<u32>,
    /// Where each list starts and how long it is.
    spans: Vec<(usize, u32)>,
}

/// The position of nobody.
pub(crate) const UNKNOWN: u32 = u32::MAX;

impl Choices {
    /// Adds the list of the next person, best first. An empty one is none.
    pub fn push(&mut self, ids: &[String]) {
        self.spans.push((self.list.len(), ids.len() as u32));
        for id in ids {
            let code = match self.codes.get(id) {
                Some(&code) => code,
                None => {
                    let code = self.ids.len() as u32;
                    self.ids.push(id.clone());
                    self.codes.insert(id.clone(), code);
                    code
                }
            };
            self.list.push(code);
        }
    }

    /// Puts the lists in the order of these owners.
    pub fn reorder(&mut self, order: &[usize]) {
        self.spans = order.iter().map(|&at| self.spans[at]).collect();
    }

    /// Notes where the people stand who were chosen.
    pub fn find(&mut self, position: impl Fn(&str) -> Option<usize>) {
        let find = |id: &String| position(id).map_or(UNKNOWN, |at| at as u32);
        self.positions = self.ids.iter().map(find).collect();
    }

    /// The positions across of those whom a person chose, best first; [`UNKNOWN`] for who is not there. Nobody for who
    /// gave no list.
    pub fn of(&self, person: usize) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        self.codes(person).iter().map(|&code| self.positions[code as usize])
    }

    /// Their ids.
    pub fn ids_of(&self, person: usize) -> impl ExactSizeIterator<Item = &str> {
        self.codes(person).iter().map(|&code| self.ids[code as usize].as_str())
    }

    fn codes(&self, person: usize) -> &[u32] {
        let (start, length) = self.spans[person];
        &self.list[start..start + length as usize]
    }

    /// Whether a person gave a list.
    pub fn has(&self, person: usize) -> bool {
        self.spans[person].1 > 0
    }

    /// Whether anybody did.
    pub fn any(&self) -> bool {
        !self.list.is_empty()
    }
}
