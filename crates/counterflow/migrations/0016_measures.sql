-- When a round asks everybody at once, where a manager chose another day than the rule. No row: the rule.
create table round_waves (
    round_id text not null references rounds (id),
    occasion text not null check (occasion in ('midpoint', 'endline')),
    on_day text not null,
    primary key (round_id, occasion)
);

-- With how many pairs a round is planned, and how many percent of them are expected to answer. No row: as people register.
create table round_expectations (
    round_id text primary key references rounds (id),
    pairs bigint,                               -- null: as many as leaders are in
    answering bigint not null check (answering between 1 and 100)
);

-- Whether an organization is ready: a few questions before anybody is invited.
create table readiness_surveys (
    id text primary key,
    program_id text not null references programs (id),
    minimum bigint not null check (minimum >= 5),   -- results are shown from so many answers on
    asked bigint not null,                      -- how many people
    answered bigint not null,
    closes_on text not null,                    -- the last day
    created_by text not null references people (id),
    created_at text not null,
    reminded_at text,
    closed_at text
);
create unique index readiness_surveys_one_open on readiness_surveys (program_id) where closed_at is null;
create index readiness_surveys_by_program on readiness_surveys (program_id, created_at);

-- Who can still answer. A link is deleted with its answer, and all of them when the survey closes: no row says who answered.
create table readiness_links (
    token_hash text primary key,
    survey_id text not null references readiness_surveys (id),
    person_id text not null references people (id)
);
create index readiness_links_by_survey on readiness_links (survey_id, person_id);

-- Answers exist as counts alone: nobody's answers stand together, and no order or time tells whose they are.
create table readiness_counts (
    survey_id text not null references readiness_surveys (id),
    question text not null,
    answer text not null,                       -- 1 to 5, or the key of a reason
    people bigint not null,
    primary key (survey_id, question, answer)
);
