-- Two programs in which nobody takes part at the same time.
create table program_exclusions (
    program_id text not null references programs (id),
    other_id text not null references programs (id),
    set_by text references people (id),
    set_at text not null,
    primary key (program_id, other_id),
    check (program_id < other_id)
);
create index program_exclusions_by_other on program_exclusions (other_id);

-- People whom a program leaves out because of something that is no program here: the members of a shadow board.
create table outside_groups (
    id text primary key,
    program_id text not null references programs (id),
    name text not null,
    set_by text references people (id),
    set_at text not null,
    unique (program_id, name)
);
create table outside_members (
    group_id text not null references outside_groups (id) on delete cascade,
    person_id text not null references people (id),
    primary key (group_id, person_id)
);
create index outside_members_by_person on outside_members (person_id);

-- What a sponsor is asked to say at three moments of a round.
create table sponsor_prompts (
    round_id text not null references rounds (id),
    occasion text not null check (occasion in ('kickoff', 'midpoint', 'close')),
    sponsor_id text not null references people (id),
    written_at text not null,
    done_at text,
    primary key (round_id, occasion, sponsor_id)
);

-- Programs whose next round opens by itself.
create table evergreens (
    program_id text primary key references programs (id),
    every_days bigint not null check (every_days between 28 and 730),
    ahead_days bigint not null check (ahead_days between 7 and 180),
    set_by text references people (id),
    set_at text not null
);
