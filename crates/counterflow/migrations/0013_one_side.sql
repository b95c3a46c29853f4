-- Nobody is on both sides of one round. Whoever was taken out may come back on the other one.
create unique index participants_one_side on participants (round_id, person_id) where state <> 'withdrawn';
