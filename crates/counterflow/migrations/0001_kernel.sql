-- The organization, who may sign in, what happened, and work to be done.
-- Dialect: docs/decisions/0002. Ids are UUIDv7 as text, times UTC text of fixed width, days YYYY-MM-DD, JSON is text.

create table organization (
    id text primary key check (id = 'organization'),
    name text not null,
    time_zone text not null,
    created_at text not null
);

-- Random keys of this server, made at its first start (the form token's).
create table server_keys (
    name text primary key,
    value text not null
);

create table people (
    id text primary key,
    employee_id text unique,
    email text unique check (email = lower(email)),
    name text not null,
    sort_name text not null,
    search_text text,                   -- name, e-mail, department and title in lower case without accents; null: not filled yet
    title text,
    level bigint,
    level_label text,
    department text,
    location text,
    time_zone text,                     -- the person's own choice, or the directory's
    directory_time_zone text,           -- as the last import said it: only when that changes, the choice gives way
    languages text not null,            -- JSON array of text
    attributes text not null,           -- JSON object: every other column the organization keeps
    manager_id text references people (id) deferrable initially deferred,  -- an import writes people in any order
    started_on text,
    left_on text,
    status text not null check (status in ('active', 'on_leave', 'left')),
    theme text not null check (theme in ('system', 'light', 'dark')),
    created_at text not null,
    updated_at text not null
);
create index people_by_manager on people (manager_id);
create index people_by_name on people (sort_name, id);

create table organization_roles (
    person_id text not null references people (id),
    role text not null check (role in ('admin', 'program_starter')),
    granted_at text not null,
    granted_by text references people (id),
    primary key (person_id, role)
);

-- A login is a signed-in browser. The id itself is only in its cookie; here is its hash.
create table logins (
    id_hash text primary key,
    person_id text not null references people (id),
    created_at text not null,
    seen_at text not null,
    expires_at text not null
);
create index logins_by_person on logins (person_id);

create table passwords (
    person_id text primary key references people (id),
    phc text not null,
    set_at text not null
);

create table sign_in_links (
    token_hash text primary key,
    person_id text not null references people (id),
    created_at text not null,
    expires_at text not null,
    used_at text,
    continue_to text not null
);
create index sign_in_links_by_person on sign_in_links (person_id);

-- What happened: one row for every verb, in the verb's own transaction.
create table events (
    id text primary key,
    at text not null,
    kind text not null,
    actor_id text references people (id),      -- null: the server itself, or a visitor
    program_id text,
    round_id text,
    pair_id text,
    subject_id text,
    data text not null                          -- JSON, without anything private
);
create index events_by_round on events (round_id, at);
create index events_by_pair on events (pair_id, at);
create index events_by_at on events (at);

create table jobs (
    id text primary key,
    kind text not null,
    key text not null,                          -- the same work has the same key: it is never queued twice
    payload text not null,
    run_at text not null,
    attempts bigint not null,
    fence bigint not null,                      -- rises with each claim: only the latest claimant may finish
    leased_until text,
    finished_at text,
    dead_at text,
    last_error text,
    created_at text not null
);
create unique index jobs_open_key on jobs (kind, key) where finished_at is null and dead_at is null;
create index jobs_due on jobs (run_at) where finished_at is null and dead_at is null;

-- Letters are written in the verb's transaction and sent afterwards.
create table letters (
    id text primary key,
    key text not null unique,                   -- the business key: a letter is written once
    person_id text references people (id),
    address text not null,
    subject text not null,
    body_text text,                             -- null once sent: sent letters are not kept
    body_html text,
    calendar text,                              -- an iCalendar object, where the letter carries an invitation
    calendar_method text check (calendar_method in ('REQUEST', 'CANCEL')),
    message_id text not null unique,
    state text not null check (state in ('queued', 'sending', 'sent', 'dead')),
    attempts bigint not null,
    fence bigint not null,
    leased_until text,
    send_at text not null,
    sent_at text,
    maybe_twice boolean not null,               -- the server stopped between DATA and 250: it may have arrived before
    last_error text,
    created_at text not null
);
create index letters_due on letters (send_at) where state in ('queued', 'sending');
create index letters_by_person on letters (person_id, created_at);
