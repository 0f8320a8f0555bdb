-- What was changed lately, noted by triggers, so that instances hear of the changes of others, whoever makes them. Can be run again without harm.
-- The transaction tells what a reader has not seen yet; the time, what is old. A last-seen time that alone is new is no change.

create table if not exists mqtt_manager_change (
    tx xid8 not null default pg_current_xact_id(),
    kind varchar(16) not null,
    entity_id varchar(64) collate "C" not null,
    changed_at timestamp(6) with time zone not null default now(),
    constraint mqtt_manager_change_pk primary key (tx, kind, entity_id)
);

create or replace function mqtt_manager_note_change() returns trigger language plpgsql set search_path from current as $$
begin
    insert into mqtt_manager_change (kind, entity_id)
        select tg_argv[0], ids.id from (values (old.id), (new.id)) ids (id) where ids.id is not null
        on conflict do nothing;
    return null;
end
$$;

create or replace trigger mqtt_manager_broker_change
    after insert or update or delete on mqtt_manager_broker
    for each row execute function mqtt_manager_note_change('broker');

create or replace trigger mqtt_manager_device_come_or_gone
    after insert or delete on mqtt_manager_device
    for each row execute function mqtt_manager_note_change('device');

create or replace trigger mqtt_manager_device_change
    after update on mqtt_manager_device
    for each row when (old.last_seen is not distinct from new.last_seen or old.updated_at <> new.updated_at
        or old.id <> new.id or old.broker_id <> new.broker_id or old.topic_name <> new.topic_name)
    execute function mqtt_manager_note_change('device');
