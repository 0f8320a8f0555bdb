-- What was changed lately, noted by the repositories, so that other processes hear of it. Can be run again without harm.
-- Not by triggers: on H2 those are Java classes, which a tool of somebody else would not have.

create table if not exists mqtt_manager_change (
    id bigint generated always as identity,
    kind varchar(16) not null,
    entity_id varchar(64) not null,
    changed_at timestamp(6) with time zone default current_timestamp not null,
    constraint mqtt_manager_change_pk primary key (id)
);
