-- The waiting list and who it is carried over to, acts on many that can be undone, reminders, and addresses that bounce.

-- Who waits for a place, in the order of `since`.
create table waiting_entries (
    participant_id text primary key references participants (id),
    since text not null,                        -- since when they want to take part, also in an earlier round
    by_hand boolean not null                    -- a manager put them there: a place that opens passes them by
);

-- Who had no place, or asked for it, and was chosen for the next round. Everybody is carried over once.
create table carry_overs (
    participant_id text primary key references participants (id),   -- in the earlier round
    to_round text not null references rounds (id),
    person_id text not null references people (id),
    role text not null check (role in ('mentor', 'mentee')),
    reason text not null check (reason in ('no_place', 'no_pair', 'next_time')),
    since text,                                 -- their place in the line; null: asked again, without one
    carried_at text not null,
    unique (to_round, person_id)
);

-- Who said no for now, and wants to be asked in the next round.
create table next_times (
    participant_id text primary key references participants (id),
    asked_at text not null
);

-- How many leaders a round has room for. Without a row: as many as register.
create table leader_places (
    round_id text primary key references rounds (id),
    places bigint not null check (places between 1 and 100000),
    set_by text references people (id),
    set_at text not null
);

-- From now on a round without a row in `admissions` admits as many mentors as its leaders need. Rounds that are there go
-- on as they began.
insert into admissions (round_id, policy, set_at)
    select id, 'everybody', created_at from rounds
    where not exists (select 1 from admissions a where a.round_id = rounds.id);
insert into waiting_entries (participant_id, since, by_hand)
    select id, coalesce(registered_at, waiting_at, chosen_at), true from participants where state = 'waiting';

-- One act on many people, by one manager.
create table bulk_acts (
    id text primary key,
    round_id text not null references rounds (id),
    act text not null check (act in ('invite', 'ask_again', 'remind', 'admit', 'wait', 'take_out')),
    total bigint not null,
    done_by text references people (id),
    begun_at text not null,
    finished_at text,
    undone_at text,
    undone_by text references people (id)
);
create index bulk_acts_by_round on bulk_acts (round_id, begun_at);

-- On whom, and how they stood before and after.
create table bulk_rows (
    act_id text not null references bulk_acts (id),
    participant_id text not null references participants (id),
    outcome text check (outcome in ('done', 'passed', 'undone', 'kept')),   -- null: not yet; passed: stood elsewhere by then; kept: moved on before the undo
    before text,                                -- JSON of how they stood
    after text,
    letter text,                                -- the key of the letter that was written
    token_hash text,                            -- the personal link in it
    primary key (act_id, participant_id)
);
create index bulk_rows_to_do on bulk_rows (act_id, participant_id) where outcome is null;

-- Reminders that go out by themselves. Without a row: one, after seven days.
create table reminder_plans (
    round_id text primary key references rounds (id),
    days bigint not null check (days between 1 and 60),
    times bigint not null check (times between 0 and 2),
    set_by text references people (id),
    set_at text not null
);

-- Addresses to which the last letter could not be delivered.
create table bounces (
    address text primary key,
    at text not null,
    code text,                                  -- as in RFC 3463: 5.1.1
    words text not null,
    letter_id text references letters (id)
);
