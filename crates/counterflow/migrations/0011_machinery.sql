-- Work that is asked for again while it is done, and finished work that is forgotten.
alter table jobs add column again_at text;      -- asked for again while it ran: it runs once more, from then on
create index jobs_finished on jobs (kind, finished_at);

-- Letters that wait for an earlier one, and letters that are of no use any more.
alter table letters add column calendar_uid text;   -- which meeting the calendar object is about
alter table letters add column useless_after text;  -- from then on it is not sent: what it offers is over
alter table letters add column dropped_at text;     -- not sent, because it was of no use any more
create index letters_to_send on letters (address, calendar_uid) where state in ('queued', 'sending');

-- While the mail server does not answer there is one row, and no letter is tried.
create table mail_outage (
    id text primary key check (id = 'outage'),
    since text not null,
    tries bigint not null,
    next_at text not null,                          -- when it is tried again
    last_error text not null
);

-- Meetings to come have their own numbers, whatever two people press at the same moment. Past ones may share one: a
-- meeting noted as missed gave its number to another, and can still be corrected to held.
create unique index meetings_one_number on meetings (pair_id, number) where state in ('proposed', 'planned');
