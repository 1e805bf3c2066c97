-- Why: the number of the group that changed a fault was written with every change and read by nobody.
alter table fault drop column changed_seq;
