-- Programs and their rounds.
create table programs (
    id text primary key,
    name text not null,
    template text not null,
    direction text not null check (direction in ('reverse', 'reciprocal', 'traditional', 'peer')),
    design text not null,                       -- JSON of programs::template::Template: objective, topics, agendas, check-ins, KPIs, texts
    version bigint not null,                    -- rises with each change of the design
    changed_by text references people (id),
    created_by text references people (id),
    created_at text not null,
    archived_at text
);

create table program_roles (
    program_id text not null references programs (id),
    person_id text not null references people (id),
    role text not null check (role in ('manager', 'sponsor')),
    granted_at text not null,
    granted_by text references people (id),
    primary key (program_id, person_id, role)
);
create index program_roles_by_person on program_roles (person_id);

create table rounds (
    id text primary key,
    program_id text not null references programs (id),
    number bigint not null,
    name text not null,
    stage text not null check (stage in ('design', 'enroll', 'match', 'launch', 'run', 'close', 'prove')),
    enroll_until text not null,
    starts_on text not null,
    ends_on text not null,
    meetings bigint not null check (meetings between 1 and 60),
    rhythm_days bigint not null check (rhythm_days between 1 and 180),
    meeting_minutes bigint not null check (meeting_minutes between 10 and 240),
    asking_order text not null check (asking_order in ('mentee_then_mentor', 'mentor_then_mentee', 'manager_decides')),
    answer_days bigint not null check (answer_days between 1 and 60),
    agreement_gate text not null check (agreement_gate in ('required', 'advised')),
    minimum_reporting_size bigint not null check (minimum_reporting_size >= 5),
    eligibility text not null,                  -- JSON: rules over directory fields, per role
    criteria text not null,                     -- TOML: the one form of criteria
    endorsement text,                           -- the sponsor's words, for invitations
    endorsed_by text references people (id),
    version bigint not null,                    -- rises with each change, so that two managers never overwrite each other silently
    changed_by text references people (id),
    created_at text not null,
    unique (program_id, number),
    check (enroll_until < starts_on and starts_on < ends_on),
    check ((endorsement is null) = (endorsed_by is null))
);

create table round_stages (
    round_id text not null references rounds (id),
    stage text not null,
    began_at text not null,
    begun_by text references people (id),
    primary key (round_id, stage)
);
