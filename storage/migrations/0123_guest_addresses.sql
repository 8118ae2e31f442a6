-- The addresses of a guest, as a list: those that its configuration names, and those that its agent
-- tells of, or for a container its node.
ALTER TABLE guest_inside ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]';
