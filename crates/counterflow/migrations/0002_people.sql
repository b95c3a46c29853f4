-- Uploads of people files, from the bytes to the confirmation.
create table imports (
    id text primary key,
    file_name text not null,
    content bytea not null,
    mapping text not null,                      -- TOML: guessed, then confirmed
    state text not null check (state in ('uploaded', 'checking', 'checked', 'applying', 'applied', 'cancelled', 'failed')),
    progress_done bigint not null,
    progress_of bigint not null,
    report text,                                -- JSON: counts, errors, warnings, questions
    confirmed_leavers boolean not null,         -- somebody said yes to more than a tenth leaving
    rejected_kept_out boolean not null,         -- somebody said yes to importing without the rejected rows
    created_by text references people (id),
    created_at text not null,
    finished_at text
);
create index imports_by_time on imports (created_at);

-- The mapping that was confirmed last for a set of headers.
create table remembered_mappings (
    headers_hash text primary key,
    mapping text not null,
    remembered_at text not null
);
