-- Brokers and devices of mqtt-manager, for MySQL 8.0 and MariaDB 10.6 or newer. Can be run again without harm.
-- Durations are in nanoseconds; columns that end in sealed hold encrypted secrets; times are in UTC. Texts are compared and ordered by code
-- point. Numbers come from tables, because MySQL has no sequences: see the documentation of storage.

create table if not exists mqtt_manager_broker_seq (
    id bigint not null auto_increment,
    constraint mqtt_manager_broker_seq_pk primary key (id)
) engine = innodb;

create table if not exists mqtt_manager_device_seq (
    id bigint not null auto_increment,
    constraint mqtt_manager_device_seq_pk primary key (id)
) engine = innodb;

create table if not exists mqtt_manager_broker (
    id varchar(64) not null,
    name varchar(100) not null,
    owner varchar(100),
    active bit(1) not null,
    version bigint not null,
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    endpoints text not null,
    transport varchar(32) not null,
    mqtt_version varchar(16) not null,
    client_identifier varchar(128) not null,
    keep_alive_ns bigint not null,
    username text,
    password_sealed mediumtext,
    tls_trust varchar(32) not null,
    tls_trust_value mediumtext,
    tls_verify_hostname bit(1) not null,
    tls_minimum_version varchar(16) not null,
    tls_client_certificate mediumtext,
    tls_client_key_sealed mediumtext,
    websocket_path text not null,
    websocket_headers_sealed mediumtext,
    proxy_type varchar(16),
    proxy_endpoint varchar(300),
    proxy_username text,
    proxy_password_sealed mediumtext,
    session_clean_start bit(1) not null,
    session_expiry_ns bigint not null,
    session_receive_maximum integer not null,
    session_maximum_packet_size integer not null,
    will_topic mediumtext,
    will_payload blob,
    will_qos integer,
    will_retain bit(1),
    will_delay_ns bigint,
    reconnect_initial_delay_ns bigint not null,
    reconnect_early_maximum_ns bigint not null,
    reconnect_early_phase_ns bigint not null,
    reconnect_late_maximum_ns bigint not null,
    reconnect_stable_after_ns bigint not null,
    constraint mqtt_manager_broker_pk primary key (id),
    index mqtt_manager_broker_owner_ix (owner, id)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists mqtt_manager_device (
    id varchar(64) not null,
    name varchar(100) not null,
    owner varchar(100),
    version bigint not null,
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    broker_id varchar(64) not null,
    topic_name varchar(64) not null,
    device_type varchar(50),
    telemetry_topics mediumtext not null,
    command_topic mediumtext,
    expected_interval_ns bigint not null,
    last_seen datetime(6),
    constraint mqtt_manager_device_pk primary key (id),
    constraint mqtt_manager_device_topic_uq unique (broker_id, topic_name),
    constraint mqtt_manager_device_broker_fk foreign key (broker_id) references mqtt_manager_broker (id),
    index mqtt_manager_device_owner_ix (owner, id),
    index mqtt_manager_device_broker_ix (broker_id, id)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

-- To an owner blanks at the end matter, so it needs one of the collations without padding. They have no name that both databases know.

set @nopad = (select max(collation_name) from information_schema.collations
    where collation_name in ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin'));

set @ddl = if(
    exists(select * from information_schema.columns
        where table_schema = database() and table_name = 'mqtt_manager_broker' and column_name = 'owner'
            and collation_name in ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin')),
    'do 0',
    concat('alter table mqtt_manager_broker modify owner varchar(100) character set utf8mb4 collate ', @nopad));

prepare mqtt_manager_ddl from @ddl;

execute mqtt_manager_ddl;

set @ddl = if(
    exists(select * from information_schema.columns
        where table_schema = database() and table_name = 'mqtt_manager_device' and column_name = 'owner'
            and collation_name in ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin')),
    'do 0',
    concat('alter table mqtt_manager_device modify owner varchar(100) character set utf8mb4 collate ', @nopad));

prepare mqtt_manager_ddl from @ddl;

execute mqtt_manager_ddl;

deallocate prepare mqtt_manager_ddl;
