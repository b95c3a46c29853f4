-- One of the two in a pair leads: proposes times and writes the agenda. The other chooses among the times.
create view pair_leads as
    select pairs.id as pair_id, pairs.state,
           case pairs.led_by when 'mentor' then pairs.mentor_id else pairs.mentee_id end as lead_id,
           case pairs.led_by when 'mentor' then pairs.mentee_id else pairs.mentor_id end as chooser_id
    from pairs;

-- Who keeps the calendar of the one who chooses, while the pair meets. Never the one who leads: they would choose among
-- their own times, also where the pair began after they had been named.
create view calendar_keepers as
    select pair_leads.pair_id, d.leader_id, d.delegate_id
    from delegations d join pair_leads on pair_leads.chooser_id = d.leader_id
    where pair_leads.state = 'active' and d.delegate_id <> pair_leads.lead_id;

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
    select pair_leads.lead_id, 'lead', pair_leads.pair_id from pair_leads
union all
    select pair_leads.chooser_id, 'chooser', pair_leads.pair_id from pair_leads
union all
    select k.delegate_id, 'delegate', k.pair_id from calendar_keepers k
union all
    select r.person_id, r.role, pairs.id
    from program_roles r
    join rounds on rounds.program_id = r.program_id
    join pairs on pairs.round_id = rounds.id
union all
    -- Questions are between one person and the counting: neither the other side nor a manager has a row here.
    select c.person_id, c.side, c.id from checkins c;
