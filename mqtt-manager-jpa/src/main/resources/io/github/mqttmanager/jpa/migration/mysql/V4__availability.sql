-- Where a device says that it has come or gone. Can be run again without harm.

set @ddl = if(
    exists(select * from information_schema.columns
        where table_schema = database() and table_name = 'mqtt_manager_device' and column_name = 'availability_topic'),
    'do 0',
    'alter table mqtt_manager_device
        add column availability_topic mediumtext,
        add column availability_online varchar(1000),
        add column availability_offline varchar(1000)');

prepare mqtt_manager_ddl from @ddl;

execute mqtt_manager_ddl;

deallocate prepare mqtt_manager_ddl;
