-- The outbox: publishes that wait for their broker. Can be run again without harm.
-- Each number of the sequence stands for a block of 50 ids, of which each transaction takes whole ones.

create table if not exists mqtt_manager_outbox_seq (
    id bigint not null auto_increment,
    constraint mqtt_manager_outbox_seq_pk primary key (id)
) engine = innodb;

create table if not exists mqtt_manager_outbox (
    id bigint not null,
    broker_id varchar(64) not null,
    ordering_key varchar(64),
    topic mediumtext not null,
    payload longblob not null,
    qos integer not null,
    retain bit(1) not null,
    payload_is_text bit(1) not null,
    content_type mediumtext,
    response_topic mediumtext,
    correlation_data blob,
    user_properties mediumtext,
    created_at datetime(6) not null,
    expires_at datetime(6),
    constraint mqtt_manager_outbox_pk primary key (id),
    index mqtt_manager_outbox_broker_ix (broker_id, id)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
