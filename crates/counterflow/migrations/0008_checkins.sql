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
    due_at text not null,                       -- until when it can be answered
    reminded_at text,
    answered_at text,
    created_at text not null
);
create unique index checkins_once on checkins (meeting_id, person_id, occasion);
create unique index checkins_wave_once on checkins (pair_id, person_id, occasion) where meeting_id is null;
create index checkins_by_person on checkins (person_id, answered_at);
create index checkins_by_round on checkins (round_id);
create index checkins_to_remind on checkins (created_at) where answered_at is null and reminded_at is null;

-- A link lets its holder answer one check-in without signing in, and nothing else. Only its hash is kept. Letter and
-- reminder carry one each; none works once the check-in is answered or due.
create table checkin_links (
    token_hash text primary key,
    checkin_id text not null references checkins (id),
    created_at text not null
);
create index checkin_links_by_checkin on checkin_links (checkin_id);

create table checkin_answers (
    checkin_id text not null references checkins (id),
    question text not null,
    scale bigint,                               -- 1 to 5; for yes or no 1 or 0
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
create index nudges_by_person on nudges (person_id, sent_at);
