-- Pairs, their agreement, and who acts for a leader.
create table pairs (
    id text primary key,
    round_id text not null references rounds (id),
    proposal_id text not null unique references proposals (id),
    mentor_id text not null references people (id),
    mentee_id text not null references people (id),
    state text not null check (state in ('active', 'paused', 'completed', 'ended_early')),
    rationale text not null,
    began_at text not null,
    ended_at text
);
create index pairs_by_round on pairs (round_id);
create index pairs_by_mentor on pairs (mentor_id);
create index pairs_by_mentee on pairs (mentee_id);

create table agreements (
    pair_id text primary key references pairs (id),
    version bigint not null,
    rhythm_days bigint not null,
    meeting_minutes bigint not null,
    words text not null,                        -- the text that both sign
    changed_by text references people (id),
    changed_at text not null
);

create table signatures (
    pair_id text not null references pairs (id),
    person_id text not null references people (id),
    version bigint not null,                    -- of the agreement: a change asks both again
    signed_name text not null,
    signed_at text not null,
    primary key (pair_id, person_id, version)
);

create table delegations (
    leader_id text not null references people (id),
    delegate_id text not null references people (id),
    granted_at text not null,
    granted_by text references people (id),
    primary key (leader_id, delegate_id),
    check (leader_id <> delegate_id)
);
create index delegations_by_delegate on delegations (delegate_id);
