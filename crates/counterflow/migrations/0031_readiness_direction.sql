-- A survey keeps the direction under which it was asked: its questions follow from it.
alter table readiness_surveys add column direction text not null default 'reverse'
    check (direction in ('reverse', 'reciprocal', 'traditional', 'peer'));
