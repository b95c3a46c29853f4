-- A few questions to one person at one time, and the answers.
create table checkins (
    id text primary key,
    round_id text not null references rounds (id),
    pair_id text not null references pairs (id),
    meeting_id text references meetings (id),
    person_id text not null references people (id),
    side text not null check (side in ('mentor', 'mentee')),
    occasion text not null check (occasion in ('after_meeting', 'baseline', 'midpoint', 'endline')),
    questions text not null,                    -- JSON: as they were asked, with who can read each
    due_at text not null,
    token_hash text unique,
    answered_at text,
    created_at text not null
);
create unique index checkins_once on checkins (meeting_id, person_id, occasion);
create index checkins_by_person on checkins (person_id, answered_at);
create index checkins_by_round on checkins (round_id);

create table checkin_answers (
    checkin_id text not null references checkins (id),
    question text not null,
    scale bigint,
    words text,
    primary key (checkin_id, question)
);

create table nudges (
    pair_id text not null references pairs (id),
    person_id text not null references people (id),
    reason text not null,
    sent_by text references people (id),
    sent_at text not null,
    primary key (pair_id, person_id, sent_at)
);
