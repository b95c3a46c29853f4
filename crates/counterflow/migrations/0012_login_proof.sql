-- How somebody proved who they are: whoever came by an invitation's link, which works for weeks and is easily forwarded,
-- may register and no more than that.
alter table logins add column proof text not null default 'sign_in' check (proof in ('sign_in', 'invitation'));
