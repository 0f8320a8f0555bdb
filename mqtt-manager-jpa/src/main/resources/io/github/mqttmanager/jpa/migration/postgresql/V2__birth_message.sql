-- The birth message of a broker. Can be run again without harm.

alter table mqtt_manager_broker add column if not exists birth_topic text;

alter table mqtt_manager_broker add column if not exists birth_payload bytea;

alter table mqtt_manager_broker add column if not exists birth_qos integer;

alter table mqtt_manager_broker add column if not exists birth_retain boolean;
