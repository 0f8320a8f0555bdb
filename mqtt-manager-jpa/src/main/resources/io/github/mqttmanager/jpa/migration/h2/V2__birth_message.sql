-- The birth message of a broker. Can be run again without harm.

alter table mqtt_manager_broker add column if not exists birth_topic varchar(1048576);

alter table mqtt_manager_broker add column if not exists birth_payload varbinary(65535);

alter table mqtt_manager_broker add column if not exists birth_qos integer;

alter table mqtt_manager_broker add column if not exists birth_retain boolean;
