-- Work that is asked for again while it is done, and finished work that is forgotten.
alter table jobs add column again_at text;      -- asked for again while it ran: it runs once more, from then on
create index jobs_finished on jobs (kind, finished_at);
