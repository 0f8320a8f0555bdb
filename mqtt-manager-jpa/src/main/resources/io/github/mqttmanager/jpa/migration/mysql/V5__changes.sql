-- What was changed lately, noted by triggers, so that instances hear of the changes of others, whoever makes them. Can be run again without harm.
-- The number tells what a reader has not seen yet; the time, in UTC, what is old. A last-seen time that alone is new is no change.

create table if not exists mqtt_manager_change (
    id bigint not null auto_increment,
    kind varchar(16) not null,
    entity_id varchar(64) not null,
    changed_at datetime(6) not null,
    constraint mqtt_manager_change_pk primary key (id)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create trigger if not exists mqtt_manager_broker_come after insert on mqtt_manager_broker for each row
    insert into mqtt_manager_change (kind, entity_id, changed_at) values ('broker', new.id, utc_timestamp(6));

create trigger if not exists mqtt_manager_broker_change after update on mqtt_manager_broker for each row
    insert into mqtt_manager_change (kind, entity_id, changed_at)
        select 'broker', new.id, utc_timestamp(6) union select 'broker', old.id, utc_timestamp(6);

create trigger if not exists mqtt_manager_broker_gone after delete on mqtt_manager_broker for each row
    insert into mqtt_manager_change (kind, entity_id, changed_at) values ('broker', old.id, utc_timestamp(6));

create trigger if not exists mqtt_manager_device_come after insert on mqtt_manager_device for each row
    insert into mqtt_manager_change (kind, entity_id, changed_at) values ('device', new.id, utc_timestamp(6));

create trigger if not exists mqtt_manager_device_change after update on mqtt_manager_device for each row
    insert into mqtt_manager_change (kind, entity_id, changed_at)
        select ids.kind, ids.id, ids.at from (
            select 'device' as kind, new.id as id, utc_timestamp(6) as at union select 'device', old.id, utc_timestamp(6)
        ) ids
        where old.last_seen <=> new.last_seen or old.updated_at <> new.updated_at
            or old.id <> new.id or old.broker_id <> new.broker_id or old.topic_name <> new.topic_name;

create trigger if not exists mqtt_manager_device_gone after delete on mqtt_manager_device for each row
    insert into mqtt_manager_change (kind, entity_id, changed_at) values ('device', old.id, utc_timestamp(6));
