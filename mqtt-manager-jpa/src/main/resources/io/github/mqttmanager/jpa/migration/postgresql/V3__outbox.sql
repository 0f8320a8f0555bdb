-- The outbox: publishes that wait for their broker. Can be run again without harm.
-- The sequence counts in steps, of which each transaction takes whole ones.

create sequence if not exists mqtt_manager_outbox_seq start with 1 increment by 50;

create table if not exists mqtt_manager_outbox (
    id bigint not null,
    broker_id varchar(64) collate "C" not null,
    ordering_key varchar(64),
    topic text not null,
    payload bytea not null,
    qos integer not null,
    retain boolean not null,
    payload_is_text boolean not null,
    content_type text,
    response_topic text,
    correlation_data bytea,
    user_properties text,
    created_at timestamp(6) with time zone not null,
    expires_at timestamp(6) with time zone,
    constraint mqtt_manager_outbox_pk primary key (id)
);

create index if not exists mqtt_manager_outbox_broker_ix on mqtt_manager_outbox (broker_id, id);
