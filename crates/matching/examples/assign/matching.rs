//! Whether everybody on the left can have a partner at all: as many pairs as possible along shortest augmenting paths
//! (Hopcroft and Karp 1973), or a set of left nodes that have too few neighbors (Hall 1935).

use std::collections::VecDeque;

use super::read::Assignment;

const NOBODY: u32 = u32::MAX;
const UNREACHED: u32 = u32::MAX;

struct Pairs<'a> {
    problem: &'a Assignment,
    /// The partners of the left and the right.
    left: Vec<u32>,
    right: Vec<u32>,
    /// Steps from a left node without a partner.
    layer: Vec<u32>,
    /// How many of the arcs of a left node have been tried in this phase.
    tried: Vec<usize>,
}

/// The left nodes of a set that has fewer neighbors than members, in order; `None` if everybody on the left can have a
/// partner.
pub fn deficient_set(problem: &Assignment) -> Option<Vec<usize>> {
    let nodes = problem.costs.len();
    let mut pairs = Pairs {
        problem,
        left: vec![NOBODY; nodes],
        right: vec![NOBODY; problem.right],
        layer: vec![UNREACHED; nodes],
        tried: vec![0; nodes],
    };
    loop {
        pairs.measure();
        pairs.tried.fill(0);
        let alone: Vec<u32> = pairs.alone().collect();
        let mut found = 0;
        for &node in &alone {
            found += usize::from(pairs.augment(node));
        }
        if found == alone.len() {
            return None;
        }
        if found == 0 {
            // Whom those alone can reach by swapping partners: all their neighbors are taken by one of them.
            return Some((0..nodes).filter(|&node| pairs.layer[node] != UNREACHED).collect());
        }
    }
}

/// How many nodes of the right side are neighbors of a set of left nodes, counted from the file's arcs alone.
pub fn neighbors(problem: &Assignment, set: &[usize]) -> usize {
    let mut neighbors: Vec<u32> = set.iter().flat_map(|&node| problem.costs[node].iter().map(|&(to, _)| to)).collect();
    neighbors.sort_unstable();
    neighbors.dedup();
    neighbors.len()
}

impl Pairs<'_> {
    fn alone(&self) -> impl Iterator<Item = u32> + use<'_> {
        (0..).zip(&self.left).filter(|&(_, &partner)| partner == NOBODY).map(|(node, _)| node)
    }

    /// Breadth first from all who are alone.
    fn measure(&mut self) {
        self.layer.fill(UNREACHED);
        let mut queue: VecDeque<u32> = self.alone().collect();
        queue.iter().for_each(|&node| self.layer[node as usize] = 0);
        while let Some(node) = queue.pop_front() {
            for &(to, _) in &self.problem.costs[node as usize] {
                let partner = self.right[to as usize];
                if partner != NOBODY && self.layer[partner as usize] == UNREACHED {
                    self.layer[partner as usize] = self.layer[node as usize] + 1;
                    queue.push_back(partner);
                }
            }
        }
    }

    /// Depth first along the layers to a free node of the right side; a stack of its own, for paths may be long.
    fn augment(&mut self, start: u32) -> bool {
        let mut path = vec![start];
        while let Some(&node) = path.last() {
            let at = node as usize;
            let Some(&(to, _)) = self.problem.costs[at].get(self.tried[at]) else {
                path.pop();
                continue;
            };
            self.tried[at] += 1;
            let partner = self.right[to as usize];
            if partner == NOBODY {
                // Everybody on the path takes the node across that was tried last.
                for &node in &path {
                    let (to, _) = self.problem.costs[node as usize][self.tried[node as usize] - 1];
                    self.left[node as usize] = to;
                    self.right[to as usize] = node;
                }
                return true;
            }
            if self.layer[partner as usize] == self.layer[at] + 1 {
                path.push(partner);
            }
        }
        false
    }
}
