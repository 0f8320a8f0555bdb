-- Where a device says that it has come or gone. Can be run again without harm.

alter table mqtt_manager_device add column if not exists availability_topic text;

alter table mqtt_manager_device add column if not exists availability_online varchar(1000);

alter table mqtt_manager_device add column if not exists availability_offline varchar(1000);
