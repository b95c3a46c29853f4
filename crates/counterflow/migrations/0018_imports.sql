-- Where people files come from: each source with what its columns mean, what may happen without a question, and where
-- its reports go.
create table import_sources (
    id text primary key,
    name text not null,
    mapping text,                               -- TOML; null until somebody confirmed the columns of a file
    file_pattern text,                          -- names of files in the watched folder, * for anything; null: only uploads
    missing_policy text not null check (missing_policy in ('stay', 'leave')),
    most_leavers_percent bigint not null check (most_leavers_percent between 0 and 100),
    least_share_percent bigint not null check (least_share_percent between 0 and 100),
    letters_to text not null,                   -- JSON array of addresses
    created_by text references people (id),
    created_at text not null,
    removed_at text
);
create unique index import_sources_by_name on import_sources (name) where removed_at is null;

alter table imports add column source_id text references import_sources (id);
alter table imports add column arrival text check (arrival in ('upload', 'command', 'folder'));
alter table imports add column content_hash text;       -- SHA-256: the same bytes again are nothing new
alter table imports add column undo_asked_by text references people (id);
alter table imports add column undo_asked_at text;
alter table imports add column undone_at text;
alter table imports add column undo_report text;        -- JSON: who is back or kept, or what stood against it
create index imports_by_source on imports (source_id, content_hash);

-- What an import changes about each person: written at the check, kept after it so that the import can be undone, until
-- the next one changes something or 30 days are over.
create table import_changes (
    import_id text not null references imports (id),
    person_id text not null,                    -- no reference: whoever is new is not in the directory before the yes
    number bigint not null,                     -- in the order of the file
    kind text not null check (kind in ('new', 'changed', 'returns', 'leaves', 'missing')),
    line bigint,                                -- null: in no row
    name text not null,
    fields text not null,                       -- keys of the fields that differ, each between line ends
    before text,                                -- JSON; null: new
    after text not null,                        -- JSON
    own_zone text,                              -- the time zone in use before it was applied
    primary key (import_id, person_id)
);
create unique index import_changes_in_order on import_changes (import_id, number);

-- A file of the watched folder as it was last seen: one that is still being written differs at the next look.
create table folder_looks (
    file_name text primary key,
    size bigint not null,
    modified text not null,
    seen_at text not null
);
