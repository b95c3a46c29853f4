-- Who takes part, from being chosen to being admitted.
create table participants (
    id text primary key,
    round_id text not null references rounds (id),
    person_id text not null references people (id),
    role text not null check (role in ('mentor', 'mentee')),
    state text not null check (state in ('chosen', 'invited', 'registered', 'admitted', 'waiting', 'declined', 'withdrawn')),
    capacity bigint not null check (capacity between 1 and 10),
    chosen_at text not null,
    invited_at text,
    opened_at text,
    reminded_at text,
    reminders bigint not null default 0 check (reminders between 0 and 2),
    registered_at text,
    admitted_at text,
    waiting_at text,
    declined_at text,
    withdrawn_at text,
    unique (round_id, person_id, role)
);
create index participants_by_person on participants (person_id);

-- A personal link. Each letter carries one of its own, because only hashes are kept.
create table invitations (
    token_hash text primary key,
    participant_id text not null references participants (id),
    created_at text not null,
    expires_at text not null
);
create index invitations_by_participant on invitations (participant_id);

create table registrations (
    participant_id text primary key references participants (id),
    draft text,                                 -- JSON: what was typed and not sent yet, as it was typed
    answers text,                               -- JSON of enrollment::Answers, once sent
    commitment text,                            -- the words that were agreed to when it was sent
    saved_at text not null,
    submitted_at text
);

-- Whether whoever registers takes part at once. Without a row: everybody.
create table admissions (
    round_id text primary key references rounds (id),
    policy text not null check (policy in ('everybody', 'by_hand')),
    set_by text references people (id),
    set_at text not null
);
