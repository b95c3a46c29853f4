-- From criteria to proposals.
create table match_runs (
    id text primary key,
    round_id text not null references rounds (id),
    number bigint not null,
    state text not null check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
    criteria text not null,                     -- TOML as it was used
    progress text not null,                     -- JSON: the steps that are done, with their milliseconds, and the present one
    cancel_requested_at text,
    outcome text,                               -- JSON: what the optimum reaches, sizes, who has nobody and why
    certificate text,                           -- JSON: dual prices
    failure text,                               -- JSON: what stood in the way
    version bigint not null,                    -- rises with each change of the draft
    created_by text references people (id),
    created_at text not null,
    finished_at text,
    unique (round_id, number),
    check ((state = 'done') = (outcome is not null and certificate is not null))
);
-- One run at a time works for a round.
create unique index match_runs_open on match_runs (round_id) where state in ('queued', 'running');

-- What a run read: kept, so that it can be repeated and its certificate checked whatever changes later.
create table match_inputs (
    run_id text primary key references match_runs (id),
    content text not null                       -- JSON: participants with the values that the criteria name, org lines, pinned and forbidden pairs
);

create table draft_pairs (
    run_id text not null references match_runs (id),
    mentor_id text not null references participants (id),
    mentee_id text not null references participants (id),
    score bigint not null check (score between 0 and 10000),
    rationale text not null,                    -- JSON of matching::Why
    origin text not null check (origin in ('optimum', 'pinned', 'swapped')),
    primary key (run_id, mentor_id, mentee_id)
);
create index draft_pairs_by_score on draft_pairs (run_id, score);

-- A manager's word on a pair, for all runs of the round.
create table match_marks (
    round_id text not null references rounds (id),
    mentor_id text not null references participants (id),
    mentee_id text not null references participants (id),
    mark text not null check (mark in ('pinned', 'forbidden')),
    marked_by text references people (id),
    marked_at text not null,
    primary key (round_id, mentor_id, mentee_id)
);

-- What managers did on a review board, in order; the last one that stands can be undone.
create table draft_changes (
    run_id text not null references match_runs (id),
    number bigint not null,
    change text not null,                       -- JSON: everything that is needed to take it back
    changed_by text not null references people (id),
    changed_at text not null,
    undone_by text references people (id),
    undone_at text,
    primary key (run_id, number)
);

create table proposals (
    id text primary key,
    round_id text not null references rounds (id),
    run_id text not null references match_runs (id),
    mentor_id text not null references participants (id),
    mentee_id text not null references participants (id),
    score bigint not null,
    rationale text not null,                    -- JSON of matching::Why
    state text not null check (state in ('proposed', 'accepted_by_first', 'accepted', 'declined', 'expired', 'withdrawn')),
    asked_first text not null check (asked_first in ('mentor', 'mentee', 'nobody')),
    sent_by text references people (id),
    sent_at text not null,
    expires_at text not null,                   -- until when whoever is asked now can answer
    second_asked_at text,                       -- only from here on does the other side know
    reminded_at text,                           -- whoever is asked now was reminded
    answered_at text,                           -- when it came to rest: accepted, declined, expired, withdrawn
    check ((answered_at is null) = (state in ('proposed', 'accepted_by_first')))
);
create unique index proposals_live on proposals (mentor_id, mentee_id) where state in ('proposed', 'accepted_by_first', 'accepted');
create index proposals_by_round on proposals (round_id, state);
create index proposals_by_mentor on proposals (mentor_id);
create index proposals_by_mentee on proposals (mentee_id);
create index proposals_open on proposals (expires_at) where state in ('proposed', 'accepted_by_first');

-- Why somebody said no: read by the program managers only, never by the other side.
create table declines (
    proposal_id text primary key references proposals (id),
    side text not null check (side in ('mentor', 'mentee')),
    reason text check (reason in ('too_close', 'topics', 'not_now', 'other')),
    words text,
    declined_at text not null
);
