-- Who holds which role on what. Rights are checked against this view and nothing else (kernel/rights.rs):
-- a row says "this person is <role> on the program, round, participant, proposal or pair <on_id>".
create view held_roles as
    select r.person_id, r.role, 'organization' as on_id from organization_roles r
union all
    select r.person_id, r.role, r.program_id from program_roles r
union all
    select r.person_id, r.role, rounds.id
    from program_roles r join rounds on rounds.program_id = r.program_id
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
