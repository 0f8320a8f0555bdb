-- Brokers and devices of mqtt-manager. Can be run again without harm.
-- Durations are in nanoseconds; columns that end in sealed hold encrypted secrets.

create sequence if not exists mqtt_manager_broker_seq start with 1 increment by 1;

create sequence if not exists mqtt_manager_device_seq start with 1 increment by 1;

create table if not exists mqtt_manager_broker (
    id varchar(64) not null,
    name varchar(100) not null,
    owner varchar(100),
    active boolean not null,
    version bigint not null,
    created_at timestamp(6) with time zone not null,
    updated_at timestamp(6) with time zone not null,
    endpoints varchar(5000) not null,
    transport varchar(32) not null,
    mqtt_version varchar(16) not null,
    client_identifier varchar(128) not null,
    keep_alive_ns bigint not null,
    username varchar(16000),
    password_sealed varchar(1048576),
    tls_trust varchar(32) not null,
    tls_trust_value varchar(1048576),
    tls_verify_hostname boolean not null,
    tls_minimum_version varchar(16) not null,
    tls_client_certificate varchar(1048576),
    tls_client_key_sealed varchar(1048576),
    websocket_path varchar(2000) not null,
    websocket_headers_sealed varchar(1048576),
    proxy_type varchar(16),
    proxy_endpoint varchar(300),
    proxy_username varchar(16000),
    proxy_password_sealed varchar(1048576),
    session_clean_start boolean not null,
    session_expiry_ns bigint not null,
    session_receive_maximum integer not null,
    session_maximum_packet_size integer not null,
    will_topic varchar(1048576),
    will_payload varbinary(65535),
    will_qos integer,
    will_retain boolean,
    will_delay_ns bigint,
    reconnect_initial_delay_ns bigint not null,
    reconnect_early_maximum_ns bigint not null,
    reconnect_early_phase_ns bigint not null,
    reconnect_late_maximum_ns bigint not null,
    reconnect_stable_after_ns bigint not null,
    constraint mqtt_manager_broker_pk primary key (id)
);

create index if not exists mqtt_manager_broker_owner_ix on mqtt_manager_broker (owner, id);

create table if not exists mqtt_manager_device (
    id varchar(64) not null,
    name varchar(100) not null,
    owner varchar(100),
    version bigint not null,
    created_at timestamp(6) with time zone not null,
    updated_at timestamp(6) with time zone not null,
    broker_id varchar(64) not null,
    topic_name varchar(64) not null,
    device_type varchar(50),
    telemetry_topics varchar(1048576) not null,
    command_topic varchar(1048576),
    expected_interval_ns bigint not null,
    last_seen timestamp(6) with time zone,
    constraint mqtt_manager_device_pk primary key (id),
    constraint mqtt_manager_device_topic_uq unique (broker_id, topic_name),
    constraint mqtt_manager_device_broker_fk foreign key (broker_id) references mqtt_manager_broker (id)
);

create index if not exists mqtt_manager_device_owner_ix on mqtt_manager_device (owner, id);

create index if not exists mqtt_manager_device_broker_ix on mqtt_manager_device (broker_id, id);
