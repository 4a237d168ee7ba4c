-- Its participant goes only with its thread, and that takes it along.
DROP INDEX post_keys_of_participant;
ALTER TABLE post_keys DROP CONSTRAINT post_keys_participant_id_fkey;
