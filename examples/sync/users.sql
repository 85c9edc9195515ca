-- What routes/sync/user-sync.camel.yaml reads, for PostgreSQL 12 or newer.

create table users (
    id bigint primary key,
    email text,
    first_name text,
    last_name text,
    plan text,
    marketing boolean not null default true,
    transactional boolean not null default true,
    created_at timestamptz not null default now(),
    -- Set instead of deleting the row: a row that is gone can be seen by nobody.
    deleted_at timestamptz,
    updated_at timestamptz not null default clock_timestamp()
);

-- The order in which the sync reads; without it each look reads the whole table.
create index users_changes on users (updated_at, id);

-- Every change moves a row behind the watermark.
create function users_touched() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end $$;

create trigger users_touched before update on users for each row execute function users_touched();

-- How far the sync has come. Set it back to have users published again.
create table cio_sync (
    name text primary key,
    updated_at timestamptz not null,
    id bigint not null
);

insert into cio_sync values ('users', '-infinity', 0);
