//! Whether a matching is stable, in code that shares nothing with how one is found.

use super::market::{Market, Preferences, Role, other};

/// Why pairs are not a stable matching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// A pair of people who do not both rank each other, or are not there at all.
    #[error("proposer {proposer} and receiver {receiver} do not rank each other")]
    Unacceptable {
        /// The proposer's position.
        proposer: u32,
        /// The receiver's position.
        receiver: u32,
    },
    /// A pair that stands there twice.
    #[error("proposer {proposer} and receiver {receiver} are a pair twice")]
    Repeated {
        /// The proposer's position.
        proposer: u32,
        /// The receiver's position.
        receiver: u32,
    },
    /// Somebody with more partners than places.
    #[error("{role} {person} has {partners} partners for {places} places")]
    TooManyPartners {
        /// The side.
        role: Role,
        /// The position.
        person: u32,
        /// How many partners.
        partners: u32,
        /// How many places.
        places: u32,
    },
    /// A pair outside the matching of whom each would take the other.
    #[error("proposer {proposer} and receiver {receiver} would rather meet each other")]
    Blocking {
        /// The proposer's position.
        proposer: u32,
        /// The receiver's position.
        receiver: u32,
    },
}

/// The first reason why the pairs (proposer, receiver) are not a stable matching; `None` when they are.
///
/// Takes time in proportion to the lists.
pub fn blocking_pair(market: &Market, pairs: &[(u32, u32)]) -> Option<Objection> {
    let proposers = Partners::of(market, Role::Proposer, pairs.iter().copied());
    let receivers =
        Partners::of(market, Role::Receiver, pairs.iter().map(|&(proposer, receiver)| (receiver, proposer)));
    let (proposers, receivers) = match (proposers, receivers) {
        (Ok(proposers), Ok(receivers)) => (proposers, receivers),
        (Err(objection), _) | (_, Err(objection)) => return Some(objection),
    };
    // The side that does well wants little, wherever it stands in the market.
    let wanted = |partners: &Partners| partners.reach.iter().sum::<usize>();
    let (asking, asked, role) = if wanted(&proposers) <= wanted(&receivers) {
        (&proposers, &receivers, Role::Proposer)
    } else {
        (&receivers, &proposers, Role::Receiver)
    };
    let (person, partner) = mutual_wish(market, role, asking, asked)?;
    let (proposer, receiver) = by_role(role, person, partner);
    Some(Objection::Blocking { proposer, receiver })
}

/// A person of the asking side and one across who want each other and are no pair.
fn mutual_wish(market: &Market, role: Role, asking: &Partners, asked: &Partners) -> Option<(u32, u32)> {
    let across = other(role);
    let mut wishes = Chains::new(asked.reach.len());
    for (person, list) in (0..).zip(market.preferences(role).lists()) {
        for &choice in &list[..asking.reach[person as usize]] {
            wishes.add(choice, person);
        }
    }
    let mut wishing = vec![u32::MAX; asking.reach.len()];
    for (choice, list) in (0..).zip(market.preferences(across).lists()) {
        wishes.each(choice, |person| wishing[person as usize] = choice);
        asked.chains.each(choice, |partner| wishing[partner as usize] = u32::MAX);
        let liked = &list[..asked.reach[choice as usize]];
        if let Some(&person) = liked.iter().find(|&&person| wishing[person as usize] == choice) {
            return Some((person, choice));
        }
    }
    None
}

/// The partners on one side.
struct Partners {
    /// By whom they belong to.
    chains: Chains,
    /// How far down their list each person would go: to the least liked partner, or to the end with a place left.
    reach: Vec<usize>,
}

impl Partners {
    /// From pairs that name the person of this side first.
    fn of(market: &Market, role: Role, pairs: impl Iterator<Item = (u32, u32)>) -> Result<Self, Objection> {
        let (lists, places) = (market.preferences(role), market.places(role));
        let across = market.places(other(role)).len();
        let mut chains = Chains::new(places.len());
        for (person, partner) in pairs {
            if person as usize >= places.len() || partner as usize >= across {
                return Err(unacceptable(role, person, partner));
            }
            chains.add(person, partner);
        }
        let mut partner_of = vec![u32::MAX; across];
        let reach =
            (0..).zip(places).map(|(person, &places)| reach(role, lists, &chains, &mut partner_of, person, places));
        let reach = reach.collect::<Result<_, _>>()?;
        Ok(Self { chains, reach })
    }
}

fn reach(
    role: Role,
    lists: &Preferences,
    chains: &Chains,
    partner_of: &mut [u32],
    person: u32,
    places: u32,
) -> Result<usize, Objection> {
    let (mut partners, mut twice) = (0, None);
    chains.each(person, |partner| {
        partners += 1;
        if std::mem::replace(&mut partner_of[partner as usize], person) == person {
            twice = Some(partner);
        }
    });
    if let Some(partner) = twice {
        let (proposer, receiver) = by_role(role, person, partner);
        return Err(Objection::Repeated { proposer, receiver });
    }
    if partners > places {
        return Err(Objection::TooManyPartners { role, person, partners, places });
    }
    let list = lists.of(person);
    let (mut ranked, mut least) = (0, 0);
    for (at, &choice) in list.iter().enumerate() {
        if partner_of[choice as usize] == person {
            partner_of[choice as usize] = u32::MAX;
            (ranked, least) = (ranked + 1, at + 1);
        }
    }
    if ranked < partners {
        let mut stranger = person;
        chains.each(person, |partner| {
            if partner_of[partner as usize] == person {
                stranger = partner;
            }
        });
        return Err(unacceptable(role, person, stranger));
    }
    Ok(if partners < places { list.len() } else { least })
}

fn unacceptable(role: Role, person: u32, partner: u32) -> Objection {
    let (proposer, receiver) = by_role(role, person, partner);
    Objection::Unacceptable { proposer, receiver }
}

fn by_role(role: Role, person: u32, partner: u32) -> (u32, u32) {
    match role {
        Role::Proposer => (person, partner),
        Role::Receiver => (partner, person),
    }
}

/// People by whom they belong to, as chains through one array.
struct Chains {
    /// The last link of each chain.
    last: Vec<usize>,
    /// Who it is, and the link before.
    links: Vec<(u32, usize)>,
}

const NO_LINK: usize = usize::MAX;

impl Chains {
    fn new(people: usize) -> Self {
        Self { last: vec![NO_LINK; people], links: Vec::new() }
    }

    fn add(&mut self, to: u32, person: u32) {
        let before = std::mem::replace(&mut self.last[to as usize], self.links.len());
        self.links.push((person, before));
    }

    fn each(&self, of: u32, mut visit: impl FnMut(u32)) {
        let mut link = self.last[of as usize];
        while link != NO_LINK {
            let (person, before) = self.links[link];
            visit(person);
            link = before;
        }
    }
}
