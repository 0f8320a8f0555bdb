-- Readings that are stored once, however often their message is delivered. Can be run again without harm.

-- What does not fit into the index of PostgreSQL is in long_readings, and readings is null; here as well, so that there is one way.
alter table sensor_data alter column readings drop not null;

alter table sensor_data add column if not exists long_readings varchar(100000);

-- The id that a message brought with it, unique for its device.
alter table sensor_data add column if not exists message_id varchar(64);

create unique index if not exists sensor_data_message_ix on sensor_data (message_id, device_table_id);
