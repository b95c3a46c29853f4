-- From criteria to proposals.
create table match_runs (
    id text primary key,
    round_id text not null references rounds (id),
    number bigint not null,
    state text not null check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
    criteria text not null,                     -- TOML as it was used
    step text not null,
    progress_done bigint not null,
    progress_of bigint not null,
    cancel_requested_at text,
    objective bigint,                           -- the proven optimum, in points
    outcome text,                               -- JSON: unmatched with reasons, counts, sizes
    certificate text,                           -- JSON: dual prices
    failure text,
    version bigint not null,                    -- rises with each change of the draft
    created_by text references people (id),
    created_at text not null,
    finished_at text,
    unique (round_id, number)
);

create table draft_pairs (
    run_id text not null references match_runs (id),
    mentor_id text not null references participants (id),
    mentee_id text not null references participants (id),
    score bigint not null,
    rationale text not null,                    -- JSON: each criterion's share with its facts
    origin text not null check (origin in ('optimum', 'pinned', 'swapped')),
    primary key (run_id, mentor_id, mentee_id)
);

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

create table proposals (
    id text primary key,
    round_id text not null references rounds (id),
    run_id text not null references match_runs (id),
    mentor_id text not null references participants (id),
    mentee_id text not null references participants (id),
    score bigint not null,
    rationale text not null,
    state text not null check (state in ('proposed', 'accepted_by_first', 'accepted', 'declined', 'expired', 'withdrawn')),
    asked_first text not null check (asked_first in ('mentor', 'mentee', 'nobody')),
    sent_at text not null,
    expires_at text not null,
    second_asked_at text,                       -- only from here on does the other side know
    answered_at text
);
create unique index proposals_live on proposals (mentor_id, mentee_id) where state in ('proposed', 'accepted_by_first', 'accepted');
create index proposals_by_round on proposals (round_id, state);

-- Why somebody said no: read by the program managers only, never by the other side.
create table declines (
    proposal_id text primary key references proposals (id),
    side text not null check (side in ('mentor', 'mentee')),
    reason text check (reason in ('too_close', 'topics', 'not_now', 'other')),
    words text,
    declined_at text not null
);
