-- How people come into a round, whom others name, and how applications are read.

-- What the directory looks like: another stamp whenever somebody in it was changed. What is made of the whole directory
-- is kept as long as the stamp stays.
create table directory_stamp (
    id text primary key check (id = 'directory'),
    stamp text not null
);

-- How a side of a round is filled. Without a row: by invitation.
create table ways_in (
    round_id text not null references rounds (id),
    role text not null check (role in ('mentor', 'mentee')),
    way text not null check (way in ('open', 'invitation', 'nomination')),
    set_by text references people (id),
    set_at text not null,
    primary key (round_id, role)
);

-- The short word in the addresses that posters and intranet pages carry. It stays the same while the round lasts.
create table join_codes (
    round_id text primary key references rounds (id),
    code text not null unique,
    made_at text not null
);

-- Mentors of earlier rounds, who help to pick the next: they name people, and read applications.
create table mentor_leads (
    program_id text not null references programs (id),
    person_id text not null references people (id),
    granted_at text not null,
    granted_by text references people (id),
    primary key (program_id, person_id)
);
create index mentor_leads_by_person on mentor_leads (person_id);

create table nominations (
    id text primary key,
    round_id text not null references rounds (id),
    person_id text not null references people (id),
    role text not null check (role in ('mentor', 'mentee')),
    nominated_by text not null references people (id),
    words text,                                 -- for whoever is named
    reason text,                                -- a manager's, for naming somebody whom the rules leave out
    at text not null,
    unique (round_id, person_id, nominated_by)
);
create index nominations_by_nominator on nominations (nominated_by, round_id);

-- What applicants are asked, and how that is scored. Without a row: nobody is screened.
create table screenings (
    round_id text primary key references rounds (id),
    design text not null,                       -- JSON of enrollment::screening::Design: questions, and the lines of the rubric
    version bigint not null,                    -- rises with each change
    changed_by text references people (id),
    changed_at text not null
);

create table applications (
    participant_id text primary key references participants (id),
    answers text not null,                      -- JSON: each answer with its question
    submitted_at text not null
);

create table review_assignments (
    participant_id text not null references participants (id),
    reviewer_id text not null references people (id),
    assigned_at text not null,
    assigned_by text references people (id),    -- null: by the server, because two were far apart
    primary key (participant_id, reviewer_id)
);
create index review_assignments_by_reviewer on review_assignments (reviewer_id);

create table reviews (
    participant_id text not null references participants (id),
    reviewer_id text not null references people (id),
    scores text not null,                       -- JSON: for each line of the rubric 1 to 4, or null
    words text,
    saved_at text not null,
    submitted_at text,
    primary key (participant_id, reviewer_id)
);

-- Who holds which role on what, with two more: mentor leads, and reviewers, who see the application that they were given
-- and nothing else, as long as they are a manager or a mentor lead of the program.
drop view held_roles;
create view held_roles as
    select r.person_id, r.role, 'organization' as on_id from organization_roles r
union all
    select r.person_id, r.role, r.program_id from program_roles r
union all
    select r.person_id, r.role, rounds.id
    from program_roles r join rounds on rounds.program_id = r.program_id
union all
    select l.person_id, 'mentor_lead', l.program_id from mentor_leads l
union all
    select l.person_id, 'mentor_lead', rounds.id
    from mentor_leads l join rounds on rounds.program_id = l.program_id
union all
    select p.person_id, p.role, p.round_id
    from participants p where p.state in ('registered', 'admitted', 'waiting')
union all
    -- Whoever is chosen and not invited yet does not know of it.
    select p.person_id, p.role, p.id from participants p where p.state not in ('chosen', 'withdrawn')
union all
    select r.person_id, r.role, p.id
    from program_roles r
    join rounds on rounds.program_id = r.program_id
    join participants p on p.round_id = rounds.id
union all
    select a.reviewer_id, 'reviewer', a.participant_id
    from review_assignments a
    join participants p on p.id = a.participant_id
    join rounds on rounds.id = p.round_id
    where p.state not in ('chosen', 'declined', 'withdrawn') and p.person_id <> a.reviewer_id
      and (exists (select 1 from mentor_leads l
                   where l.program_id = rounds.program_id and l.person_id = a.reviewer_id)
        or exists (select 1 from program_roles r
                   where r.program_id = rounds.program_id and r.person_id = a.reviewer_id and r.role = 'manager'))
union all
    -- The side that is asked first sees a proposal at once; the other side only after a yes.
    select m.person_id, m.role, proposals.id
    from proposals join participants m on m.id in (proposals.mentor_id, proposals.mentee_id)
    where proposals.asked_first in (m.role, 'nobody') or proposals.second_asked_at is not null
union all
    select r.person_id, r.role, proposals.id
    from program_roles r
    join rounds on rounds.program_id = r.program_id
    join proposals on proposals.round_id = rounds.id
union all
    select pairs.mentor_id, 'mentor', pairs.id from pairs
union all
    select pairs.mentee_id, 'mentee', pairs.id from pairs
union all
    select d.delegate_id, 'delegate', pairs.id
    from delegations d join pairs on pairs.mentee_id = d.leader_id
    where pairs.state = 'active'
union all
    select r.person_id, r.role, pairs.id
    from program_roles r
    join rounds on rounds.program_id = r.program_id
    join pairs on pairs.round_id = rounds.id
union all
    -- Questions are between one person and the counting: neither the other side nor a manager has a row here.
    select c.person_id, c.side, c.id from checkins c;
