-- Uploads of people files, from the bytes to the confirmation.
create table imports (
    id text primary key,
    file_name text not null,
    content bytea,                              -- null once it is over: files are not kept
    file text not null,                         -- JSON: how it was read, its columns with guesses and examples
    sheet text,                                 -- the sheet of a workbook, where one was chosen
    mapping text not null,                      -- TOML
    mapping_from text not null check (mapping_from in ('guess', 'memory', 'person')),
    questions text not null,                    -- JSON: what only a person can say, before the file can be checked
    state text not null check (state in ('uploaded', 'checking', 'checked', 'applying', 'applied', 'cancelled', 'failed')),
    step text not null check (step in ('waiting', 'reading', 'comparing', 'writing')),
    counts text,                                -- JSON: how many are new, changed, unchanged, leaving, rejected
    report text,                                -- JSON: the counts, rejected rows, warnings, who leaves; null once it is over
    checked_again boolean not null,             -- the directory changed after somebody said yes: to be looked at again
    leavers_confirmed boolean not null,         -- somebody said yes to more than a tenth leaving
    rejected_kept_out boolean not null,         -- somebody said yes to importing without the rejected rows
    missing_leave boolean not null,             -- somebody said that whoever is missing from the file has left
    created_by text references people (id),     -- null: the command line
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
