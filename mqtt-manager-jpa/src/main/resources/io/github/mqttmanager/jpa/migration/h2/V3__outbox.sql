-- The outbox: publishes that wait for their broker. Can be run again without harm.
-- The sequence counts in steps, of which each transaction takes whole ones.

create sequence if not exists mqtt_manager_outbox_seq start with 1 increment by 50;

create table if not exists mqtt_manager_outbox (
    id bigint not null,
    broker_id varchar(64) not null,
    ordering_key varchar(64),
    topic varchar(1048576) not null,
    payload varbinary(1048576) not null,
    qos integer not null,
    retain boolean not null,
    payload_is_text boolean not null,
    content_type varchar(1048576),
    response_topic varchar(1048576),
    correlation_data varbinary(65535),
    user_properties varchar(1048576),
    created_at timestamp(6) with time zone not null,
    expires_at timestamp(6) with time zone,
    constraint mqtt_manager_outbox_pk primary key (id)
);

create index if not exists mqtt_manager_outbox_broker_ix on mqtt_manager_outbox (broker_id, id);
