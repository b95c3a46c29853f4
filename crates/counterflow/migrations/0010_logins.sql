-- From which networks somebody has signed in: guesses from elsewhere cannot lock them out there (kernel/limits.rs).
-- A keyed hash of the network, since nobody needs to read the address; forgotten half a year after its last use.
create table known_networks (
    person_id text not null references people (id),
    network_hash text not null,
    used_at text not null,
    primary key (person_id, network_hash)
);
create index known_networks_by_use on known_networks (used_at);
