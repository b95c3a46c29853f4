-- Meetings: proposed times, one chosen, held or cancelled or missed by whom.
create table meetings (
    id text primary key,
    pair_id text not null references pairs (id),
    number bigint not null,
    -- withdrawn: taken back before a time was chosen, so nobody cancelled anything
    state text not null check (state in ('proposed', 'withdrawn', 'planned', 'held', 'cancelled', 'missed')),
    minutes bigint not null check (minutes between 10 and 240),
    starts_at text,                             -- set once a time is chosen
    organizer_zone text not null,               -- the zone in which the invitation is written
    sequence bigint not null,                   -- iTIP: rises with each change that attendees must hear of
    place text,                                 -- a video link or a room
    agenda text not null,                       -- JSON of programs::template::Agenda
    agenda_version bigint not null,             -- rises with each change of the agenda
    proposed_by text not null references people (id),
    proposed_at text not null,
    other_times_by text references people (id), -- who asked for other times, until they are offered
    other_times_at text,
    chosen_by text references people (id),
    chosen_at text,
    check ((state in ('proposed', 'withdrawn')) = (starts_at is null))
);
create index meetings_by_pair on meetings (pair_id, starts_at);
-- One question at a time: nobody has to look through several lists of times.
create unique index meetings_one_proposal on meetings (pair_id) where state = 'proposed';

create table meeting_times (
    meeting_id text not null references meetings (id),
    starts_at text not null,
    primary key (meeting_id, starts_at)
);

-- How it ended: one record, by somebody, about somebody.
create table meeting_outcomes (
    meeting_id text primary key references meetings (id),
    outcome text not null check (outcome in ('held', 'cancelled', 'missed')),
    minutes bigint,                             -- held: how long it was
    by_side text check (by_side in ('mentor', 'mentee', 'both')),   -- cancelled or missed: by whom
    notice_minutes bigint,                      -- cancelled: how long before the start
    recorded_by text references people (id),    -- null: the server, because the pair ended
    recorded_at text not null
);

create table meeting_moves (
    id text primary key,
    meeting_id text not null references meetings (id),
    from_at text not null,
    to_at text not null,
    by_side text not null check (by_side in ('mentor', 'mentee')),
    moved_by text not null references people (id),
    moved_at text not null
);
create index meeting_moves_by_meeting on meeting_moves (meeting_id);
