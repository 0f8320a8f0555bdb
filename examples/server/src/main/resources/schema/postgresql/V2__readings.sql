-- Readings that are stored once, however often their message is delivered, and indexes for millions of them.

-- Ids are compared by code point, as in the library's tables.
alter table sensor_data alter column device_table_id type varchar(64) collate "C";

-- Readings of at most 2,000 bytes are in the index of their device, which then answers alone; longer ones, which no index takes, are in
-- long_readings, and readings is null.
alter table sensor_data alter column readings drop not null;

alter table sensor_data add column if not exists long_readings varchar(100000);

update sensor_data set long_readings = readings, readings = null where octet_length(readings) > 2000;

drop index if exists sensor_data_device_ix;

create index sensor_data_device_ix on sensor_data (device_table_id, measured_at, id) include (readings);

-- Rows come in the order of their time: the first and last time of each range of pages is enough to find the old ones.
drop index if exists sensor_data_time_ix;

create index sensor_data_time_ix on sensor_data using brin (measured_at) with (autosummarize = on);

-- The id that a message brought with it, unique for its device.
alter table sensor_data add column if not exists message_id varchar(64);

create unique index if not exists sensor_data_message_ix on sensor_data (message_id, device_table_id) where message_id is not null;

-- Rows are only added, and deleted when they are old: what matters is that the index knows soon that all may see them.
alter table sensor_data set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
