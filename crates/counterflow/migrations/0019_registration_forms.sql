-- The registration form of a round, a row for each time it was changed. Without a row it is as its program began.
create table form_versions (
    round_id text not null references rounds (id),
    number bigint not null check (number >= 1),
    form text not null,                         -- JSON of enrollment::form::RegistrationForm
    changed_by text not null references people (id),
    changed_at text not null,
    primary key (round_id, number)
);
