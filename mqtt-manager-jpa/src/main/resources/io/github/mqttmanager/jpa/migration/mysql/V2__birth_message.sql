-- The birth message of a broker. Can be run again without harm: MySQL cannot add a column only if it is missing, so the script looks.

set @ddl = if(
    exists(select * from information_schema.columns
        where table_schema = database() and table_name = 'mqtt_manager_broker' and column_name = 'birth_topic'),
    'do 0',
    'alter table mqtt_manager_broker
        add column birth_topic mediumtext,
        add column birth_payload blob,
        add column birth_qos integer,
        add column birth_retain bit(1)');

prepare mqtt_manager_ddl from @ddl;

execute mqtt_manager_ddl;

deallocate prepare mqtt_manager_ddl;
